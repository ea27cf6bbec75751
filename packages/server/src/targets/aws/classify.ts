import type { FailedOutcome } from '../../engine/deliver/fault.ts';
import type { DeliveryErrorCode } from '../../engine/ports/connector.ts';
import type { HttpAnswer, HttpFailure } from '../../engine/ports/http-client.ts';
import { textOf } from './xml.ts';

/** What a service says of a call that failed. */
export interface AwsError {
  readonly status: number;
  /** `ThrottlingException`; empty when the answer names none. */
  readonly code: string;
  readonly message: string;
}

type Verdict = readonly [status: FailedOutcome['status'], code: DeliveryErrorCode];

/** Names of errors, and what they mean for a delivery; the first that fits counts. Services spell one thing in many ways. */
const BY_NAME: readonly (readonly [RegExp, Verdict])[] = [
  [
    /throttl|SlowDown|TooManyRequests|RequestLimitExceeded|BandwidthLimit|ThroughputExceeded|TransactionInProgress|PriorRequest/i,
    ['retry', 'THROTTLING'],
  ],
  // A session token runs out in mid-life: the next attempt is signed with fresh credentials.
  [/^ExpiredToken|^RequestExpired|TokenRefreshRequired/, ['retry', 'NO_PERMISSIONS']],
  [
    /AccessDenied|Unauthorized|NotAuthorized|AuthFailure|AuthorizationError|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|MissingAuthentication|OptInRequired|InvalidAccessKeyId|Forbidden/,
    ['reject', 'NO_PERMISSIONS'],
  ],
  [
    /NotFound|DoesNotExist|NonExistent|NoSuch|StateMachineDeleting|^InvalidDocument$/,
    ['reject', 'NO_RESOURCE'],
  ],
  [/AlreadyExists/, ['reject', 'RESOURCE_ALREADY_EXISTS']],
  [/Exceeded|OverLimit/, ['retry', 'RESOURCE_LIMIT_EXCEEDED']],
  [
    /Conflict|ResourceInUse|ConcurrentModification|IncorrectState|OperationAborted/,
    ['retry', 'RESOURCE_MODIFICATION_COLLISION'],
  ],
  [/RequestTimeout|^RequestTimeTooSkewed/, ['retry', 'TIMEOUT']],
  [
    /InternalError|InternalFailure|InternalServer|ServiceUnavailable|^ServerException/,
    ['retry', 'ERROR_FROM_TARGET'],
  ],
];

function verdictOf({ status, code }: AwsError): Verdict {
  const named = BY_NAME.find(([names]) => names.test(code));
  if (named) return named[1];
  if (status === 429) return ['retry', 'THROTTLING'];
  if (status === 408) return ['retry', 'TIMEOUT'];
  if (status >= 500) return ['retry', 'ERROR_FROM_TARGET'];
  if (status === 401 || status === 403) return ['reject', 'NO_PERMISSIONS'];
  if (status === 404) return ['reject', 'NO_RESOURCE'];
  return ['reject', status >= 400 ? 'INVALID_PARAMETER' : 'ERROR_FROM_TARGET'];
}

/**
 * What an error of a service means for the delivery. The service's own text is passed on when it speaks of the request;
 * that of a fault on its side may speak of anything, and is left to the details.
 */
export function outcomeOfError(error: AwsError): FailedOutcome {
  const [status, code] = verdictOf(error);
  const named = error.code === '' ? `HTTP ${error.status}` : error.code;
  const ownFault = error.status >= 500 || (status === 'retry' && code === 'ERROR_FROM_TARGET');
  const reason = ownFault || error.message === '' ? `The service answered ${named}.` : error.message;
  return { status, code, reason };
}

const FAILURES: Readonly<Record<HttpFailure['kind'], Verdict>> = {
  timeout: ['retry', 'TIMEOUT'],
  aborted: ['retry', 'TIMEOUT'],
  connection: ['retry', 'CONNECTION_FAILURE'],
  lookup: ['reject', 'CONNECTION_FAILURE'],
  blocked: ['reject', 'CONNECTION_FAILURE'],
  invalid: ['reject', 'SDK_CLIENT_ERROR'],
  malformed: ['retry', 'ERROR_FROM_TARGET'],
};

/** What it means that no answer came. */
export function outcomeOfFailure({ kind, reason }: HttpFailure): FailedOutcome {
  const [status, code] = FAILURES[kind];
  return { status, code, reason };
}

/** Reads the error in an answer of any of AWS's protocols. */
export function errorOf({ status, headers, body }: HttpAnswer): AwsError {
  const given = headers['x-amzn-errortype'];
  if (body.trimStart().startsWith('<')) {
    return { status, code: textOf(body, 'Code'), message: textOf(body, 'Message') };
  }
  const answer = parseObject(body);
  const code = bareName(given ?? textIn(answer, '__type', 'code', 'Code'));
  return { status, code, message: textIn(answer, 'message', 'Message', 'errorMessage') };
}

/** `com.amazonaws.sqs#QueueDoesNotExist` and `ThrottlingException:http://…` without their surroundings. */
const bareName = (name: string): string => name.replace(/^.*#/, '').replace(/:.*$/, '');

/** The JSON object that a text is; an empty one when it is none. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textIn(object: Readonly<Record<string, unknown>>, ...names: readonly string[]): string {
  const found = names.map((name) => object[name]).find((value) => typeof value === 'string');
  return (found as string | undefined) ?? '';
}
