import type { FailedOutcome } from '../../engine/deliver/fault.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { HttpClient } from '../../engine/ports/http-client.ts';
import type { ServiceDirectory, ServiceSettings } from '../../model/service-settings.ts';
import type { Credentials } from '../../model/signature/sign-request.ts';
import { awsApis } from './apis.ts';
import { createCredentialSource, type CredentialSource } from './credentials.ts';
import { encodeRequest, isAnswer, type AwsInput } from './encode.ts';
import { askedOf, exchange, failed, TRACE_HEADER, type AwsResult, type ServiceRequest } from './exchange.ts';
import { isReal, notConfigured, servicePlaces, type ServicePlaces } from './places.ts';
import { createRoleSource } from './roles.ts';

/** For what a request is made. */
export interface Purpose {
  readonly region: string;
  /** Whose resources they are. */
  readonly account: string;
  /** The role that the target names; it is assumed where the configuration says so. */
  readonly roleArn?: string | undefined;
}

/** One call of an operation of an AWS API. */
export interface AwsCall extends Purpose {
  /** Its name in `awsApis` and in the configuration's `services`. */
  readonly service: string;
  /** `PutRecords` */
  readonly operation: string;
  readonly input: AwsInput;
  readonly traceHeader?: string | undefined;
}

/** One plain request to a service that has no operations: an API of API Gateway or AppSync. */
export interface PlainRequest extends Purpose, Omit<ServiceRequest, 'url'> {
  /** Its entry in the configuration's `services`. */
  readonly service: string;
  /** Undefined when nothing is configured. */
  readonly url: URL | undefined;
  /** False leaves the request without a signature. */
  readonly signed: boolean;
}

export interface AwsCaller {
  readonly places: ServicePlaces;
  /** Calls an operation. Never throws for anything that the service or the network does. */
  call(call: AwsCall, signal: AbortSignal): Promise<AwsResult>;
  /** Sends a plain request; any answer from 200 to 299 is a success. */
  send(request: PlainRequest, signal: AbortSignal): Promise<AwsResult>;
}

/** Calls AWS APIs, or what stands in for them, where the configuration says that they are. */
export function createAwsCaller(
  services: ServiceDirectory,
  http: HttpClient,
  clock: Clock,
  credentials: CredentialSource = createCredentialSource(clock),
): AwsCaller {
  const places = servicePlaces(services);
  const roles = createRoleSource(http, clock);

  /** The key for a request, or why there is none. */
  const keyFor = async (
    { service, region, account, roleArn }: PlainRequest,
    settings: ServiceSettings,
    signal: AbortSignal,
  ): Promise<{ readonly key: Credentials } | AwsResult> => {
    const key = (await credentials.of(settings)) ?? standIn(settings, account);
    if (!key) return failed(noCredentials(service));
    const assumes = settings['assumeRoles'] === true && roleArn !== undefined;
    return assumes ? roles.assume({ roleArn, region, settings, key }, signal) : { key };
  };

  const send: AwsCaller['send'] = async (request, signal) => {
    const { service, url, signed } = request;
    const settings = places.settingsOf(service);
    if (!settings || !url) return failed(unconfigured(service));
    if (!signed) return exchange(http, { ...request, url }, undefined, clock.now(), signal);
    const found = await keyFor(request, settings, signal);
    if ('status' in found) return found;
    const result = await exchange(http, { ...request, url }, found.key, clock.now(), signal);
    if (isExpired(result)) {
      credentials.forget();
      roles.forget();
    }
    return result;
  };

  const call: AwsCaller['call'] = async (given, signal) => {
    const { service, operation, input, region, traceHeader } = given;
    const api = awsApis[service];
    const encoded = api && encodeRequest(api.protocol, operation, input);
    if (!encoded) return failed(unknownOperation(service, operation));
    const endpoint = places.endpointOf(service, region);
    if (!endpoint) return failed(unconfigured(service));
    const url = new URL(endpoint.pathname.replace(/\/$/, '') + encoded.path, endpoint);
    const headers = traceHeader ? { ...encoded.headers, [TRACE_HEADER]: traceHeader } : encoded.headers;
    const { method, body } = encoded;
    const { signingName, protocol } = api;
    const request = { ...given, signingName, method, url, headers, body, signed: true };
    const result = await send(request, signal);
    const isForeign = result.status === 'done' && !isAnswer(protocol, operation, result.text);
    return isForeign ? failed(foreignAnswer(service, request)) : result;
  };

  return { places, call, send };
}

/** An own server that asks for no credentials still wants a signature, and tells the account by the key. */
const standIn = (settings: ServiceSettings, account: string): Credentials | undefined =>
  isReal(settings) ? undefined : { accessKeyId: account, secretAccessKey: 'busbar' };

const isExpired = (result: AwsResult): boolean =>
  result.status === 'failed' && result.outcome.status === 'retry' && result.outcome.code === 'NO_PERMISSIONS';

const unconfigured = (service: string): FailedOutcome => ({
  status: 'retry',
  code: 'CONNECTION_FAILURE',
  reason: notConfigured(service),
});

const unknownOperation = (service: string, operation: string): FailedOutcome => ({
  status: 'reject',
  code: 'INVALID_PARAMETER',
  reason: `Busbar cannot call ${operation} of ${service} yet.`,
});

/** A server that answers 200 to anything is not the service: what it was sent has not arrived. */
export const foreignAnswer = (service: string, request: ServiceRequest): FailedOutcome => ({
  status: 'retry',
  code: 'ERROR_FROM_TARGET',
  reason: `What answers at ${request.url.origin} does not speak the API of ${service}.`,
  details: { request: askedOf(request) },
});

const noCredentials = (service: string): FailedOutcome => ({
  status: 'retry',
  code: 'NO_PERMISSIONS',
  reason: `Busbar has no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, give its machine a role, or write "accessKeyId" and "secretAccessKey" into the entry "${service}" of "services".`,
});
