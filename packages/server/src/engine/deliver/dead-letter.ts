import { parseArn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { Schedule } from '../../model/schedule.ts';
import type { Delivery, Failure } from '../lane/delivery.ts';
import { payloadOf } from '../lane/prepare.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { DeliveryErrorCode, SendOutcome } from '../ports/connector.ts';
import type { QueueSend, QueueSender } from '../ports/queue-sender.ts';
import type { DeadLetterStore, NewDeadLetter } from '../ports/storage.ts';
import type { Origin, Subscription } from '../route/subscription.ts';
import { scheduleDeadLetter } from '../scheduler/dead-letter-message.ts';
import { remainsOf } from '../scheduler/remains.ts';
import { ScheduleSubscription } from '../scheduler/schedule-book.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import { deliveryId } from './delivery-id.ts';
import { faultOfCode, type Fault } from './fault.ts';
import { decideRetry, patienceOf, type AttemptNote } from './retry.ts';

/** What became of the copy for the target's dead-letter queue. */
export interface QueueCopy {
  readonly arn: string;
  readonly result: 'pending' | 'sent' | 'failed';
  readonly reason?: string | undefined;
}

/** The document of one of Busbar's own dead letters: enough to look at, edit and redrive it. */
export interface DeadLetterDocument {
  readonly event: string;
  /** What the target was offered last; absent when nothing could be made of the event. */
  readonly payload?: string | undefined;
  readonly code: DeliveryErrorCode;
  readonly reason: string;
  /** Absent in letters of earlier versions. */
  readonly fault?: Fault | undefined;
  readonly condition?: Failure['condition'];
  /** Attempts made, and those that are remembered. */
  readonly attempts: number;
  readonly notes: readonly AttemptNote[];
  readonly busArn: string;
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly targetId?: string | undefined;
  readonly ingestedAt: number;
  readonly account: string;
  readonly traceHeader?: string | undefined;
  readonly hops: number;
  /** The schedule that has fired, without its input: the letter may outlive it. */
  readonly schedule?: Schedule | undefined;
  readonly queue?: QueueCopy | undefined;
}

/** What is left to do for a buried delivery: nothing, or its dead-letter queue has to be tried again. */
export type BurialResult = { readonly retryAt: number } | undefined;

/** The service says nothing to the queue about these: one hop too many is silent there, a removed target is Busbar's own. */
const QUIET: ReadonlySet<DeliveryErrorCode> = new Set(['THIRD_BUS_HOP_DETECTED', 'TARGET_REMOVED']);

export interface DeadLetterParts {
  readonly store: DeadLetterStore;
  readonly queueSender: QueueSender;
  readonly clock: Clock;
  readonly random: Random;
  readonly trouble: StorageTrouble;
  /** How long a dead-letter queue may take. */
  readonly timeoutMs: number;
}

/**
 * Where deliveries go that failed for good: first into Busbar's own dead letters, then to the target's dead-letter queue,
 * if it has one. Busbar's own come first, so that nothing is lost when the queue cannot be reached.
 */
export class DeadLetters {
  readonly #parts: DeadLetterParts;
  /** Letters whose deliveries are under way again. */
  readonly redriven = new Set<string>();
  #sinceTrim = 0;

  constructor(parts: DeadLetterParts) {
    this.#parts = parts;
  }

  /**
   * Buries deliveries of one subscription whose `failure` is set; one result each, in order. Rejects with the store's
   * error when they could not be kept; they then have to be buried again.
   */
  async bury(subscription: Subscription, deliveries: readonly Delivery[]): Promise<BurialResult[]> {
    const fresh = deliveries.filter(({ buried }) => !buried);
    const letters = new Map(fresh.map((delivery) => [delivery, this.#letter(subscription, delivery)]));
    if (fresh.length > 0) {
      await this.#parts.store.put([...letters.values()]);
      await this.#replace(fresh, letters);
      for (const delivery of fresh) this.#count(subscription, delivery);
    }
    const results: BurialResult[] = deliveries.map(() => undefined);
    const toSend = deliveries.filter((delivery) => queueOf(subscription, delivery) !== undefined);
    if (toSend.length > 0) await this.#sendAll(subscription, toSend, deliveries, letters, results);
    await this.#trimNowAndThen(fresh.length);
    return results;
  }

  /** Forgets a letter: what it told of has been delivered. Only reported when the store fails, as the letter does no harm. */
  async redeem(letter: string): Promise<void> {
    this.redriven.delete(letter);
    try {
      await this.#parts.store.remove([letter]);
    } catch (error) {
      this.#parts.trouble.report(error, 'removing a dead letter');
    }
  }

  /** Removes dead letters beyond their number and age, in steps. */
  async trim(): Promise<void> {
    const before = this.#parts.clock.now() - limits.deadLetterDays * 86_400_000;
    for (;;) {
      const removed = await this.#parts.store.trim(before, limits.deadLetters, limits.logTrimRecords);
      if (removed < limits.logTrimRecords) return;
    }
  }

  async #trimNowAndThen(added: number): Promise<void> {
    this.#sinceTrim += added;
    if (this.#sinceTrim < limits.logTrimRecords) return;
    this.#sinceTrim = 0;
    try {
      await this.trim();
    } catch (error) {
      this.#parts.trouble.report(error, 'trimming dead letters');
    }
  }

  /** Deliveries that were tried again have new letters now. An old one has another id when its rule was made anew. */
  async #replace(fresh: readonly Delivery[], letters: ReadonlyMap<Delivery, NewDeadLetter>): Promise<void> {
    const replaced: string[] = [];
    for (const delivery of fresh) {
      const { letter } = delivery;
      if (letter === undefined) continue;
      this.redriven.delete(letter);
      if (letters.get(delivery)!.id !== letter) replaced.push(letter);
    }
    if (replaced.length > 0) await this.#parts.store.remove(replaced);
  }

  #count(subscription: Subscription, delivery: Delivery): void {
    delivery.buried = true;
    delivery.failedAt = this.#parts.clock.now();
    const { counters } = subscription;
    counters.add('invocations', 1);
    counters.add('failed_invocations', 1);
    if (delivery.failure?.code === 'THIRD_BUS_HOP_DETECTED') counters.add('dead_letter_invocations', 1);
  }

  async #sendAll(
    subscription: Subscription,
    toSend: readonly Delivery[],
    all: readonly Delivery[],
    letters: ReadonlyMap<Delivery, NewDeadLetter>,
    results: BurialResult[],
  ): Promise<void> {
    const outcomes = await this.#send(subscription, toSend);
    const ended = new Map<Delivery, QueueCopy>();
    for (const [index, delivery] of toSend.entries()) {
      const outcome = outcomes[index]!;
      const again = this.#judge(subscription, delivery, outcome);
      if (again) results[all.indexOf(delivery)] = again;
      else ended.set(delivery, copyOf(queueOf(subscription, delivery)!, outcome));
    }
    await this.#noteResults(subscription, ended, letters);
  }

  async #send(subscription: Subscription, deliveries: readonly Delivery[]): Promise<SendOutcome[]> {
    const text = subscription.deadLetterArn!;
    const queue = parseArn(text);
    if (!queue) {
      return deliveries.map(() => ({
        status: 'reject',
        code: 'NO_RESOURCE',
        reason: `${text} is not an ARN.`,
      }));
    }
    const messages = deliveries.map((delivery) => queueMessage(subscription, delivery));
    try {
      const sending = this.#parts.queueSender.send(queue, messages, {
        service: 'events.amazonaws.com',
        sourceArn: subscription.rule.arn,
        account: subscription.rule.account,
      });
      const outcomes = await this.#inTime(sending);
      return deliveries.map((_, index) => outcomes[index] ?? NOT_ANSWERED);
    } catch (error) {
      this.#parts.trouble.report(error, 'sending to a dead-letter queue');
      return deliveries.map(() => NOT_ANSWERED);
    }
  }

  /** A queue that never answers must not keep the lane's other dead letters waiting: no outcomes, so all are tried again. */
  #inTime(sending: Promise<SendOutcome[]>): Promise<SendOutcome[]> {
    return new Promise((resolve, reject) => {
      const cancel = this.#parts.clock.after(this.#parts.timeoutMs, () => resolve([]));
      sending.then(resolve, reject).finally(cancel);
    });
  }

  /** Counts the outcome; the answer says when to try again, undefined when it is final. */
  #judge(subscription: Subscription, delivery: Delivery, outcome: SendOutcome): BurialResult {
    if (outcome.status === 'delivered') {
      subscription.counters.add('invocations_sent_to_dlq', 1);
      return undefined;
    }
    delivery.queueAttempts++;
    if (outcome.status === 'retry') {
      const now = this.#parts.clock.now();
      const chance = this.#parts.random.next();
      // The queue is given the default patience, counted from when the delivery failed.
      const decision = decideRetry(
        patienceOf(undefined),
        delivery.queueAttempts,
        delivery.failedAt,
        now,
        chance,
        outcome.afterMs,
      );
      if (decision.retryAt !== undefined) return { retryAt: decision.retryAt };
    }
    subscription.counters.add('invocations_failed_to_be_sent_to_dlq', 1);
    return undefined;
  }

  /** Says in the dead letters what became of the queue's copies. Only a note: when it cannot be written, that is reported. */
  async #noteResults(
    subscription: Subscription,
    ended: ReadonlyMap<Delivery, QueueCopy>,
    letters: ReadonlyMap<Delivery, NewDeadLetter>,
  ): Promise<void> {
    try {
      const noted: NewDeadLetter[] = [];
      for (const [delivery, queue] of ended) {
        const id = deliveryId(delivery.record.eventId, subscription.id);
        const letter = letters.get(delivery) ?? (await this.#parts.store.get(id));
        if (!letter) continue;
        const { createdAt, eventId, bus, rule, target } = letter;
        const document = { ...(letter.document as DeadLetterDocument), queue };
        noted.push({ id, createdAt, eventId, bus, rule, target, document });
      }
      if (noted.length > 0) await this.#parts.store.put(noted);
    } catch (error) {
      this.#parts.trouble.report(error, 'noting what became of a dead-letter queue');
    }
  }

  #letter(subscription: Subscription, delivery: Delivery): NewDeadLetter {
    const { record } = delivery;
    const origin: Origin = delivery.home?.state.origin ?? subscription.origin;
    const queue = queueOf(subscription, delivery);
    const built = payloadOf(subscription, delivery);
    const failure = delivery.failure!;
    const document: DeadLetterDocument = {
      event: record.event,
      payload: built.ok ? built.payload : undefined,
      code: failure.code,
      reason: failure.reason,
      fault: failure.fault ?? faultOfCode(failure.code),
      condition: failure.condition,
      attempts: delivery.attempts,
      notes: delivery.notes ?? [],
      busArn: origin.bus,
      ruleArn: origin.rule,
      targetArn: origin.target,
      targetId: subscription.target.Id,
      ingestedAt: record.ingestedAt,
      account: record.account,
      traceHeader: record.traceHeader,
      hops: record.hops ?? 0,
      schedule: subscription instanceof ScheduleSubscription ? remainsOf(subscription.schedule) : undefined,
      queue: queue === undefined ? undefined : { arn: queue, result: 'pending' },
    };
    return {
      id: deliveryId(record.eventId, subscription.id),
      createdAt: this.#parts.clock.now(),
      eventId: record.eventId,
      bus: origin.bus,
      rule: origin.rule,
      target: origin.target,
      document,
    };
  }
}

const NOT_ANSWERED: SendOutcome = {
  status: 'retry',
  code: 'INTERNAL_ERROR',
  reason: 'The dead-letter queue gave no answer.',
};

function queueOf(subscription: Subscription, delivery: Delivery): string | undefined {
  if (subscription.removed || QUIET.has(delivery.failure!.code)) return undefined;
  return subscription.deadLetterArn;
}

function copyOf(arn: string, outcome: SendOutcome): QueueCopy {
  if (outcome.status === 'delivered') return { arn, result: 'sent' };
  return { arn, result: 'failed', reason: `${outcome.code}: ${outcome.reason}` };
}

/** The message of rules-targets-delivery §9: the original event, and why it is here. */
function queueMessage(subscription: Subscription, delivery: Delivery): QueueSend {
  if (subscription instanceof ScheduleSubscription) return scheduleDeadLetter(subscription, delivery);
  const failure = delivery.failure!;
  const attributes: Record<string, string> = {
    RULE_ARN: subscription.rule.arn,
    TARGET_ARN: subscription.target.Arn,
    ERROR_CODE: failure.code,
    // An attribute's value may not be empty.
    ERROR_MESSAGE: failure.reason || failure.code,
    RETRY_ATTEMPTS: String(Math.max(delivery.attempts - 1, 0)),
  };
  if (failure.condition) attributes['EXHAUSTED_RETRY_CONDITION'] = failure.condition;
  return {
    messageId: deliveryId(delivery.record.eventId, subscription.id),
    body: delivery.record.event,
    attributes,
    traceHeader: delivery.record.traceHeader,
  };
}
