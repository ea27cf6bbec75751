import { limits } from '../../model/limits.ts';
import type { RetryPolicy } from '../../model/resources.ts';
import type { AttemptDetails, DeliveryErrorCode } from '../ports/connector.ts';
import type { Fault } from './fault.ts';

/** A target's retry policy with the defaults filled in. */
export interface Patience {
  /** Attempts after the first. */
  readonly maxRetries: number;
  /** Counted from ingestion. */
  readonly maxAgeMs: number;
}

/** Which bound of the retry policy ended a delivery: the value of `EXHAUSTED_RETRY_CONDITION`. */
export type ExhaustedCondition = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

/** What one attempt came to, as dead letters show it. */
export interface AttemptNote {
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number;
  /** From its start to its end; absent, like the fault, in rows of earlier versions. */
  readonly latencyMs?: number | undefined;
  readonly outcome: 'retry' | 'reject';
  readonly fault?: Fault | undefined;
  readonly code: DeliveryErrorCode;
  readonly reason: string;
  readonly details?: AttemptDetails | undefined;
}

export type RetryDecision =
  { readonly retryAt: number } | { readonly retryAt: undefined; readonly exhausted: ExhaustedCondition };

/** That of an archive: it waits for its store however long that takes, and takes events of any age. */
export const ENDLESS: Patience = { maxRetries: Infinity, maxAgeMs: Infinity };

export function patienceOf(policy: RetryPolicy | undefined): Patience {
  return {
    maxRetries: policy?.MaximumRetryAttempts ?? limits.maximumRetryAttempts,
    maxAgeMs: (policy?.MaximumEventAgeInSeconds ?? limits.maximumEventAgeSeconds) * 1_000,
  };
}

/**
 * The pause before the next attempt: doubles with every attempt from the base up to the cap, then full jitter, so that
 * deliveries that failed together do not come back together. `chance` is a number in [0, 1).
 */
export function backoffMs(attemptsMade: number, chance: number): number {
  // Beyond 2^20 the cap has long been reached; larger exponents would only overflow.
  const doublings = Math.min(Math.max(attemptsMade - 1, 0), 20);
  const ceiling = Math.min(limits.backoffCapMs, limits.backoffBaseMs * 2 ** doublings);
  return Math.floor(chance * ceiling);
}

/** Whether an event is too old to be tried at `now`. */
export function expired(patience: Patience, ingestedAt: number, now: number): boolean {
  return now - ingestedAt >= patience.maxAgeMs;
}

/**
 * What follows a failed attempt. `afterMs` is what the target asked for (`Retry-After`): the larger of it and the backoff
 * counts. A retry that could only come after the event has grown too old is not waited for.
 */
export function decideRetry(
  patience: Patience,
  attemptsMade: number,
  ingestedAt: number,
  now: number,
  chance: number,
  afterMs = 0,
): RetryDecision {
  if (attemptsMade > patience.maxRetries) return { retryAt: undefined, exhausted: 'MaximumRetryAttempts' };
  const retryAt = now + Math.max(backoffMs(attemptsMade, chance), afterMs);
  if (expired(patience, ingestedAt, retryAt)) {
    return { retryAt: undefined, exhausted: 'MaximumEventAgeInSeconds' };
  }
  return { retryAt };
}

/** Adds a note; beyond what is remembered the first ones stay and the latest push out those in between. */
export function remember(notes: readonly AttemptNote[] | undefined, note: AttemptNote): AttemptNote[] {
  if (!notes) return [note];
  const { attemptsRememberedFirst: first, attemptsRememberedLast: last } = limits;
  if (notes.length < first + last) return [...notes, note];
  return [...notes.slice(0, first), ...notes.slice(notes.length - last + 1), note];
}
