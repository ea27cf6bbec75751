import { limits } from '../../model/limits.ts';
import type { Logger } from '../ports/logger.ts';
import type { Subscription } from '../route/subscription.ts';

/**
 * The circuit breaker of one lane.
 *
 *   closed     sends as usual. After `limits.breakerFailures` retryable failures in a row → open.
 *   open       sends nothing, so that a dead target costs no attempts. Once the pause is over → half-open. The pause gives
 *              the target room to come back; it doubles from one failed probe to the next up to a cap, so that a target
 *              that is back after hours is found within half a minute.
 *   half-open  one delivery at a time. A success → closed (and the pause starts small again), a failure → open.
 */
export class Breaker {
  #state: 'closed' | 'open' | 'half-open' = 'closed';
  #failures = 0;
  #pauseMs = 0;
  #until = 0;
  readonly #tell: (news: 'opened' | 'closed') => void;

  /** `tell` hears when a breaker that was closed opens, and when it closes again; not of probes that fail. */
  constructor(tell: (news: 'opened' | 'closed') => void = () => undefined) {
    this.#tell = tell;
  }

  get state(): 'closed' | 'open' | 'half-open' {
    return this.#state;
  }

  /** When an open breaker lets a probe through. */
  get until(): number {
    return this.#until;
  }

  get failures(): number {
    return this.#failures;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pauseMs = 0;
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#tell('closed');
  }

  /** Counts a retryable failure; true when it opened the breaker. */
  failed(now: number): boolean {
    this.#failures++;
    if (this.#state === 'open') return false;
    if (this.#state === 'closed' && this.#failures < limits.breakerFailures) return false;
    this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, limits.breakerPauseMs), limits.breakerPauseCapMs);
    this.#until = now + this.#pauseMs;
    if (this.#state === 'closed') this.#tell('opened');
    this.#state = 'open';
    return true;
  }

  /** Lets a probe through once the pause is over; true when it did. */
  tryHalfOpen(now: number): boolean {
    if (this.#state !== 'open' || now < this.#until) return false;
    this.#state = 'half-open';
    return true;
  }
}

/** Log lines for what happens to a lane's target. */
export function breakerNews(
  logger: Logger,
  { id, origin, counters }: Subscription,
): (news: 'opened' | 'closed') => void {
  return (news) => {
    const fields = { lane: id, ...origin };
    if (news === 'opened') {
      counters.add('breaker_openings', 1);
      logger.warn(fields, 'a target fails again and again: its deliveries wait, probes go on');
    } else logger.info(fields, 'a target works again: its backlog is delivered');
  };
}
