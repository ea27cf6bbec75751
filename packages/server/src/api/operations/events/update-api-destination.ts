import { defineOperation, type Operation } from '../../../model/operation.ts';
import { untilWritten } from './change.ts';
import { destinationHead, destinationNotFound } from './connection-output.ts';
import type { EventsContext } from './dependencies.ts';
import { requireConnection } from './destination-connection.ts';
import { checkEndpoint } from './endpoint.ts';

interface Input {
  readonly Name: string;
  readonly ConnectionArn?: string;
  readonly InvocationEndpoint?: string;
  readonly HttpMethod?: string;
  readonly Description?: string;
  readonly InvocationRateLimitPerSecond?: number;
}

/** UpdateApiDestination: members that are left out stay as they are. */
export function updateApiDestination(context: EventsContext): Operation {
  const { connections, clock } = context;
  return defineOperation<Input>('UpdateApiDestination', (input, call) => {
    const { Name: name, InvocationEndpoint: endpoint, ConnectionArn: connectionArn } = input;
    if (endpoint !== undefined) checkEndpoint('InvocationEndpoint', endpoint);
    return untilWritten(async () => {
      const found = connections.destinations.get(call, name);
      if (!found) throw destinationNotFound(name);
      if (connectionArn !== undefined) requireConnection(context, call, connectionArn);
      const { document: present } = found;
      const updated = {
        ...present,
        connectionArn: connectionArn ?? present.connectionArn,
        endpoint: endpoint ?? present.endpoint,
        method: input.HttpMethod ?? present.method,
        description: input.Description === undefined ? present.description : input.Description || undefined,
        ratePerSecond: input.InvocationRateLimitPerSecond ?? present.ratePerSecond,
        modifiedAt: clock.now(),
      };
      if (!(await connections.destinations.put(updated, found.version))) return undefined;
      return destinationHead(updated, connections.stateOf(updated));
    });
  });
}
