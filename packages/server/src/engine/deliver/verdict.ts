import { limits } from '../../model/limits.ts';
import type { Failure } from '../lane/delivery.ts';
import { faultOf, isRetryable, type Compat, type FailedOutcome, type Fault } from './fault.ts';
import { decideRetry, type AttemptNote, type Patience } from './retry.ts';

/** What a verdict rests on, beside the outcome. */
export interface Circumstances {
  readonly patience: Patience;
  readonly compat: Compat;
  /** Attempts made, this one included. */
  readonly attempts: number;
  readonly ingestedAt: number;
  readonly startedAt: number;
  readonly now: number;
  /** A number in [0, 1). */
  readonly chance: number;
}

/** The latest failed attempt of a lane, as the status shows it. */
export interface LaneError {
  readonly at: number;
  readonly fault: Fault;
  readonly code: string;
  readonly reason: string;
}

/** What follows a failed attempt: another one, or the dead letters. */
export type Verdict = {
  readonly fault: Fault;
  readonly note: AttemptNote;
  /** The target may be down, as opposed to one that has answered with a refusal. */
  readonly countsAsDown: boolean;
} & ({ readonly retryAt: number } | { readonly retryAt: undefined; readonly failure: Failure });

export function judge(outcome: FailedOutcome, about: Circumstances): Verdict {
  const { code, details } = outcome;
  const { attempts, now, patience, ingestedAt, chance, compat } = about;
  const fault = faultOf(outcome);
  const reason = outcome.reason.slice(0, limits.failureReasonChars);
  const note: AttemptNote = {
    attempt: attempts,
    at: now,
    latencyMs: now - about.startedAt,
    outcome: outcome.status,
    fault,
    code,
    reason,
    details,
  };
  const retryable = isRetryable(outcome, attempts, compat);
  const seen = { fault, note, countsAsDown: retryable || outcome.status === 'retry' };
  if (!retryable) return { ...seen, retryAt: undefined, failure: { code, reason, fault } };
  const afterMs = outcome.status === 'retry' ? outcome.afterMs : undefined;
  const decision = decideRetry(patience, attempts, ingestedAt, now, chance, afterMs);
  if (decision.retryAt !== undefined) return { ...seen, retryAt: decision.retryAt };
  const failure = { code, reason, fault, condition: decision.exhausted };
  return { ...seen, retryAt: undefined, failure };
}
