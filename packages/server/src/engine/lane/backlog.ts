import { limits } from '../../model/limits.ts';
import type { Logger } from '../ports/logger.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogId, LogStore, NewParked, Parked, ParkedStore, Position } from '../ports/storage.ts';
import type { Origin } from '../route/subscription.ts';
import type { Tracker } from '../route/tracker.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import { Delivery, Row, type ParkedState, type RedrivenRecord } from './delivery.ts';
import type { Ledger } from './ledger.ts';
import { OpenRows } from './open-rows.ts';
import { Spill } from './spill.ts';

/** The lane in front of a backlog. */
export interface BacklogOwner {
  readonly id: string;
  readonly log: LogId;
  readonly origin: Origin;
  /** Once removed, rows are taken whenever they are due: they only have to be turned into dead letters. */
  readonly removed: boolean;
  /** Whether the lane only tries whether its target is back. */
  readonly probing: boolean;
  /** Deliveries that were read back. */
  receive(deliveries: readonly Delivery[]): void;
  pump(): void;
  wakeAt(at: number): void;
}

export interface BacklogParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly log: LogStore;
  readonly parked: ParkedStore;
  readonly ledger: Ledger;
  readonly trouble: StorageTrouble;
}

/**
 * The durable side of one lane: rows of retries and of positions that did not fit into memory. Rows are leased when they
 * are due and read back from the log as the lane has room. A row whose lease ends while it is still worked on comes back
 * with the next lease and is recognised by its id: leasing again is how a lease is prolonged.
 */
export class Backlog {
  readonly #owner: BacklogOwner;
  readonly #parts: BacklogParts;
  readonly #tracker: Tracker | undefined;
  readonly #open = new OpenRows();
  readonly #spill = new Spill();
  /** Durable rows, those that are open included. */
  #rows: number;
  /** Rows of untried positions that nobody has leased yet. */
  #chunks = 0;
  /** Raised by every row that becomes due, so that a lease knows whether it saw all of them. */
  #dueEpoch = 0;
  #dueNow = false;
  /** Calls to the store that have not been answered. */
  #writes = 0;
  #spilling = 0;
  #busy = false;
  #reading = 0;
  #promoting = false;

  constructor(
    owner: BacklogOwner,
    parts: BacklogParts,
    tracker: Tracker | undefined,
    known?: { rows: number; positions: number; nextDue: number },
  ) {
    this.#owner = owner;
    this.#parts = parts;
    this.#tracker = tracker;
    this.#rows = known?.rows ?? 0;
    if (!known) return;
    // After a start it is not known which rows are chunks; more positions than rows means that some are. Rows that a crash
    // left leased do not hold up new matches.
    const now = parts.clock.now();
    if (known.nextDue <= now && known.positions > known.rows) this.#chunks = known.rows;
    if (known.nextDue <= now) this.due();
  }

  get rows(): number {
    return this.#rows;
  }

  /** Positions that wait to be written. */
  get spilled(): number {
    return this.#spill.length;
  }

  /** Whether older matches wait outside memory, so that new ones have to line up behind them. */
  get blocks(): boolean {
    return (
      this.#spill.length > 0 ||
      this.#spilling > 0 ||
      this.#chunks > 0 ||
      this.#open.unread > 0 ||
      this.#promoting
    );
  }

  /** Positions that are being read and will be in memory before long. */
  get reading(): number {
    return this.#reading;
  }

  get idle(): boolean {
    return this.#rows === 0 && this.#writes === 0 && this.#spill.length === 0 && !this.#busy;
  }

  /** Rows are due: they are leased as soon as the lane asks for more. */
  due(): void {
    if (this.#rows === 0) return;
    this.#dueNow = true;
    this.#dueEpoch++;
  }

  /** Keeps a position instead of a delivery. */
  spill(position: Position, ordinal: number): void {
    this.#spill.add(position, ordinal, this.#parts.clock.now());
    if (this.#spill.length >= limits.backlogChunk) this.flush();
  }

  /** Writes spilled positions that have waited long enough. */
  flushOlderThan(time: number): void {
    if (this.#spill.length > 0 && this.#spill.since <= time) this.flush();
  }

  /** Writes what is spilled as chunks. The router's tracker is settled once they are durable. */
  flush(): void {
    for (const chunk of this.#spill.takeChunks(limits.backlogChunk)) {
      this.#spilling++;
      const state: ParkedState = { attempts: 0, origin: this.#owner.origin };
      this.#put(this.#owner.log, chunk.positions, this.#parts.clock.now(), state, () => {
        this.#spilling--;
        this.#chunks++;
        for (const ordinal of chunk.ordinals) this.#tracker?.settle(ordinal);
        this.due();
        this.#owner.pump();
      });
    }
  }

  /** Parks a delivery until `due` and lets go of its present home. */
  repark(delivery: Delivery, due: number): void {
    const { home } = delivery;
    const log = home?.log ?? this.#owner.log;
    this.#put(log, [delivery.record.position], due, delivery.state(this.#owner.origin), () => {
      this.#settle(delivery);
      this.#owner.wakeAt(due);
    });
    if (home) this.#leave(home);
  }

  /** Takes in a delivery that is to be tried once more, as a row of its own; calls back once it is durable. */
  redrive({ log, position, letter, payload }: RedrivenRecord, durable: () => void): void {
    const resent = letter === undefined ? true : undefined;
    const state: ParkedState = { attempts: 0, letter, resent, payload, origin: this.#owner.origin };
    this.#put(log, [position], this.#parts.clock.now(), state, () => {
      durable();
      this.due();
      this.#owner.pump();
    });
  }

  /** Lets go of the home of a delivery that has ended. */
  release(delivery: Delivery): void {
    if (delivery.home) this.#leave(delivery.home);
    else this.#settle(delivery);
  }

  /** Gives each delivery, all of them under way, a row of its own. */
  guardEach(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      if (!delivery.guarding && !delivery.home?.single) this.#guard([delivery]);
    }
  }

  /** Gives untried deliveries that wait in memory shared rows. */
  guardTogether(deliveries: readonly Delivery[]): void {
    for (let start = 0; start < deliveries.length; start += limits.backlogChunk) {
      this.#guard(deliveries.slice(start, start + limits.backlogChunk));
    }
  }

  /** Takes a delivery out of memory: its home keeps the position. */
  dump(delivery: Delivery): void {
    if (delivery.guarding) delivery.dumped = true;
    else if (delivery.home) this.#open.putBack(delivery.home, delivery.record.position);
    else this.spill(delivery.record.position, delivery.ordinal);
  }

  /** Brings up to `room` deliveries into memory, if there are any to bring. Answers at once; they come by `receive`. */
  refill(room: number): void {
    if (this.#busy) return;
    if (this.#open.unread > 0) void this.#start(this.#read(room));
    else if (this.#dueNow && this.#rows > 0) void this.#start(this.#lease());
    else if (this.#spill.length > 0 && this.#spilling === 0 && this.#chunks === 0) {
      this.#promoting = true;
      void this.#start(this.#promote(room));
    }
  }

  /** Writes everything back so that another start finds it due at once. */
  handBack(): void {
    this.flush();
    const now = this.#parts.clock.now();
    for (const row of this.#open.values()) {
      if (row.unread.length !== row.left || row.left === 0) continue;
      this.#put(row.log, [...row.unread].sort(ascending), now, row.state, () => undefined);
      this.#parts.ledger.remove(row.id, () => undefined);
    }
  }

  /** One call to the store at a time: an answer decides what is asked next. */
  async #start(work: Promise<void>): Promise<void> {
    this.#busy = true;
    try {
      await work;
    } catch (error) {
      this.#parts.trouble.report(error, 'reading a backlog');
      this.#owner.wakeAt(this.#parts.clock.now() + limits.storageRetryMs);
      return;
    } finally {
      this.#busy = false;
      this.#promoting = false;
      this.#reading = 0;
      this.#open.leased();
    }
    this.#owner.pump();
  }

  async #lease(): Promise<void> {
    const now = this.#parts.clock.now();
    const epoch = this.#dueEpoch;
    // A probe takes a single row: whatever else were leased would only have to wait.
    const max = this.#owner.probing ? 1 : limits.parkedLeaseRows;
    const horizon = this.#owner.removed ? Number.MAX_SAFE_INTEGER : now;
    const rows = await this.#parts.parked.lease(this.#owner.id, horizon, now + limits.parkedLeaseMs, max);
    const openBefore = this.#open.size;
    for (const row of rows) this.#opened(row);
    if (rows.length === max) {
      // A removed lane sees its leased rows again and again until they end: others are behind them.
      if (this.#owner.removed && this.#open.size === openBefore) this.#pauseLeasing(now);
      return;
    }
    const next = await this.#parts.parked.nextDue(this.#owner.id);
    if (next !== undefined) this.#owner.wakeAt(Math.max(next, now + 1));
    if (epoch !== this.#dueEpoch) return;
    this.#dueNow = false;
    this.#chunks = 0;
  }

  #pauseLeasing(now: number): void {
    this.#dueNow = false;
    this.#owner.wakeAt(now + limits.laneSweepMs);
  }

  #opened(parked: Parked): void {
    const row = this.#open.open(parked);
    if (!row || this.#chunks === 0) return;
    const { attempts, failure, letter, resent } = row.state;
    if (attempts === 0 && !failure && letter === undefined && !resent) this.#chunks--;
  }

  async #read(room: number): Promise<void> {
    const { log, taken } = this.#open.take(room);
    this.#reading = taken.length;
    if (log === undefined) return;
    try {
      const records = await this.#recordsAt(
        log,
        taken.map(({ position }) => position),
      );
      const now = this.#parts.clock.now();
      const deliveries: Delivery[] = [];
      for (const { row, position } of taken) {
        const record = records.get(position);
        if (record) deliveries.push(new Delivery(record, -1, row, now));
        else this.#lost(row, position);
      }
      this.#owner.receive(deliveries);
    } catch (error) {
      for (const { row, position } of taken) this.#open.putBack(row, position);
      throw error;
    }
  }

  /** Takes spilled positions into memory before they were ever written: the lane has caught up. */
  async #promote(room: number): Promise<void> {
    const taken = this.#spill.take(room);
    this.#reading = taken.positions.length;
    try {
      const records = await this.#recordsAt(this.#owner.log, taken.positions);
      const now = this.#parts.clock.now();
      const deliveries: Delivery[] = [];
      for (const [index, position] of taken.positions.entries()) {
        const ordinal = taken.ordinals[index]!;
        const record = records.get(position);
        if (record) deliveries.push(new Delivery(record, ordinal, undefined, now));
        else this.#tracker?.settle(ordinal);
      }
      this.#owner.receive(deliveries);
    } catch (error) {
      this.#spill.putBack(taken, this.#parts.clock.now());
      throw error;
    }
  }

  async #recordsAt(log: LogId, positions: readonly Position[]) {
    const wanted = [...new Set(positions)].sort(ascending);
    const records = await this.#parts.log.readAt(log, wanted);
    return new Map(records.map((record) => [record.position, record]));
  }

  #lost(row: Row, position: Position): void {
    this.#parts.logger.error(
      { lane: this.#owner.id, log: row.log, position: String(position) },
      'a parked delivery points at an event that is gone',
    );
    this.#leave(row);
  }

  #guard(deliveries: readonly Delivery[]): void {
    const [first] = deliveries;
    if (!first) return;
    for (const delivery of deliveries) delivery.guarding = true;
    const state = first.state(this.#owner.origin);
    const positions = deliveries.map(({ record }) => record.position).sort(ascending);
    const due = this.#parts.clock.now() + limits.parkedLeaseMs;
    const log = first.home?.log ?? this.#owner.log;
    this.#put(log, positions, due, state, (id) => {
      // A store that answers very late: the row was leased before it was known here, and is worked on by itself.
      if (this.#open.has(id)) {
        for (const delivery of deliveries) this.#stayOut(delivery);
        return;
      }
      const row = new Row(id, log, state, positions, []);
      this.#open.add(row);
      this.#owner.wakeAt(due);
      for (const delivery of deliveries) this.#moveIn(delivery, row);
    });
  }

  #stayOut(delivery: Delivery): void {
    delivery.guarding = false;
    if (!delivery.dumped) return;
    delivery.dumped = false;
    if (delivery.home) this.#leave(delivery.home);
    else this.#settle(delivery);
  }

  /** The row is durable: from here on it, not the earlier home, brings the delivery back. */
  #moveIn(delivery: Delivery, row: Row): void {
    const before = delivery.home;
    delivery.guarding = false;
    delivery.home = row;
    // A delivery that ended meanwhile has left its earlier row by itself.
    if (before && !delivery.over) this.#leave(before);
    this.#settle(delivery);
    if (delivery.over) this.#leave(row);
    else if (delivery.dumped) this.#open.putBack(row, delivery.record.position);
    delivery.dumped = false;
  }

  #leave(row: Row): void {
    if (--row.left > 0) return;
    this.#writes++;
    this.#parts.ledger.remove(row.id, () => {
      this.#writes--;
      this.#rows--;
      this.#open.remove(row.id, this.#busy);
    });
  }

  /** The router's cursor may pass the delivery: once, whoever finds out first. */
  #settle(delivery: Delivery): void {
    if (!delivery.tracked) return;
    delivery.tracked = false;
    this.#tracker?.settle(delivery.ordinal);
  }

  #put(
    log: LogId,
    positions: readonly Position[],
    due: number,
    state: ParkedState,
    durable: (id: bigint) => void,
  ): void {
    const item: NewParked = { lane: this.#owner.id, log, positions, due, state };
    this.#writes++;
    this.#parts.ledger.park(item, (id) => {
      this.#writes--;
      this.#rows++;
      durable(id);
    });
  }
}

function ascending(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
