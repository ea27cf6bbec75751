import { setImmediate as soon } from 'node:timers';
import { limits } from '../../model/limits.ts';
import type { LogTail } from '../ingest/tail.ts';
import type { CounterHandle } from '../metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { LogId, LogRecord, LogStore, Position } from '../ports/storage.ts';
import type { Tracing } from '../ports/tracing.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import type { Audience, RuleEntry } from './rule-book.ts';
import type { DeliverySink, Subscription } from './subscription.ts';
import { Tracker } from './tracker.ts';

export interface RouterParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: LogStore;
  readonly tail: LogTail;
  readonly trouble: StorageTrouble;
  readonly created: CounterHandle;
  /** The rules of the log, kept in step with the catalog: those that match, or the one that a record is for. */
  readonly audience: Audience;
  /** Undefined unless spans are exported. */
  readonly tracing: Tracing | undefined;
  readonly open: (subscription: Subscription, log: LogId) => DeliverySink;
}

/** After how many records a slice looks at the clock. */
const LOOK_AT_CLOCK = 16;

/**
 * Reads one log in order and hands each record to the lanes of the rules that it concerns. Works in slices, so that everything else on the thread gets
 * its turn between them. Never waits for a target: only for the store, and when the window of the tracker is full.
 */
export class Router {
  readonly log: LogId;
  readonly tracker: Tracker;
  readonly #parts: RouterParts;
  /** Records are known to exist below this position. */
  #goal: Position;
  #scheduled = false;
  #reading = false;
  #stopped = false;
  /** What was read from the store and not routed yet. */
  #read: readonly LogRecord[] = [];
  #readIndex = 0;
  #touchedLanes: DeliverySink[] = [];
  #touchedRules: RuleEntry[] = [];
  /** The mean size of an event, for the estimate of the log's size. */
  meanBytes = 1_024;

  constructor(log: LogId, from: Position, goal: Position, parts: RouterParts, window?: number) {
    this.log = log;
    this.#parts = parts;
    this.#goal = goal;
    this.tracker = new Tracker(from, window);
    this.tracker.onRoom = () => this.#schedule();
    this.#schedule();
  }

  /** Positions that were appended and not routed yet. */
  get behind(): bigint {
    return this.#goal > this.tracker.head ? this.#goal - this.tracker.head : 0n;
  }

  get goal(): Position {
    return this.#goal;
  }

  /** Records were appended below `next`. */
  wake(next: Position): void {
    if (next > this.#goal) this.#goal = next;
    this.#schedule();
  }

  /**
   * Routes what is in memory at once, without slices: called before a rule changes, so that events that were acknowledged
   * before the change meet the rules of that time. Bounded, because nothing else runs meanwhile.
   */
  catchUp(): void {
    if (this.#stopped || this.#reading || this.tracker.head >= this.#goal) return;
    for (let routed = 0; routed < limits.routerCatchUpRecords && !this.tracker.full; routed++) {
      const record = this.#nextInMemory();
      if (!record) break;
      this.#route(record);
      this.tracker.head = record.position + 1n;
    }
    this.#finishSlice();
  }

  stop(): void {
    this.#stopped = true;
  }

  #schedule(): void {
    if (this.#scheduled || this.#reading || this.#stopped || this.tracker.head >= this.#goal) return;
    this.#scheduled = true;
    soon(() => {
      this.#scheduled = false;
      this.#slice();
    });
  }

  #slice(): void {
    if (this.#stopped) return;
    const started = this.#parts.clock.now();
    let routed = 0;
    while (routed < limits.routerSliceRecords && !this.tracker.full) {
      const record = this.#nextInMemory();
      if (!record) break;
      this.#route(record);
      this.tracker.head = record.position + 1n;
      routed++;
      // An event that thousands of rules want is a slice of its own.
      if (this.#touchedLanes.length >= limits.routerSliceDeliveries) break;
      if (routed % LOOK_AT_CLOCK === 0 && this.#parts.clock.now() - started >= limits.routerSliceMs) break;
    }
    this.#finishSlice();
    if (this.tracker.full || this.tracker.head >= this.#goal) return;
    if (routed === 0) void this.#readOn();
    else this.#schedule();
  }

  #nextInMemory(): LogRecord | undefined {
    while (this.#readIndex < this.#read.length) {
      const record = this.#read[this.#readIndex++]!;
      if (record.position >= this.tracker.head) return record;
    }
    this.#read = [];
    this.#readIndex = 0;
    const batch = this.#parts.tail.holding(this.log, this.tracker.head);
    if (!batch) return undefined;
    this.#read = batch.records;
    const index = batch.records.findIndex(({ position }) => position >= this.tracker.head);
    this.#readIndex = index + 1;
    return batch.records[index];
  }

  /** Reads what the tail does not hold. */
  async #readOn(): Promise<void> {
    this.#reading = true;
    const goal = this.#goal;
    try {
      const { routerReadRecords, routerReadBytes } = limits;
      const from = this.tracker.head;
      this.#read = await this.#parts.store.read(this.log, from, routerReadRecords, routerReadBytes);
      this.#readIndex = 0;
      // Nothing up to a goal that was set before the read: what was there has been trimmed away.
      if (this.#read.length === 0 && this.tracker.head < goal) this.tracker.head = goal;
    } catch (error) {
      this.#parts.trouble.report(error, 'reading a log');
      await new Promise<void>((resolve) => this.#parts.clock.after(limits.storageRetryMs, resolve));
    } finally {
      this.#reading = false;
    }
    this.#schedule();
  }

  #route(record: LogRecord): void {
    this.meanBytes += (record.event.length - this.meanBytes) / 256;
    const matches = this.#match(record);
    let count = 0;
    for (const entry of matches) {
      if (entry.since > record.position) continue;
      if (entry.fresh++ === 0) this.#touchedRules.push(entry);
      count += entry.subscriptions.length;
    }
    if (this.#parts.tracing && record.traceHeader !== undefined)
      this.#traced(record, record.traceHeader, count);
    if (count === 0) return;
    this.#parts.created.inc(count);
    const ordinal = this.tracker.open(record.position, count);
    for (const entry of matches) {
      if (entry.since > record.position) continue;
      for (const subscription of entry.subscriptions) {
        const sink = subscription.sink ?? this.#parts.open(subscription, this.log);
        sink.offer(record, ordinal);
        this.#touchedLanes.push(sink);
      }
    }
  }

  #traced(record: LogRecord, traceHeader: string, deliveries: number): void {
    const now = this.#parts.clock.now();
    const attributes = { 'busbar.event_id': record.eventId, 'busbar.deliveries': deliveries };
    // From receipt to here: how long the event waited to be routed is what one wants to see.
    this.#parts.tracing?.below(traceHeader, 'route', record.ingestedAt, attributes)?.end(now);
  }

  #match(record: LogRecord): readonly RuleEntry[] {
    try {
      return this.#parts.audience(record);
    } catch (error) {
      // A bug in the matcher must not stop the bus: the event stays in the log, and the log line says where.
      this.#parts.logger.error(
        { err: error, log: this.log, position: String(record.position) },
        'an event could not be matched',
      );
      return [];
    }
  }

  #finishSlice(): void {
    for (const entry of this.#touchedRules) {
      entry.counters.matched(entry.fresh);
      entry.fresh = 0;
    }
    this.#touchedRules.length = 0;
    const lanes = this.#touchedLanes;
    this.#touchedLanes = [];
    // A lane may stand here many times; pumping it again when it is full costs next to nothing.
    for (const lane of new Set(lanes)) lane.pump();
  }
}
