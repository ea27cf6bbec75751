import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells } from '../wire.ts';
import { checksumOf, damagedRow, verifyChecksum } from './checksum.ts';
import { HiddenCounts } from './hidden-counts.ts';
import type { Hidden } from './hidden-counts.ts';
import { EXPIRED, GONE, REMOVED, asNew } from './message-tables.ts';
import type { MessageTables, MovedMessage, MoveOrder, ReceiveOrder } from './message-tables.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Cells of a message on its way in: message id, body, attributes, sender, sent at, visible at. */
export const NEW_MESSAGE_WIDTH = 6;

/** Cells of a receipt on its way in: sequence, receipt. */
export const RECEIPT_WIDTH = 2;

/** Rounds in which a receive clears messages out of its way: a call's work stays bounded. */
const CLEARING_ROUNDS = 100;

/** sequence, sent at, receives, first received at, visible at. */
type StateRow = [bigint, bigint, bigint, bigint, bigint];
/** message id, body, attributes, sender, source that it is a dead letter of. */
type BodyRow = [string, string, Cell, string, Cell, checksum: Cell];

/**
 * The messages of one standard queue. Their small, changing state stands apart from their bodies, so that a receive or a
 * visibility never rewrites a body. Every access goes by the key or by the index on the time of visibility.
 */
export class QueueTables implements MessageTables {
  readonly #database: DatabaseSync;
  readonly #bodies: string;
  readonly #takeSequences: (count: number) => bigint;
  readonly #insert: Statement<Cells, never>;
  readonly #insertBody: Statement<Cells, never>;
  readonly #due: Statement<[number, number], StateRow>;
  readonly #hide: Statement<[number, bigint, number, bigint], never>;
  readonly #body: Statement<[bigint], BodyRow>;
  readonly #state: Statement<[bigint], StateRow>;
  readonly #delete: Statement<[bigint], [bigint, bigint]>;
  readonly #deleteBody: Statement<[bigint], never>;
  readonly #earliest: Statement<[], [bigint | null]>;
  readonly #oldest: Statement<[number], [bigint, bigint]>;
  readonly #count: Statement<[], [bigint]>;
  readonly #countHidden: Statement<[number], [bigint, bigint, bigint]>;
  readonly #countBetween: Statement<[number, number], [bigint, bigint]>;
  /** Kept up to date from the first time that somebody asks. */
  #counts: HiddenCounts | undefined;

  constructor(database: DatabaseSync, tables: bigint, takeSequences: (count: number) => bigint) {
    this.#database = database;
    this.#takeSequences = takeSequences;
    const [state, body] = tablesOf(tables);
    this.#bodies = body;
    const all = 'sequence, sent_at, receives, first_received_at, visible_at';
    this.#insert = statement(database, `INSERT INTO ${state} VALUES (?, ?, ?, ?, ?)`);
    this.#insertBody = statement(database, `INSERT INTO ${body} VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.#due = statement(
      database,
      `SELECT ${all} FROM ${state} WHERE visible_at <= ? ORDER BY visible_at, sequence LIMIT ?`,
    );
    this.#hide = statement(
      database,
      `UPDATE ${state} SET visible_at = ?, receives = ?, first_received_at = ? WHERE sequence = ?`,
    );
    this.#body = statement(
      database,
      `SELECT message_id, body, attributes, sender_id, dead_letter_source, checksum FROM ${body} WHERE sequence = ?`,
    );
    this.#state = statement(database, `SELECT ${all} FROM ${state} WHERE sequence = ?`);
    this.#delete = statement(
      database,
      `DELETE FROM ${state} WHERE sequence = ? RETURNING visible_at, receives`,
    );
    this.#deleteBody = statement(database, `DELETE FROM ${body} WHERE sequence = ?`);
    this.#earliest = statement(database, `SELECT min(visible_at) FROM ${state}`);
    this.#oldest = statement(database, `SELECT sequence, sent_at FROM ${state} ORDER BY sequence LIMIT ?`);
    this.#count = statement(database, `SELECT count(*) FROM ${state}`);
    this.#countHidden = statement(
      database,
      `SELECT visible_at / 1000, receives > 0, count(*) FROM ${state} WHERE visible_at >= ? GROUP BY 1, 2`,
    );
    this.#countBetween = statement(
      database,
      `SELECT receives > 0, count(*) FROM ${state} WHERE visible_at > ? AND visible_at < ? GROUP BY 1`,
    );
  }

  send(messages: Cells): void {
    let sequence = this.#takeSequences(messages.length / NEW_MESSAGE_WIDTH);
    for (let at = 0; at < messages.length; at += NEW_MESSAGE_WIDTH) {
      const [messageId, body, attributes, sender] = messages.slice(at, at + 4) as [Cell, Cell, Cell, Cell];
      this.#insert.run(sequence, messages[at + 5]!, messages[at + 4]!, 0, 0);
      this.#keepBody(sequence, [messageId, body, attributes, sender, null]);
      this.#counts?.add(messages[at + 5] as number, false);
      sequence++;
    }
  }

  accept(message: MovedMessage, now: number): void {
    const { messageId, body, attributes, senderId, sentAt, receives, firstReceivedAt } = message;
    const sequence = this.#takeSequences(1);
    this.#insert.run(sequence, now, sentAt, receives, firstReceivedAt);
    this.#keepBody(sequence, [messageId, body, attributes, senderId, message.deadLetterSource]);
    this.#counts?.add(now, receives > 0);
  }

  receive(order: ReceiveOrder): Cells {
    const { now, visibleAgainAt } = order;
    const room = this.#room(order);
    if (room <= 0) return [0, order.max > 0 ? 1 : 0];
    const { rows, moved } = this.#receivable(room, order);
    const received: Cells = [moved, 0];
    for (const [sequence, sentAt, receives, firstReceivedAt, visibleAt] of rows) {
      const times = Number(receives) + 1;
      const since = times === 1 ? now : Number(firstReceivedAt);
      this.#hide.run(visibleAgainAt, BigInt(times), since, sequence);
      this.#counts?.remove(Number(visibleAt), receives > 0n);
      this.#counts?.add(visibleAgainAt, true);
      this.#show(received, sequence, sentAt, visibleAgainAt, times, since);
    }
    return received;
  }

  receiveAgain(receipts: Cells, visibleAt: number, now: number): Cells {
    const states: StateRow[] = [];
    for (let at = 0; at < receipts.length; at += RECEIPT_WIDTH) {
      const state = this.#inFlight(receipts[at] as bigint, receipts[at + 1] as number, now);
      if (!state) return [];
      states.push(state);
    }
    const received: Cells = [];
    for (const [sequence, sentAt, receives, firstReceivedAt, before] of states) {
      this.#hideAgain(sequence, receives, firstReceivedAt, before, visibleAt);
      this.#show(received, sequence, sentAt, visibleAt, Number(receives), Number(firstReceivedAt));
    }
    return received;
  }

  remove(sequence: bigint): boolean {
    const removed = this.#delete.get(sequence);
    if (!removed) return false;
    this.#deleteBody.run(sequence);
    this.#counts?.remove(Number(removed[0]), removed[1] > 0n);
    return true;
  }

  removeInFlight(sequence: bigint, receipt: number, now: number): number {
    if (!this.#state.get(sequence)) return GONE;
    if (!this.#inFlight(sequence, receipt, now)) return EXPIRED;
    this.remove(sequence);
    return REMOVED;
  }

  changeVisibility(sequence: bigint, receipt: number, visibleAt: number, now: number): boolean {
    const state = this.#inFlight(sequence, receipt, now);
    if (!state) return false;
    this.#hideAgain(sequence, state[2], state[3], state[4], visibleAt);
    return true;
  }

  move({ now, sentAfter, messageIds, targetOf }: MoveOrder): [moved: number, blocked: boolean] {
    let moved = 0;
    for (const row of this.#due.all(now, messageIds.length)) {
      if (Number(row[1]) > sentAfter) {
        const message = this.#movable(row);
        const target = targetOf(message.deadLetterSource);
        if (!target) return [moved, true];
        target.accept(asNew(message, messageIds[moved]!, now), now);
        moved++;
      }
      this.remove(row[0]);
    }
    return [moved, false];
  }

  counts(now: number): [visible: number, inFlight: number, delayed: number] {
    const counts = (this.#counts ??= this.#load(now));
    const { inFlight, delayed } = counts.at(now, (after, before) => this.#between(after, before));
    return [counts.total - inFlight - delayed, inFlight, delayed];
  }

  nextVisible(): number | null {
    const earliest = this.#earliest.get()?.[0] ?? null;
    return earliest === null ? null : Number(earliest);
  }

  expire(sentBefore: number, maxRows: number): number {
    let removed = 0;
    for (const [sequence, sentAt] of this.#oldest.all(maxRows)) {
      if (Number(sentAt) >= sentBefore) break;
      this.remove(sequence);
      removed++;
    }
    return removed;
  }

  /** How many messages may be given out. Counts exactly only where the limit is near. */
  #room({ max, now, maxInFlight }: ReceiveOrder): number {
    if (maxInFlight === null) return max;
    const most = (this.#counts ??= this.#load(now)).mostInFlight(now);
    return most + max <= maxInFlight ? max : Math.min(max, maxInFlight - this.counts(now)[1]);
  }

  /** The messages to receive; expired ones in front of them are removed on the way, exhausted ones move. */
  #receivable(max: number, order: ReceiveOrder): { readonly rows: StateRow[]; readonly moved: number } {
    const { now, sentAfter, redrive } = order;
    const isSound = (row: StateRow): boolean =>
      Number(row[1]) > sentAfter && !(redrive && Number(row[2]) >= redrive.maxReceives);
    let moved = 0;
    for (let round = 0; ; round++) {
      const rows = this.#due.all(now, max);
      const sound = rows.filter(isSound);
      if (sound.length === rows.length || round === CLEARING_ROUNDS) return { rows: sound, moved };
      for (const row of rows) {
        if (isSound(row)) continue;
        if (redrive && Number(row[1]) > sentAfter) {
          redrive.target.accept({ ...this.#movable(row), deadLetterSource: redrive.source }, now);
          moved++;
        }
        this.remove(row[0]);
      }
    }
  }

  #movable([sequence, sentAt, receives, firstReceivedAt]: StateRow): MovedMessage {
    const [messageId, body, attributes, senderId, deadLetterSource] = this.#bodyOf(sequence);
    return {
      messageId,
      body,
      attributes,
      senderId,
      sentAt: Number(sentAt),
      receives: Number(receives),
      firstReceivedAt: Number(firstReceivedAt),
      deadLetterSource,
      group: null,
    };
  }

  #show(
    received: Cells,
    sequence: bigint,
    sentAt: bigint,
    visibleAt: number,
    times: number,
    since: number,
  ): void {
    const [messageId, body, attributes, senderId, source] = this.#bodyOf(sequence);
    received.push(sequence, messageId, body, attributes, senderId);
    received.push(Number(sentAt), visibleAt, times, since, source);
  }

  #keepBody(sequence: bigint, cells: Cells): void {
    this.#insertBody.run(sequence, ...cells, checksumOf(cells[1]!, headOf(sequence, cells)));
  }

  #bodyOf(sequence: bigint): BodyRow {
    const row = this.#body.get(sequence);
    const what = (): string => `message ${sequence} of ${this.#bodies}`;
    if (!row) throw damagedRow(this.#database, `${what()} is gone`);
    verifyChecksum(this.#database, row[5], row[1], headOf(sequence, row), what);
    return row;
  }

  #inFlight(sequence: bigint, receipt: number, now: number): StateRow | undefined {
    const state = this.#state.get(sequence);
    const current = state && state[2] > 0n && Number(state[2]) === receipt && Number(state[4]) > now;
    return current ? state : undefined;
  }

  #hideAgain(sequence: bigint, receives: bigint, since: bigint, before: bigint, visibleAt: number): void {
    this.#hide.run(visibleAt, receives, Number(since), sequence);
    this.#counts?.remove(Number(before), true);
    this.#counts?.add(visibleAt, true);
  }

  /** Walks the hidden messages once; from then on the counts are kept up to date. */
  #load(now: number): HiddenCounts {
    const counts = new HiddenCounts(now, Number(this.#count.get()![0]));
    for (const [bucket, received, messages] of this.#countHidden.all(now - (now % 1_000))) {
      counts.load(Number(bucket), received !== 0n, Number(messages));
    }
    return counts;
  }

  #between(after: number, before: number): Hidden {
    const counts = { inFlight: 0, delayed: 0 };
    for (const [received, messages] of this.#countBetween.all(after, before)) {
      counts[received === 0n ? 'delayed' : 'inFlight'] = Number(messages);
    }
    return counts;
  }

  static create(database: DatabaseSync, tables: bigint): void {
    const [state, body] = tablesOf(tables);
    database.exec(`
      CREATE TABLE ${state} (
        sequence INTEGER PRIMARY KEY, visible_at INTEGER NOT NULL, sent_at INTEGER NOT NULL,
        receives INTEGER NOT NULL, first_received_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX ${state}_by_visibility ON ${state} (visible_at);
      CREATE TABLE ${body} (
        sequence INTEGER PRIMARY KEY, message_id TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT,
        sender_id TEXT NOT NULL, dead_letter_source TEXT, checksum INTEGER
      ) STRICT;
    `);
  }
}

/** What the checksum of a message covers besides its body. */
const headOf = (sequence: bigint, [messageId, , attributes, senderId, source]: Cells): string =>
  [sequence, messageId, attributes, senderId, source].join(' ');

/** The table of the messages' state and that of their bodies. */
export const tablesOf = (tables: bigint): readonly [string, string] => [
  `queue_${tables}`,
  `queue_${tables}_body`,
];
