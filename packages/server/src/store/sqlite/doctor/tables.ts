import type { DatabaseSync } from 'node:sqlite';
import type { Cell } from '../wire.ts';
import { isSound } from '../worker/checksum.ts';
import { readableRows } from './rows.ts';
import type { Hole, Row } from './rows.ts';

/** A table of the store, and how to read it without the code that serves it. */
export interface StoredTable {
  readonly name: string;
  /** What it holds, for people. */
  readonly what: string;
  readonly key: readonly string[];
  /** The columns that a row's checksum covers, in its order (`worker/checksum.ts`). */
  readonly sum?: { readonly payload: string; readonly head: readonly string[] };
}

const FIXED: readonly StoredTable[] = [
  { name: 'counters', what: 'counters', key: ['name'] },
  {
    name: 'catalog',
    what: 'resources',
    key: ['kind', 'key'],
    sum: { payload: 'value', head: ['kind', 'key', 'version'] },
  },
  { name: 'logs', what: 'logs', key: ['id'] },
  { name: 'cursors', what: 'cursors', key: ['log', 'name'] },
  { name: 'lanes', what: 'lanes', key: ['id'] },
  {
    name: 'parked',
    what: 'parked deliveries',
    key: ['id'],
    sum: { payload: 'state', head: ['id', 'lane', 'lowest', 'count', 'others'] },
  },
  {
    name: 'dead_letters',
    what: 'dead letters',
    key: ['sequence'],
    sum: {
      payload: 'document',
      head: ['id', 'created_at', 'event_id', 'bus', 'rule', 'target'],
    },
  },
  { name: 'timers', what: 'timers', key: ['id'], sum: { payload: 'document', head: ['id', 'due'] } },
  { name: 'queues', what: 'queues', key: ['name'] },
  { name: 'log_groups', what: 'log groups', key: ['name'] },
  { name: 'archives', what: 'archives', key: ['name'] },
];

const EVENT_HEAD = [
  'event_id',
  'ingested_at',
  'account',
  'trace_header',
  'hops',
  'message_group',
  'dedup_key',
];

const logTable = (id: bigint, name: string): StoredTable => ({
  name: `log_${id}`,
  what: `events of the log ${name}`,
  key: ['position'],
  sum: { payload: 'event', head: ['position', ...EVENT_HEAD] },
});

function queueTables(tables: bigint, name: string, ordered: boolean): StoredTable[] {
  const place = ordered ? ['sent_at'] : [];
  const head = ['sequence', 'message_id', 'attributes', 'sender_id', ...place, 'dead_letter_source'];
  const key = ['sequence'];
  return [
    { name: `queue_${tables}`, what: `states of messages of the queue ${name}`, key },
    {
      name: `queue_${tables}_body`,
      what: `messages of the queue ${name}`,
      key,
      sum: { payload: 'body', head },
    },
    ...(ordered
      ? [
          { name: `queue_${tables}_groups`, what: `message groups of the queue ${name}`, key: ['id'] },
          { name: `queue_${tables}_sent`, what: `deduplication keys of the queue ${name}`, key },
        ]
      : []),
  ];
}

const groupTables = (tables: bigint, name: string): StoredTable[] => [
  { name: `log_group_${tables}_streams`, what: `streams of the log group ${name}`, key: ['id'] },
  {
    name: `log_group_${tables}`,
    what: `events of the log group ${name}`,
    key: ['sequence'],
    sum: { payload: 'message', head: ['sequence', 'stream', 'timestamp', 'ingested_at'] },
  },
];

const eventsOfArchive = (tables: bigint, name: string): StoredTable => ({
  name: `archive_${tables}`,
  what: `events of the archive ${name}`,
  key: ['sequence'],
  sum: { payload: 'event', head: ['event_id', 'event_time', 'ingested_at', 'account'] },
});

/** Every table of a file, those of its logs, queues, log groups and archives included, as far as these lists can be read. */
export function storedTables(database: DatabaseSync): StoredTable[] {
  const names = new Set(existing(database));
  const rows = (table: string): Row[] =>
    names.has(table) ? [...readableRows(database, table, keyOf(table), () => undefined)] : [];
  return [
    ...FIXED,
    ...rows('logs').map(({ id, name }) => logTable(id as bigint, String(name))),
    ...rows('queues').flatMap(({ tables, name, ordered }) =>
      queueTables(tables as bigint, String(name), ordered === 1n),
    ),
    ...rows('log_groups').flatMap(({ tables, name }) => groupTables(tables as bigint, String(name))),
    ...rows('archives').map(({ tables, name }) => eventsOfArchive(tables as bigint, String(name))),
  ].filter(({ name }) => names.has(name));
}

/** The names of a file's tables, its own excepted. */
export function existing(database: DatabaseSync): string[] {
  return database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(({ name }) => String(name));
}

const keyOf = (table: string): readonly string[] => FIXED.find(({ name }) => name === table)!.key;

/** Whether a row is what was written, as far as it has a checksum. A file of an older version has none. */
export function isAsWritten({ sum }: StoredTable, row: Row): boolean {
  const stored = row['checksum'];
  if (!sum || stored === undefined) return true;
  const head = sum.head.map((column) => textOf(row[column] ?? null)).join(' ');
  return isSound(stored, row[sum.payload] ?? null, head);
}

const textOf = (cell: Cell): string =>
  cell === null ? '' : cell instanceof Uint8Array ? Buffer.from(cell).toString('base64') : String(cell);

/** The rows of a table that can be read and are what was written; the others are told. */
export function* soundRows(
  database: DatabaseSync,
  table: StoredTable,
  onHole: (hole: Hole) => void,
  onWrong: (row: Row) => void,
): Generator<Row> {
  for (const row of readableRows(database, table.name, table.key, onHole)) {
    if (isAsWritten(table, row)) yield row;
    else onWrong(row);
  }
}
