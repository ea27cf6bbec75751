import type { Fault } from '../deliver/fault.ts';
import type { AttemptNote, ExhaustedCondition } from '../deliver/retry.ts';
import type { DeliveryErrorCode } from '../ports/connector.ts';
import type { CarriedSpan } from '../ports/tracing.ts';
import type { LogId, LogRecord, Position } from '../ports/storage.ts';
import type { Origin } from '../route/subscription.ts';

/** Why a delivery failed for good. */
export interface Failure {
  readonly code: DeliveryErrorCode;
  readonly reason: string;
  /** Absent in rows of earlier versions. */
  readonly fault?: Fault | undefined;
  readonly condition?: ExhaustedCondition | undefined;
}

/** What a parked row keeps of its delivery: the JSON document `state` of the storage port. */
export interface ParkedState {
  /** Attempts made so far: 0 for a backlog that was never tried. */
  readonly attempts: number;
  readonly notes?: readonly AttemptNote[] | undefined;
  /** Present once the delivery has failed for good and only its dead-letter queue is still to be reached. */
  readonly failure?: Failure | undefined;
  readonly failedAt?: number | undefined;
  readonly queueAttempts?: number | undefined;
  /** The dead letter that this delivery tries again: it goes once the delivery is done, or gives way to a new one. */
  readonly letter?: string | undefined;
  /** Sent once more at an operator's wish, and not for a dead letter. */
  readonly resent?: boolean | undefined;
  /** What goes out instead of what the target's settings would make of the event. */
  readonly payload?: string | undefined;
  readonly origin: Origin;
}

/** A record that a lane is given once more. */
export interface RedrivenRecord {
  readonly log: LogId;
  readonly position: Position;
  /** The dead letter that it stands in, if it comes from one. */
  readonly letter?: string | undefined;
  readonly payload?: string | undefined;
}

/** A durable row that this process works on: leased, or put for a delivery that is in memory. */
export class Row {
  readonly id: bigint;
  readonly log: LogId;
  readonly state: ParkedState;
  /** Whether the row stands for one delivery only. */
  readonly single: boolean;
  /** Positions that are not in memory. */
  readonly unread: Position[];
  /** Positions whose delivery has not ended, in memory or not. The row can go when there is none. */
  left: number;
  listed = false;

  constructor(
    id: bigint,
    log: LogId,
    state: ParkedState,
    positions: readonly Position[],
    unread: Position[],
  ) {
    this.id = id;
    this.log = log;
    this.state = state;
    this.single = positions.length === 1;
    this.unread = unread;
    this.left = positions.length;
  }
}

/** One delivery in memory. Its home is what brings it back after a crash. */
export class Delivery {
  readonly record: LogRecord;
  readonly bytes: number;
  /** The router's place while the cursor is the home. */
  readonly ordinal: number;
  /** The durable row that is the home; undefined while the router's cursor is. */
  home: Row | undefined;
  /** When it came into memory. */
  readonly since: number;
  attempts = 0;
  notes: readonly AttemptNote[] | undefined;
  failure: Failure | undefined;
  failedAt = 0;
  /** Of the attempt under way, where spans are exported. */
  span: CarriedSpan | undefined;
  /** Attempts to reach the dead-letter queue. */
  queueAttempts = 0;
  /** See `ParkedState.letter`. */
  readonly letter: string | undefined;
  /** See `ParkedState.resent` and `ParkedState.payload`. */
  readonly resent: boolean | undefined;
  readonly payload: string | undefined;
  /** In Busbar's own dead letters already. */
  buried = false;
  /** The router's cursor still waits for it. */
  tracked: boolean;
  /** A row for it is being written. */
  guarding = false;
  /** Left memory while its row was being written. */
  dumped = false;
  over = false;

  constructor(record: LogRecord, ordinal: number, home: Row | undefined, since: number) {
    this.record = record;
    this.bytes = record.event.length;
    this.ordinal = ordinal;
    this.home = home;
    this.since = since;
    this.tracked = home === undefined;
    this.letter = home?.state.letter;
    this.resent = home?.state.resent;
    this.payload = home?.state.payload;
    if (!home) return;
    this.attempts = home.state.attempts;
    this.notes = home.state.notes;
    this.failure = home.state.failure;
    this.failedAt = home.state.failedAt ?? 0;
    this.queueAttempts = home.state.queueAttempts ?? 0;
    this.buried = home.state.failure !== undefined;
  }

  /** Whether it was never tried. */
  get fresh(): boolean {
    return this.attempts === 0 && !this.failure;
  }

  state(origin: Origin): ParkedState {
    return {
      attempts: this.attempts,
      notes: this.notes,
      failure: this.failure,
      failedAt: this.failure ? this.failedAt : undefined,
      queueAttempts: this.failure ? this.queueAttempts : undefined,
      letter: this.letter,
      resent: this.resent,
      payload: this.payload,
      origin: this.home?.state.origin ?? origin,
    };
  }
}

/** Deliveries of a queue, oldest first, that came into memory at `time` or before and have no row that holds them. */
export function unguardedSince(queue: Iterable<Delivery>, time: number): Delivery[] {
  const unguarded: Delivery[] = [];
  for (const delivery of queue) {
    if (delivery.since > time) break;
    if (!delivery.home && !delivery.guarding) unguarded.push(delivery);
  }
  return unguarded;
}
