import type { FailedOutcome } from '../../engine/deliver/fault.ts';
import type { AttemptDetails } from '../../engine/ports/connector.ts';
import type { HttpAnswer, HttpClient } from '../../engine/ports/http-client.ts';
import { limits } from '../../model/limits.ts';
import { signRequest, type Credentials } from '../../model/signature/sign-request.ts';
import { errorOf, outcomeOfError, outcomeOfFailure } from './classify.ts';

/** A request to a service, ready but for its signature. */
export interface ServiceRequest {
  readonly signingName: string;
  readonly region: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** What it asks for, where the URL does not say it. */
  readonly operation?: string | undefined;
  /** How long the answer is waited for, where it is not as long as for any call. */
  readonly timeoutMs?: number;
}

export type AwsResult =
  | { readonly status: 'done'; readonly text: string; readonly headers: HttpAnswer['headers'] }
  /** `errorCode` is the service's own name of the error, empty when there was no answer. */
  | { readonly status: 'failed'; readonly errorCode: string; readonly outcome: FailedOutcome };

/** A failure that is not the service's answer. */
export const failed = (outcome: FailedOutcome): AwsResult => ({ status: 'failed', errorCode: '', outcome });

/** Whoever passes a request on may change this header, so no signature covers it. */
export const TRACE_HEADER = 'x-amzn-trace-id';

/** Sends a request, signed unless there is no key, and sorts what comes back. */
export async function exchange(
  http: HttpClient,
  request: ServiceRequest,
  key: Credentials | undefined,
  now: number,
  signal: AbortSignal,
): Promise<AwsResult> {
  const { method, url, body, timeoutMs = limits.awsCallMs } = request;
  const headers = headersOf(request, key, now);
  const sent = { method, url, headers, ...(body.length === 0 ? {} : { body }), timeoutMs };
  const answer = await http.request(sent, signal);
  if (answer.kind !== 'answer') {
    return failed({ ...outcomeOfFailure(answer), details: { request: askedOf(request) } });
  }
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (!isSuccess) return failureOf(answer, request, key);
  return { status: 'done', text: answer.body, headers: answer.headers };
}

function headersOf(
  { signingName: service, region, method, url, headers: all, body }: ServiceRequest,
  key: Credentials | undefined,
  now: number,
): Record<string, string> {
  const { [TRACE_HEADER]: traceHeader, ...given } = all;
  const headers = { host: url.host, ...given };
  const unsigned = { method, path: url.pathname, query: url.search.slice(1), headers, body };
  const sent = key ? signRequest(unsigned, key, { region, service }, now) : headers;
  return traceHeader === undefined ? sent : { ...sent, [TRACE_HEADER]: traceHeader };
}

function failureOf(answer: HttpAnswer, request: ServiceRequest, key: Credentials | undefined): AwsResult {
  const error = errorOf(answer);
  const outcome = outcomeOfError(error);
  const afterMs = outcome.status === 'retry' ? millisecondsOf(answer.headers['retry-after']) : undefined;
  const details: AttemptDetails = {
    request: askedOf(request),
    httpStatus: answer.status,
    ...(error.code !== '' && { errorCode: short(error.code) }),
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
function redacted(text: string, key: Credentials | undefined): string {
  const secrets = [key?.secretAccessKey ?? '', key?.sessionToken ?? ''];
  return secrets
    .filter((secret) => secret.length >= limits.awsSecretChars)
    .reduce((left, secret) => left.replaceAll(secret, '…'), text);
}

/** What was asked of whom. The query string may hold what is nobody's business. */
export const askedOf = ({ method, url, operation }: ServiceRequest): string =>
  short(`${method} ${url.origin}${url.pathname}${operation === undefined ? '' : ` ${operation}`}`);

const short = (text: string): string => text.slice(0, limits.attemptDetailChars);
