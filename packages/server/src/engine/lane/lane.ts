import { limits } from '../../model/limits.ts';
import type { FailedOutcome } from '../deliver/fault.ts';
import { remember } from '../deliver/retry.ts';
import { judge, type LaneError } from '../deliver/verdict.ts';
import { Fifo } from '../fifo.ts';
import type { SendOutcome, TargetSession } from '../ports/connector.ts';
import type { LogId, LogRecord } from '../ports/storage.ts';
import type { DeliverySink, Origin, Subscription } from '../route/subscription.ts';
import type { Tracker } from '../route/tracker.ts';
import { Attempt } from './attempt.ts';
import { Backlog, type BacklogOwner } from './backlog.ts';
import { Breaker, breakerNews } from './breaker.ts';
import { Burials } from './burials.ts';
import { Delivery, unguardedSince, type Failure } from './delivery.ts';
import type { Timed } from './due-times.ts';
import { takeBatch } from './prepare.ts';
import type { LaneServices } from './services.ts';
import { closeSession, openSession, outcomesOf } from './session.ts';

/*
 * The queue in front of one target. A delivery in it is in one of these states:
 *
 *   spilled   a position on its way to, or in, a durable row of the backlog (`backlog.ts`). New matches are spilled when
 *             memory is full, the breaker is open, or older ones are spilled already.
 *             → queued when the lane has room and reads it back; → failed when it is found to be too old by then.
 *   queued    in memory, behind earlier ones. → under way, when a send is free. → spilled, when the breaker opens: a dead
 *             target must not hold memory that others need. After `limits.deliveryGuardMs` it gets a durable row as well,
 *             because a slow target must not hold the router's cursor.
 *   under way in a send. → done (delivered); → parked (retryable failure); → failed (rejected, or out of patience).
 *             After `limits.deliveryGuardMs` it gets a durable row of its own, for the cursor's sake. After the attempt
 *             timeout the outcome is `TIMEOUT`, whether or not the connector honours the signal: a lane must not wait
 *             for code that may never come back. A late answer is ignored. The number of such lost sends is bounded:
 *             beyond `limits.laneLostSends` nothing more is started until one comes back.
 *   parked    a durable row that is due after the backoff. → queued.
 *   failed    on its way to the dead letters (`burials.ts`) → done; → parked, when only its dead-letter queue is missing.
 *
 * The lane itself is open or removed. A removed lane (its rule or target is gone) sends nothing: everything that it still
 * has, in memory and in the backlog, becomes a dead letter with the code `TARGET_REMOVED`.
 */

const REMOVED: Failure = {
  code: 'TARGET_REMOVED',
  fault: 'misconfigured',
  reason: 'The rule or its target was removed while the delivery was pending.',
};
const TIMED_OUT: SendOutcome = { status: 'retry', code: 'TIMEOUT', reason: 'The attempt took too long.' };

export class Lane implements DeliverySink, Timed, BacklogOwner {
  readonly id: string;
  readonly log: LogId;
  readonly subscription: Subscription;
  readonly breaker: Breaker;
  readonly backlog: Backlog;
  readonly #services: LaneServices;
  readonly #queue = new Fifo<Delivery>();
  readonly #attempts = new Set<Attempt>();
  readonly #burials: Burials;
  #session: TargetSession | undefined;
  /** Sends that timed out and have not come back. */
  #lost = 0;
  /** Deliveries in memory: queued, under way and on their way to the dead letters. */
  #held = 0;
  /** A guess at the size of an event, for reading back no more than fits. */
  #meanBytes = 65_536;
  #stopped = false;
  /** Wakes the lane when its rate allows the next attempt. */
  readonly #pacer: Timed = { dueAt: Infinity, onDue: () => this.pump() };
  removed = false;
  lastError: LaneError | undefined;
  dueAt = Infinity;
  /** Owned by the sweep. */
  watched = false;
  idleSince = 0;

  constructor(
    services: LaneServices,
    subscription: Subscription,
    log: LogId,
    tracker: Tracker | undefined,
    known?: { rows: number; positions: number; nextDue: number },
  ) {
    this.id = subscription.id;
    this.log = log;
    this.subscription = subscription;
    this.#services = services;
    this.breaker = new Breaker(breakerNews(services.logger, subscription));
    this.backlog = new Backlog(this, services, tracker, known);
    this.#burials = new Burials(services, subscription, {
      ended: (delivery) => this.#end(delivery),
      again: (delivery, at) => this.#park(delivery, at),
      moved: () => this.pump(),
    });
  }

  get origin(): Origin {
    return this.subscription.origin;
  }

  get probing(): boolean {
    return this.breaker.state !== 'closed';
  }

  get held(): number {
    return this.#held;
  }

  get underWay(): number {
    return this.#attempts.size;
  }

  get waiting(): boolean {
    return this.#queue.length > 0;
  }

  /** Whether the lane holds nothing, in memory or in the store. */
  get idle(): boolean {
    return this.#held === 0 && this.#attempts.size === 0 && this.#lost === 0 && this.backlog.idle;
  }

  /** Everything in memory that has not ended: what waits, and what is under way. */
  *inMemory(): Generator<{ readonly delivery: Delivery; readonly underWay: boolean }> {
    for (const delivery of this.#queue) yield { delivery, underWay: false };
    for (const { batch } of this.#attempts) for (const delivery of batch) yield { delivery, underWay: true };
  }

  offer(record: LogRecord, ordinal: number): void {
    if (!this.watched) this.#services.watch(this);
    const admitted =
      this.breaker.state !== 'open' &&
      !this.backlog.blocks &&
      this.#services.budget.admits(this.#held + this.backlog.reading, record.event.length);
    if (admitted) this.#take(new Delivery(record, ordinal, undefined, this.#services.clock.now()));
    else this.backlog.spill(record.position, ordinal);
  }

  receive(deliveries: readonly Delivery[]): void {
    if (!this.watched) this.#services.watch(this);
    for (const delivery of deliveries) {
      this.#meanBytes += (delivery.bytes - this.#meanBytes) / 8;
      this.#take(delivery);
    }
  }

  wakeAt(at: number): void {
    this.#services.due.wakeAt(this, at);
  }

  onDue(now: number): void {
    if (!this.watched) this.#services.watch(this);
    this.backlog.due();
    // While the breaker is open rows stay where they are; its end wakes the lane again.
    if (this.breaker.state === 'open' && !this.breaker.tryHalfOpen(now)) this.wakeAt(this.breaker.until);
    this.pump();
  }

  /** Starts whatever can be started. */
  pump(): void {
    if (this.#stopped) return;
    if (this.removed) for (const delivery of this.#queue.drain()) this.#fail(delivery, REMOVED);
    else this.#sendQueued();
    const room = this.#room();
    if (room > 0) this.backlog.refill(room);
  }

  /** Looks over what time does to the lane; called every `limits.laneSweepMs` while it holds anything. */
  sweep(now: number): void {
    for (const attempt of this.#attempts) {
      if (attempt.group.deadline <= now) this.#timeOut(attempt);
      else if (!attempt.guarded && now - attempt.startedAt >= limits.deliveryGuardMs) {
        attempt.guarded = true;
        this.backlog.guardEach(attempt.batch);
      }
    }
    this.backlog.guardTogether(unguardedSince(this.#queue, now - limits.deliveryGuardMs));
    this.backlog.flushOlderThan(now - limits.laneSweepMs);
    this.#burials.dig();
    this.pump();
  }

  /** The target's settings changed: the next send opens it anew, and what it had to wait for may be gone. */
  changed(): void {
    this.close();
    this.pump();
  }

  /** The rule or target is gone. */
  remove(): void {
    this.removed = true;
    if (!this.watched) this.#services.watch(this);
    this.backlog.due();
    this.pump();
  }

  /** Starts nothing from here on; sends under way may still end. */
  stop(): void {
    this.#stopped = true;
    for (const delivery of this.#queue.drain()) this.#dump(delivery);
  }

  /** Writes back what is durable, so that the next start goes on at once. */
  handBack(): void {
    for (const attempt of this.#attempts) attempt.over = true;
    this.backlog.handBack();
  }

  close(): void {
    closeSession(this.#session, this.#services.logger);
    this.#session = undefined;
  }

  // ---------------------------------------------------------------------------------------------- into and out of memory

  #take(delivery: Delivery): void {
    this.#held++;
    this.#services.budget.take(delivery.bytes);
    this.#queue.push(delivery);
  }

  #give(delivery: Delivery): void {
    this.#held--;
    this.#services.budget.give(delivery.bytes);
  }

  #end(delivery: Delivery): void {
    delivery.over = true;
    this.#give(delivery);
    this.backlog.release(delivery);
  }

  #park(delivery: Delivery, at: number): void {
    delivery.over = true;
    this.#give(delivery);
    this.backlog.repark(delivery, at);
  }

  #dump(delivery: Delivery): void {
    this.#give(delivery);
    this.backlog.dump(delivery);
  }

  #fail(delivery: Delivery, failure: Failure): void {
    delivery.failure ??= failure;
    this.#burials.add(delivery);
  }

  /** How many deliveries the lane would take back from its backlog now. */
  #room(): number {
    const { budget } = this.#services;
    const most = Math.min(
      limits.laneReadDeliveries,
      Math.ceil(limits.laneReadBytes / Math.max(this.#meanBytes, 1)),
    );
    if (this.removed) return Math.min(most, budget.room(this.#held, this.#meanBytes));
    if (this.breaker.state === 'open' || this.#lost >= limits.laneLostSends) return 0;
    // A probe sends one, but reads a few: those that have grown too old meanwhile are dead-lettered together.
    if (this.breaker.state === 'half-open') {
      return this.#held === 0 ? Math.min(limits.deadLetterBatch, most, budget.room(0, this.#meanBytes)) : 0;
    }
    if (this.#queue.length >= limits.laneReadDeliveries) return 0;
    return Math.min(most, budget.room(this.#held, this.#meanBytes));
  }

  // ------------------------------------------------------------------------------------------------------------ sending

  #sendQueued(): void {
    const { breaker, probing } = this;
    while (this.#queue.length > 0 && breaker.state !== 'open' && this.#lost < limits.laneLostSends) {
      if (probing && this.#attempts.size > 0) return;
      this.#session ??= openSession(this.#services.connectors, this.subscription, this.#services.logger);
      const { MaximumConcurrency: concurrency = Infinity } = this.subscription.pace;
      if (this.#attempts.size >= Math.min(this.#session.maxConcurrency, concurrency)) return;
      const now = this.#services.clock.now();
      const room = this.subscription.room(now);
      if (room < 1) {
        this.#services.due.wakeAt(this.#pacer, this.subscription.bucket.nextAt(now));
        return;
      }
      this.#sendBatch(this.#session, Math.min(probing ? 1 : this.#session.maxBatch, room), now);
    }
  }

  #sendBatch(session: TargetSession, max: number, now: number): void {
    const { groups, tracing } = this.#services;
    const { deliveries, outgoing } = takeBatch(
      this.#queue,
      this.subscription,
      { max, now, tracing },
      (delivery, failure) => this.#fail(delivery, failure),
    );
    if (deliveries.length === 0) return;
    this.subscription.bucket.take(deliveries.length);
    const group = groups.join(now);
    const attempt = new Attempt(deliveries, group, now);
    this.#attempts.add(attempt);
    this.#countAttempts(deliveries, now);
    let sending: Promise<SendOutcome[]>;
    try {
      sending = session.send(outgoing, group.controller.signal);
    } catch (error) {
      sending = Promise.reject(error as Error);
    }
    sending.then(
      (outcomes) => this.#answered(attempt, outcomes),
      (error: unknown) => {
        this.#services.logger.error({ err: error, lane: this.id }, 'a target connector threw');
        this.#answered(attempt, undefined);
      },
    );
  }

  #countAttempts(batch: readonly Delivery[], now: number): void {
    let retries = 0;
    for (const delivery of batch) {
      if (delivery.attempts > 0) retries++;
      else this.#services.startLatency.observe(now - delivery.record.ingestedAt);
    }
    this.subscription.counters.add('invocation_attempts', batch.length);
    if (retries > 0) this.subscription.counters.add('retry_invocation_attempts', retries);
  }

  // ----------------------------------------------------------------------------------------------------------- outcomes

  #answered(attempt: Attempt, outcomes: readonly SendOutcome[] | undefined): void {
    if (attempt.over) {
      this.#lost--;
      return;
    }
    this.#attempts.delete(attempt);
    this.#conclude(attempt, outcomesOf(outcomes, attempt.batch.length));
    this.pump();
  }

  #timeOut(attempt: Attempt): void {
    attempt.over = true;
    this.#attempts.delete(attempt);
    this.#lost++;
    this.#conclude(
      attempt,
      attempt.batch.map(() => TIMED_OUT),
    );
    if (this.#lost < limits.laneLostSends) return;
    // Closing the session is the last thing that may bring them back.
    this.#services.logger.error({ lane: this.id, lost: this.#lost }, 'a target connector ignores time');
    this.close();
  }

  #conclude({ batch, startedAt }: Attempt, outcomes: readonly SendOutcome[]): void {
    const now = this.#services.clock.now();
    let delivered = 0;
    for (const [index, delivery] of batch.entries()) {
      const outcome = outcomes[index]!;
      delivery.attempts++;
      delivery.span?.end(
        now,
        outcome.status === 'delivered' ? undefined : `${outcome.code}: ${outcome.reason}`,
      );
      if (outcome.status === 'delivered') {
        delivered++;
        const { eventId, ingestedAt } = delivery.record;
        this.#services.successLatency.observe(now - ingestedAt);
        this.#services.recent.add(eventId, this.id, now, delivery.attempts, now - startedAt);
        if (delivery.letter === undefined) this.#end(delivery);
        else this.#burials.redeem(delivery);
        if (this.breaker.failures > 0) this.breaker.succeeded();
      } else this.#failed(delivery, outcome, startedAt, now);
    }
    if (delivered === 0) return;
    this.subscription.counters.add('successful_invocation_attempts', delivered);
    this.subscription.counters.add('invocations', delivered);
  }

  #failed(delivery: Delivery, outcome: FailedOutcome, startedAt: number, now: number): void {
    const { patience, faults, counters } = this.subscription;
    const { compat, random } = this.#services;
    const { attempts, record } = delivery;
    const { ingestedAt } = record;
    const chance = random.next();
    const verdict = judge(outcome, { patience, compat, attempts, ingestedAt, startedAt, now, chance });
    const { fault, note } = verdict;
    delivery.notes = remember(delivery.notes, note);
    this.lastError = { at: now, fault, code: note.code, reason: note.reason };
    faults[fault]++;
    counters.failed(fault);
    if (!verdict.countsAsDown) {
      // The target answered, even if with a refusal: it is not down.
      if (this.breaker.failures > 0) this.breaker.succeeded();
    } else if (patience.maxRetries >= limits.breakerMinimumRetries && this.breaker.failed(now)) {
      this.#opened();
    }
    if (this.removed && verdict.countsAsDown) this.#fail(delivery, REMOVED);
    else if (verdict.retryAt === undefined) this.#fail(delivery, verdict.failure);
    else this.#park(delivery, verdict.retryAt);
  }

  /** The breaker opened: what is queued leaves memory, and the lane sleeps until the probe. */
  #opened(): void {
    for (const delivery of this.#queue.drain()) this.#dump(delivery);
    this.wakeAt(this.breaker.until);
  }
}
