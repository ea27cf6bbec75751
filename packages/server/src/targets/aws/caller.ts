import type { AttemptDetails } from '../../engine/ports/connector.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { HttpAnswer, HttpClient } from '../../engine/ports/http-client.ts';
import { limits } from '../../model/limits.ts';
import type { ServiceDirectory, ServiceSettings } from '../../model/service-settings.ts';
import { signRequest, type Credentials } from '../../model/signature/sign-request.ts';
import { awsApis } from './apis.ts';
import { errorOf, outcomeOfError, outcomeOfFailure, type FailedOutcome } from './classify.ts';
import { createCredentialSource, type CredentialSource } from './credentials.ts';
import { encodeRequest, isAnswer, type AwsInput } from './encode.ts';
import { isReal, notConfigured, servicePlaces, type ServicePlaces } from './places.ts';

/** One call of an operation of an AWS API. */
export interface AwsCall {
  /** Its name in `awsApis` and in the configuration's `services`. */
  readonly service: string;
  /** `PutRecords` */
  readonly operation: string;
  readonly input: AwsInput;
  readonly region: string;
  /** Whose resources they are. */
  readonly account: string;
  readonly traceHeader?: string | undefined;
}

/** One plain request to a service that has no operations: an API of API Gateway or AppSync. */
export interface SignedHttpRequest {
  /** Its entry in the configuration's `services`. */
  readonly service: string;
  readonly signingName: string;
  readonly region: string;
  readonly account: string;
  readonly method: string;
  /** Undefined when nothing is configured. */
  readonly url: URL | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** What it asks for, where the URL does not say it. */
  readonly operation?: string;
  /** False leaves the request without a signature. */
  readonly signed: boolean;
  /** How long the answer is waited for, where it is not as long as for any call. */
  readonly timeoutMs?: number;
}

export type AwsResult =
  | { readonly status: 'done'; readonly text: string; readonly headers: HttpAnswer['headers'] }
  /** `errorCode` is the service's own name of the error, empty when there was no answer. */
  | { readonly status: 'failed'; readonly errorCode: string; readonly outcome: FailedOutcome };

export interface AwsCaller {
  readonly places: ServicePlaces;
  /** Calls an operation. Never throws for anything that the service or the network does. */
  call(call: AwsCall, signal: AbortSignal): Promise<AwsResult>;
  /** Sends a plain request; any answer from 200 to 299 is a success. */
  send(request: SignedHttpRequest, signal: AbortSignal): Promise<AwsResult>;
}

/** Whoever passes a request on may change this header, so no signature covers it. */
const TRACE = 'x-amzn-trace-id';

const failed = (outcome: FailedOutcome): AwsResult => ({ status: 'failed', errorCode: '', outcome });

const unconfigured = (service: string): FailedOutcome => ({
  status: 'retry',
  code: 'CONNECTION_FAILURE',
  reason: notConfigured(service),
});

/** Calls AWS APIs, or what stands in for them, where the configuration says that they are. */
export function createAwsCaller(
  services: ServiceDirectory,
  http: HttpClient,
  clock: Clock,
  credentials: CredentialSource = createCredentialSource(clock),
): AwsCaller {
  const places = servicePlaces(services);
  const send: AwsCaller['send'] = async (request, signal) => {
    const settings = places.settingsOf(request.service);
    const { method, url, body, operation, timeoutMs = limits.awsCallMs } = request;
    if (!settings || !url) return failed(unconfigured(request.service));
    const key = await keyFor(settings, request.account, credentials);
    if (!key) return failed(noCredentials(request.service));
    const headers = headersOf(request, url, key, clock.now());
    const sent = { method, url, headers, ...(body === '' ? {} : { body }), timeoutMs };
    const answer = await http.request(sent, signal);
    const asked = askedOf(method, url, operation);
    if (answer.kind !== 'answer') {
      return failed({ ...outcomeOfFailure(answer), details: { request: short(asked) } });
    }
    if (answer.status >= 200 && answer.status < 300)
      return { status: 'done', text: answer.body, headers: answer.headers };
    return failure(answer, asked, key, credentials);
  };
  const call: AwsCaller['call'] = async (given, signal) => {
    const { service, operation, input, region, account, traceHeader } = given;
    const api = awsApis[service];
    const encoded = api && encodeRequest(api.protocol, operation, input);
    if (!encoded) {
      const reason = `Busbar cannot call ${operation} of ${service} yet.`;
      return failed({ status: 'reject', code: 'INVALID_PARAMETER', reason });
    }
    const endpoint = places.endpointOf(service, region);
    if (!endpoint) return failed(unconfigured(service));
    const url = new URL(endpoint.pathname.replace(/\/$/, '') + encoded.path, endpoint);
    const { method, body } = encoded;
    const headers = traceHeader ? { ...encoded.headers, [TRACE]: traceHeader } : encoded.headers;
    const { signingName, protocol } = api;
    const request = { service, signingName, region, account, method, url, headers, body, operation };
    const result = await send({ ...request, signed: true }, signal);
    const isForeign = result.status === 'done' && !isAnswer(protocol, operation, result.text);
    return isForeign ? failed(foreignAnswer(service, url, askedOf(method, url, operation))) : result;
  };
  return { places, call, send };
}

/** An own server that asks for no credentials still wants a signature, and tells the account by the key. */
async function keyFor(
  settings: ServiceSettings,
  account: string,
  credentials: CredentialSource,
): Promise<Credentials | undefined> {
  const found = await credentials.of(settings);
  if (found || isReal(settings)) return found;
  return { accessKeyId: account, secretAccessKey: 'busbar' };
}

/** A server that answers 200 to anything is not the service: what it was sent has not arrived. */
const foreignAnswer = (service: string, url: URL, asked: string): FailedOutcome => ({
  status: 'retry',
  code: 'ERROR_FROM_TARGET',
  reason: `What answers at ${url.origin} does not speak the API of ${service}.`,
  details: { request: short(asked) },
});

function headersOf(
  request: SignedHttpRequest,
  url: URL,
  key: Credentials,
  now: number,
): Record<string, string> {
  const { signingName: service, region, method, body } = request;
  const { [TRACE]: traceHeader, ...given } = request.headers;
  const headers = { host: url.host, ...given };
  const unsigned = { method, path: url.pathname, query: url.search.slice(1), headers, body };
  const sent = request.signed ? signRequest(unsigned, key, { region, service }, now) : headers;
  return traceHeader === undefined ? sent : { ...sent, [TRACE]: traceHeader };
}

const noCredentials = (service: string): FailedOutcome => ({
  status: 'retry',
  code: 'NO_PERMISSIONS',
  reason: `Busbar has no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, give its machine a role, or write "accessKeyId" and "secretAccessKey" into the entry "${service}" of "services".`,
});

function failure(
  answer: HttpAnswer,
  asked: string,
  key: Credentials,
  credentials: CredentialSource,
): AwsResult {
  const error = errorOf(answer);
  const outcome = outcomeOfError(error);
  if (outcome.status === 'retry' && outcome.code === 'NO_PERMISSIONS') credentials.forget();
  const afterMs = outcome.status === 'retry' ? millisecondsOf(answer.headers['retry-after']) : undefined;
  const details: AttemptDetails = {
    request: short(asked),
    httpStatus: answer.status,
    response: short(redacted(answer.body, key)),
  };
  return {
    status: 'failed',
    errorCode: error.code,
    outcome: {
      ...outcome,
      ...(afterMs === undefined ? {} : { afterMs }),
      reason: short(redacted(outcome.reason, key)),
      details,
    },
  };
}

const millisecondsOf = (seconds: string | undefined): number | undefined =>
  seconds !== undefined && /^\d{1,5}$/.test(seconds) ? Number(seconds) * 1_000 : undefined;

/** A service that disagrees about a signature quotes what was signed, the session token included. */
function redacted(text: string, { secretAccessKey, sessionToken }: Credentials): string {
  const secrets = [secretAccessKey, sessionToken].filter((secret) => secret !== undefined && secret !== '');
  return secrets.reduce<string>((left, secret) => left.replaceAll(secret!, '…'), text);
}

const askedOf = (method: string, url: URL, operation: string | undefined): string =>
  `${method} ${url.origin}${url.pathname}${operation === undefined ? '' : ` ${operation}`}`;

const short = (text: string): string => text.slice(0, limits.attemptDetailChars);
