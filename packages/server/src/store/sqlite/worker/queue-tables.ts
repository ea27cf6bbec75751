import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells } from '../wire.ts';
import { HiddenCounts } from './hidden-counts.ts';
import type { Hidden } from './hidden-counts.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Cells of a message on its way in: message id, body, attributes, sender, sent at, visible at. */
export const NEW_MESSAGE_WIDTH = 6;

/** Rounds in which a receive clears expired messages out of its way: a call's work stays bounded. */
const CLEARING_ROUNDS = 100;

/** sequence, sent at, receives, first received at, visible at. */
type StateRow = [bigint, bigint, bigint, bigint, bigint];
type BodyRow = [string, string, Cell, string];

/**
 * The messages of one queue. Their small, changing state stands apart from their bodies, so that a receive or a
 * visibility never rewrites a body. Every access goes by the key or by the index on the time of visibility.
 */
export class QueueTables {
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

  constructor(database: DatabaseSync, tables: bigint) {
    const [state, body] = tablesOf(tables);
    const all = 'sequence, sent_at, receives, first_received_at, visible_at';
    this.#insert = statement(database, `INSERT INTO ${state} VALUES (?, ?, ?, 0, 0)`);
    this.#insertBody = statement(database, `INSERT INTO ${body} VALUES (?, ?, ?, ?, ?)`);
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
      `SELECT message_id, body, attributes, sender_id FROM ${body} WHERE sequence = ?`,
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

  send(first: bigint, messages: Cells): void {
    let sequence = first;
    for (let at = 0; at < messages.length; at += NEW_MESSAGE_WIDTH) {
      const [messageId, body, attributes, sender] = messages.slice(at, at + 4) as [Cell, Cell, Cell, Cell];
      this.#insert.run(sequence, messages[at + 5]!, messages[at + 4]!);
      this.#insertBody.run(sequence, messageId, body, attributes, sender);
      this.#counts?.add(messages[at + 5] as number, false);
      sequence++;
    }
  }

  /** Rows of ten cells: those of the message, then the four of its state. */
  receive(max: number, now: number, visibleAgainAt: number, sentAfter: number): Cells {
    const received: Cells = [];
    for (const [sequence, sentAt, receives, firstReceivedAt, visibleAt] of this.#receivable(
      max,
      now,
      sentAfter,
    )) {
      const times = Number(receives) + 1;
      const since = times === 1 ? now : Number(firstReceivedAt);
      this.#hide.run(visibleAgainAt, BigInt(times), since, sequence);
      this.#counts?.remove(Number(visibleAt), receives > 0n);
      this.#counts?.add(visibleAgainAt, true);
      received.push(sequence, ...this.#body.get(sequence)!, Number(sentAt), visibleAgainAt, times, since);
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

  changeVisibility(sequence: bigint, receipt: number, visibleAt: number, now: number): boolean {
    const state = this.#state.get(sequence);
    if (!state || state[2] === 0n || Number(state[2]) !== receipt || Number(state[4]) <= now) return false;
    this.#hide.run(visibleAt, state[2], Number(state[3]), sequence);
    this.#counts?.remove(Number(state[4]), true);
    this.#counts?.add(visibleAt, true);
    return true;
  }

  counts(now: number): [visible: number, inFlight: number, delayed: number] {
    this.#counts ??= this.#load(now);
    const { inFlight, delayed } = this.#counts.at(now, (after, before) => this.#between(after, before));
    return [this.#counts.total - inFlight - delayed, inFlight, delayed];
  }

  nextVisible(): number | null {
    const earliest = this.#earliest.get()?.[0] ?? null;
    return earliest === null ? null : Number(earliest);
  }

  /** Messages were sent in the order of their sequence: the first one that is too young ends the search. */
  expire(sentBefore: number, maxRows: number): number {
    let removed = 0;
    for (const [sequence, sentAt] of this.#oldest.all(maxRows)) {
      if (Number(sentAt) >= sentBefore) break;
      this.remove(sequence);
      removed++;
    }
    return removed;
  }

  /** The messages to receive; expired ones in front of them are removed on the way. */
  #receivable(max: number, now: number, sentAfter: number): StateRow[] {
    for (let round = 0; ; round++) {
      const rows = this.#due.all(now, max);
      const expired = rows.filter((row) => Number(row[1]) <= sentAfter);
      if (expired.length === 0) return rows;
      for (const [sequence] of expired) this.remove(sequence);
      if (round === CLEARING_ROUNDS) return rows.filter((row) => Number(row[1]) > sentAfter);
    }
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
        sender_id TEXT NOT NULL
      ) STRICT;
    `);
  }
}

/** The table of the messages' state and that of their bodies. */
export const tablesOf = (tables: bigint): readonly [string, string] => [
  `queue_${tables}`,
  `queue_${tables}_body`,
];
