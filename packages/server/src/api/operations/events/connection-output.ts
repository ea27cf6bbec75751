import type { ApiDestination, Connection } from '../../../model/connections.ts';
import { resourceNotFound } from '../../../model/errors.ts';

const MS_PER_SECOND = 1_000;

const seconds = (time: number): number => time / MS_PER_SECOND;

/** The members that answers to changes of a connection have. */
export const connectionHead = (connection: Connection, state: string = connection.state): object => ({
  ConnectionArn: connection.arn,
  ConnectionState: state,
  CreationTime: seconds(connection.createdAt),
  LastModifiedTime: seconds(connection.modifiedAt),
});

export const connectionTimes = (connection: Connection, state?: string): object => ({
  ...connectionHead(connection, state),
  LastAuthorizedTime: seconds(connection.authorizedAt),
});

export const connectionSummary = (connection: Connection): object => ({
  ...connectionTimes(connection),
  Name: connection.name,
  StateReason: connection.stateReason,
  AuthorizationType: connection.authorizationType,
});

/** The members that answers to changes of an API destination have. */
export const destinationHead = (destination: ApiDestination, state: string): object => ({
  ApiDestinationArn: destination.arn,
  ApiDestinationState: state,
  CreationTime: seconds(destination.createdAt),
  LastModifiedTime: seconds(destination.modifiedAt),
});

export const destinationSummary = (destination: ApiDestination, state: string): object => ({
  ...destinationHead(destination, state),
  Name: destination.name,
  ConnectionArn: destination.connectionArn,
  InvocationEndpoint: destination.endpoint,
  HttpMethod: destination.method,
  InvocationRateLimitPerSecond: destination.ratePerSecond,
});

export const connectionNotFound = (name: string, prefix = ''): Error =>
  resourceNotFound(`${prefix}Connection '${name}' does not exist.`);

export const destinationNotFound = (name: string, prefix = ''): Error =>
  resourceNotFound(`${prefix}An api-destination '${name}' does not exist.`);
