import type { AttemptDetails, DeliveryErrorCode, SendOutcome } from '../../engine/ports/connector.ts';
import { DELIVERED } from '../../engine/ports/connector.ts';
import type { HttpAnswer, HttpFailure, HttpRequest } from '../../engine/ports/http-client.ts';
import { limits } from '../../model/limits.ts';
import type { Redact } from './redaction.ts';

const MS_PER_SECOND = 1_000;

const TOO_MANY_REQUESTS = 429;
/** Further refusals that are tried again (rules-targets-delivery §7). */
const RETRIED: ReadonlySet<number> = new Set([401, 407, 409]);

type Refusal = { readonly status: 'retry' | 'reject'; readonly code: DeliveryErrorCode };

const FAILURES: Readonly<Record<HttpFailure['kind'], Refusal>> = {
  timeout: { status: 'retry', code: 'TIMEOUT' },
  aborted: { status: 'retry', code: 'TIMEOUT' },
  connection: { status: 'retry', code: 'CONNECTION_FAILURE' },
  malformed: { status: 'retry', code: 'ERROR_FROM_TARGET' },
  lookup: { status: 'reject', code: 'CONNECTION_FAILURE' },
  blocked: { status: 'reject', code: 'NO_PERMISSIONS' },
  invalid: { status: 'reject', code: 'INVALID_PARAMETER' },
};

/** What an exchange means for its delivery. */
export function outcomeOf(
  request: HttpRequest,
  result: HttpAnswer | HttpFailure,
  redact: Redact,
  now: number,
): SendOutcome {
  if (isSuccess(result)) return DELIVERED;
  const asked = `${request.method} ${request.url.origin}${request.url.pathname}`;
  const details: AttemptDetails = { request: cut(redact(asked)) };
  if (result.kind !== 'answer') return { ...FAILURES[result.kind], reason: redact(result.reason), details };
  const { status, headers, body } = result;
  const answered = { ...details, httpStatus: status, response: cut(redact(body)) };
  const reason = `The endpoint answered ${status}.`;
  const again = retryAfter(headers['retry-after'], now);
  const isRetried = RETRIED.has(status) || status === TOO_MANY_REQUESTS || status >= 500;
  if (!isRetried || again === 'never')
    return { status: 'reject', code: codeOf(status), reason, details: answered };
  return {
    status: 'retry',
    code: codeOf(status),
    reason,
    ...(again !== undefined && { afterMs: again }),
    details: answered,
  };
}

const isSuccess = (result: HttpAnswer | HttpFailure): boolean =>
  result.kind === 'answer' && result.status >= 200 && result.status <= 299;

function codeOf(status: number): DeliveryErrorCode {
  if (status === TOO_MANY_REQUESTS) return 'THROTTLING';
  return status === 401 || status === 403 || status === 407 ? 'NO_PERMISSIONS' : 'ERROR_FROM_TARGET';
}

const cut = (text: string): string => text.slice(0, limits.attemptDetailChars);

/** `Retry-After` in milliseconds: seconds, or a date. A negative number says not to come again. */
export function retryAfter(header: string | undefined, now: number): number | 'never' | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^-\d+$/.test(text)) return 'never';
  if (/^\d{1,9}$/.test(text)) return Number(text) * MS_PER_SECOND;
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
