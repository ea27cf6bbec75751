import { limits } from '../../model/limits.ts';
import type { DeliveryErrorCode, SendOutcome } from '../ports/connector.ts';

/**
 * What kind of fault a failed attempt shows, for operators and for what follows:
 *
 *   transient      the target is down, slow or out of sorts: trying again helps
 *   throttled      the target is well and wants fewer attempts
 *   permanent      the target refuses this payload: it would refuse it again
 *   misconfigured  somebody has to change something first: a permission, a credential, a target that is not there
 */
export type Fault = (typeof FAULTS)[number];

export const FAULTS = ['transient', 'throttled', 'permanent', 'misconfigured'] as const;

/** Whose habit retries follow: Busbar's own, or the service's, which spends its retries on what cannot succeed. */
export type Compat = 'busbar' | 'aws';

export type FailedOutcome = Exclude<SendOutcome, { status: 'delivered' }>;

const MISCONFIGURED: ReadonlySet<DeliveryErrorCode> = new Set([
  'NO_PERMISSIONS',
  'FAILED_TO_ASSUME_ROLE',
  'NO_RESOURCE',
  'THIRD_ACCOUNT_HOP_DETECTED',
  'THIRD_REGION_HOP_DETECTED',
  'THIRD_BUS_HOP_DETECTED',
  'TARGET_REMOVED',
]);
/** Answers of HTTP targets to requests whose credentials are wrong or missing. */
const CREDENTIALS_REFUSED: ReadonlySet<number | undefined> = new Set([401, 407]);
/** Further refusals that say something of the set-up, not of the payload. */
const SET_UP_REFUSED: ReadonlySet<number | undefined> = new Set([401, 403, 404, 407, 410]);
const TOO_MANY_REQUESTS = 429;
/** What the service tries again although the target has refused it (rules-targets-delivery §7). */
const SERVICE_RETRIES: ReadonlySet<number | undefined> = new Set([401, 407, 409, 429]);

export function faultOf(outcome: FailedOutcome): Fault {
  const { status, code, details } = outcome;
  if (code === 'THROTTLING' || details?.httpStatus === TOO_MANY_REQUESTS) return 'throttled';
  if (MISCONFIGURED.has(code)) return 'misconfigured';
  if (status === 'reject') return SET_UP_REFUSED.has(details?.httpStatus) ? 'misconfigured' : 'permanent';
  return CREDENTIALS_REFUSED.has(details?.httpStatus) ? 'misconfigured' : 'transient';
}

/** The fault of a delivery that failed without an attempt. */
export const faultOfCode = (code: DeliveryErrorCode): Fault =>
  MISCONFIGURED.has(code) ? 'misconfigured' : 'permanent';

/** Whether a failed attempt is worth another one, as far as the retry policy allows it. */
export function isRetryable(outcome: FailedOutcome, attempts: number, compat: Compat): boolean {
  if (compat === 'aws') return outcome.status === 'retry' || SERVICE_RETRIES.has(outcome.details?.httpStatus);
  if (outcome.status === 'reject') return false;
  // Credentials may have been renewed because of the refusal: they get their chance, but not a day of chances.
  return !CREDENTIALS_REFUSED.has(outcome.details?.httpStatus) || attempts < limits.refusedCredentialAttempts;
}
