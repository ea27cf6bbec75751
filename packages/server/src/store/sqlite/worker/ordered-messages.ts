import type { DatabaseSync } from 'node:sqlite';
import type { Cell, Cells } from '../wire.ts';
import { checksumOf, damagedRow, verifyChecksum } from './checksum.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** The small, changing state of a message. */
export interface OrderedState {
  readonly sequence: bigint;
  /** The group's row. */
  readonly group: bigint;
  /** When it came into this queue: its age counts from here. */
  readonly since: number;
  readonly receives: number;
  readonly firstReceivedAt: number;
  /** 0 until this queue gives it out for the first time. */
  readonly hiddenUntil: number;
}

type StateRow = [bigint, bigint, bigint, bigint, bigint, bigint];
/** message id, body, attributes, sender, sent at, source that it is a dead letter of. */
type ContentsRow = [string, string, Cell, string, bigint, Cell, checksum: Cell];

/** The tables of an ordered queue's messages: their state, found by sequence or by group, and their contents. */
export class OrderedMessages {
  readonly #database: DatabaseSync;
  readonly #bodies: string;
  readonly #insert: Statement<Cells, never>;
  readonly #insertContents: Statement<Cells, never>;
  readonly #find: Statement<[bigint], StateRow>;
  readonly #ofGroup: Statement<[bigint, bigint, number], StateRow>;
  readonly #oldest: Statement<[number], StateRow>;
  readonly #update: Statement<[number, number, number, bigint], never>;
  readonly #contents: Statement<[bigint], ContentsRow>;
  readonly #delete: Statement<[bigint], never>;
  readonly #deleteContents: Statement<[bigint], never>;
  readonly #lockedUntil: Statement<[bigint], [bigint]>;
  readonly #count: Statement<[], [bigint]>;
  readonly #countSince: Statement<[number], [bigint]>;
  readonly #countHidden: Statement<[number, number], [bigint]>;
  readonly #hiddenBySecond: Statement<[number], [bigint, bigint]>;

  constructor(database: DatabaseSync, tables: bigint) {
    const state = `queue_${tables}`;
    const body = `queue_${tables}_body`;
    this.#database = database;
    this.#bodies = body;
    const all = 'sequence, group_id, since, receives, first_received_at, hidden_until';
    this.#insert = statement(database, `INSERT INTO ${state} VALUES (?, ?, ?, ?, ?, 0)`);
    this.#insertContents = statement(database, `INSERT INTO ${body} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#find = statement(database, `SELECT ${all} FROM ${state} WHERE sequence = ?`);
    this.#ofGroup = statement(
      database,
      `SELECT ${all} FROM ${state} WHERE group_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
    );
    this.#oldest = statement(database, `SELECT ${all} FROM ${state} ORDER BY sequence LIMIT ?`);
    this.#update = statement(
      database,
      `UPDATE ${state} SET receives = ?, first_received_at = ?, hidden_until = ? WHERE sequence = ?`,
    );
    this.#contents = statement(
      database,
      `SELECT message_id, body, attributes, sender_id, sent_at, dead_letter_source, checksum
        FROM ${body} WHERE sequence = ?`,
    );
    this.#delete = statement(database, `DELETE FROM ${state} WHERE sequence = ?`);
    this.#deleteContents = statement(database, `DELETE FROM ${body} WHERE sequence = ?`);
    this.#lockedUntil = statement(
      database,
      `SELECT max(hidden_until) FROM ${state} WHERE group_id = ? AND hidden_until > 0`,
    );
    this.#count = statement(database, `SELECT count(*) FROM ${state}`);
    this.#countSince = statement(
      database,
      `SELECT count(*) FROM ${state} WHERE hidden_until = 0 AND sequence > coalesce(
         (SELECT sequence FROM ${state} WHERE since <= ? ORDER BY sequence DESC LIMIT 1), 0)`,
    );
    this.#countHidden = statement(
      database,
      `SELECT count(*) FROM ${state} WHERE hidden_until > 0 AND hidden_until > ? AND hidden_until < ?`,
    );
    this.#hiddenBySecond = statement(
      database,
      `SELECT hidden_until / 1000, count(*) FROM ${state} WHERE hidden_until > 0 AND hidden_until >= ? GROUP BY 1`,
    );
  }

  /** `contents`: message id, body, attributes, sender, sent at, source that it is a dead letter of. */
  insert(message: Omit<OrderedState, 'hiddenUntil'>, contents: Cells): void {
    const { sequence, group, since, receives, firstReceivedAt } = message;
    this.#insert.run(sequence, group, since, receives, firstReceivedAt);
    this.#insertContents.run(sequence, ...contents, checksumOf(contents[1]!, headOf(sequence, contents)));
  }

  find(sequence: bigint): OrderedState | undefined {
    const row = this.#find.get(sequence);
    return row && stateOf(row);
  }

  /** In the order of the group, behind a sequence. */
  ofGroup(group: bigint, after: bigint, max: number): OrderedState[] {
    return this.#ofGroup.all(group, after, max).map(stateOf);
  }

  oldest(max: number): OrderedState[] {
    return this.#oldest.all(max).map(stateOf);
  }

  update({ sequence, receives, firstReceivedAt, hiddenUntil }: OrderedState): void {
    this.#update.run(receives, firstReceivedAt, hiddenUntil, sequence);
  }

  contents(sequence: bigint): ContentsRow {
    const row = this.#contents.get(sequence);
    const what = (): string => `message ${sequence} of ${this.#bodies}`;
    if (!row) throw damagedRow(this.#database, `${what()} is gone`);
    verifyChecksum(this.#database, row[6], row[1], headOf(sequence, row), what);
    return row;
  }

  /** The ten cells of a received message. */
  show({ sequence, hiddenUntil, receives, firstReceivedAt }: OrderedState): Cells {
    const [messageId, body, attributes, senderId, sentAt, source] = this.contents(sequence);
    const contents: Cells = [sequence, messageId, body, attributes, senderId];
    return [...contents, Number(sentAt), hiddenUntil, receives, firstReceivedAt, source];
  }

  delete(sequence: bigint): void {
    this.#delete.run(sequence);
    this.#deleteContents.run(sequence);
  }

  /** Until when the group's messages in flight keep the others back. */
  lockedUntil(group: bigint): number {
    return Number(this.#lockedUntil.get(group)![0]);
  }

  count(): number {
    return Number(this.#count.get()![0]);
  }

  /** Messages that came after `time` and were never given out. */
  countSince(time: number): number {
    return Number(this.#countSince.get(time)![0]);
  }

  /** Messages hidden until a time between the two. */
  countHidden(after: number, before: number): number {
    return Number(this.#countHidden.get(after, before)![0]);
  }

  hiddenBySecond(from: number): [second: bigint, messages: bigint][] {
    return this.#hiddenBySecond.all(from);
  }

  static create(database: DatabaseSync, tables: bigint): void {
    const state = `queue_${tables}`;
    database.exec(`
      CREATE TABLE ${state} (
        sequence INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, since INTEGER NOT NULL, receives INTEGER NOT NULL,
        first_received_at INTEGER NOT NULL, hidden_until INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX ${state}_by_group ON ${state} (group_id);
      -- Only messages that were given out: few, and the reason why their groups are locked.
      CREATE INDEX ${state}_hidden ON ${state} (group_id, hidden_until) WHERE hidden_until > 0;
      CREATE TABLE ${state}_body (
        sequence INTEGER PRIMARY KEY, message_id TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT,
        sender_id TEXT NOT NULL, sent_at INTEGER NOT NULL, dead_letter_source TEXT,
        checksum INTEGER
      ) STRICT;
    `);
  }
}

/** What the checksum of a message covers besides its body. */
const headOf = (sequence: bigint, [messageId, , attributes, senderId, sentAt, source]: Cells): string =>
  [sequence, messageId, attributes, senderId, sentAt, source].join(' ');

const stateOf = ([
  sequence,
  group,
  since,
  receives,
  firstReceivedAt,
  hiddenUntil,
]: StateRow): OrderedState => ({
  sequence,
  group,
  since: Number(since),
  receives: Number(receives),
  firstReceivedAt: Number(firstReceivedAt),
  hiddenUntil: Number(hiddenUntil),
});
