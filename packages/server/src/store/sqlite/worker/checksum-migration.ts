import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { checksumOf } from './checksum.ts';

/** Columns behind the payload, in the order of the checksum: what rows were made of at this version. */
const CATALOG = 'value, kind, key, version';
const PARKED = 'state, id, lane, lowest, count, others';
const LETTER = 'document, id, created_at, event_id, bus, rule, target';
const RECORD =
  'event, position, event_id, ingested_at, account, trace_header, hops, message_group, dedup_key';
const MESSAGE = 'body, sequence, message_id, attributes, sender_id, dead_letter_source';
const ORDERED_MESSAGE = 'body, sequence, message_id, attributes, sender_id, sent_at, dead_letter_source';
const LINE = 'message, sequence, stream, timestamp, ingested_at';

/**
 * Gives every row its checksum (`checksum.ts`). Below "gaps_below" a log may lack records: what could not be saved when
 * the log was taken over from a damaged file.
 */
export function addChecksums(database: DatabaseSync): string {
  const options = { deterministic: true, useBigIntArguments: true, varargs: true };
  database.function('row_checksum', options, (payload, ...head) =>
    checksumOf(payload as string | null, head.map(textOf).join(' ')),
  );
  const logs = database.prepare('SELECT id FROM logs').all();
  const queues = database.prepare('SELECT tables, ordered FROM queues').all();
  const groups = database.prepare('SELECT tables FROM log_groups').all();
  const tables: [string, string][] = [
    ['catalog', CATALOG],
    ['parked', PARKED],
    ['dead_letters', LETTER],
    ...logs.map(({ id }): [string, string] => [`log_${Number(id)}`, RECORD]),
    ...queues.map(({ tables: n, ordered }): [string, string] => [
      `queue_${Number(n)}_body`,
      Number(ordered) === 1 ? ORDERED_MESSAGE : MESSAGE,
    ]),
    ...groups.map(({ tables: n }): [string, string] => [`log_group_${Number(n)}`, LINE]),
  ];
  return [
    'ALTER TABLE logs ADD COLUMN gaps_below INTEGER NOT NULL DEFAULT 0',
    ...tables.map(([table]) => `ALTER TABLE ${table} ADD COLUMN checksum INTEGER`),
    ...tables.map(([table, columns]) => `UPDATE ${table} SET checksum = row_checksum(${columns})`),
  ].join(';\n');
}

const textOf = (value: SQLOutputValue): string =>
  value === null ? '' : value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
