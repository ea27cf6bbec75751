import type { DatabaseSync } from 'node:sqlite';
import { mendArchives } from './mend-archives.ts';
import { existing } from './tables.ts';

/** Numbers are handed out from here on: far beyond any that a lost row may have had. */
const BEYOND = 4_294_967_296n;

/** Makes one whole of what was copied: rows that lack their other half are completed or removed. */
export function mend(source: DatabaseSync, target: DatabaseSync): void {
  target.exec('BEGIN');
  leaveOutDropped(source, target);
  mendLogs(target);
  mendLanes(target);
  for (const row of target.prepare('SELECT tables, ordered FROM queues').all()) {
    mendQueue(target, `queue_${Number(row['tables'])}`, Number(row['ordered']) === 1);
  }
  for (const row of target.prepare('SELECT tables FROM log_groups').all()) {
    mendGroup(target, `log_group_${Number(row['tables'])}`);
  }
  mendArchives(target);
  mendCounters(target);
  target.exec('COMMIT');
}

/** Events of streams, and parked rows of lanes, that were removed but not swept yet. */
function leaveOutDropped(source: DatabaseSync, target: DatabaseSync): void {
  const tables = new Set(existing(target));
  let dropped: Record<string, unknown>[] = [];
  try {
    dropped = source.prepare('SELECT * FROM dropped').all();
  } catch {
    // Then they come back: better than the other way round.
  }
  for (const { name, lane = null, stream = null } of dropped) {
    if (typeof name !== 'string' || !tables.has(name)) continue;
    if (lane !== null) target.exec(`DELETE FROM ${name} WHERE lane = ${Number(lane)}`);
    if (stream !== null) target.exec(`DELETE FROM ${name} WHERE stream = ${Number(stream)}`);
  }
}

/** A log may lack records below its present end; cursors keep within their logs. */
function mendLogs(target: DatabaseSync): void {
  for (const { id } of target.prepare('SELECT id FROM logs').all()) {
    const table = `log_${Number(id)}`;
    const end = `max(next, (SELECT coalesce(max(position) + 1, 0) FROM ${table}),
        (SELECT coalesce(max(position), 0) FROM cursors WHERE log = ${Number(id)}))`;
    target.exec(`UPDATE logs SET next = ${end} WHERE id = ${Number(id)}`);
    target.exec(`UPDATE logs SET gaps_below = next WHERE id = ${Number(id)}`);
  }
  target.exec('DELETE FROM cursors WHERE log NOT IN (SELECT id FROM logs)');
}

/** Totals are counted anew; rows of a lane that is lost have nowhere to go. */
function mendLanes(target: DatabaseSync): void {
  target.exec(`
    DELETE FROM parked WHERE lane NOT IN (SELECT id FROM lanes);
    UPDATE lanes SET
      parked_rows = (SELECT count(*) FROM parked WHERE lane = lanes.id),
      parked_positions = (SELECT coalesce(sum(count), 0) FROM parked WHERE lane = lanes.id);
    DELETE FROM lanes WHERE parked_rows = 0;
  `);
}

/** A message is its state and its body. A message whose state is lost can be received at once. */
function mendQueue(target: DatabaseSync, queue: string, ordered: boolean): void {
  target.exec(`DELETE FROM ${queue} WHERE sequence NOT IN (SELECT sequence FROM ${queue}_body)`);
  if (!ordered) {
    target.exec(`
      INSERT INTO ${queue} (sequence, visible_at, sent_at, receives, first_received_at)
        SELECT sequence, 0, coalesce((SELECT max(sent_at) FROM ${queue}), unixepoch() * 1000), 0, 0 FROM ${queue}_body
        WHERE sequence NOT IN (SELECT sequence FROM ${queue})`);
    return;
  }
  target.exec(`
    INSERT INTO ${queue} (sequence, group_id, since, receives, first_received_at, hidden_until)
      SELECT sequence, -1, sent_at, 0, 0, 0 FROM ${queue}_body WHERE sequence NOT IN (SELECT sequence FROM ${queue});
    INSERT INTO ${queue}_groups (id, name, fresh, ready_at)
      SELECT group_id, 'salvaged-' || group_id, 0, 0 FROM ${queue}
      WHERE group_id NOT IN (SELECT id FROM ${queue}_groups) GROUP BY group_id;
  `);
}

/** A stream whose row is lost is found again under another name. */
function mendGroup(target: DatabaseSync, events: string): void {
  target.exec(`
    INSERT INTO ${events}_streams (id, name, created_at, last_timestamp, last_ingested_at, bytes)
      SELECT stream, 'salvaged-' || stream, min(timestamp), max(timestamp), max(ingested_at), 0 FROM ${events}
      WHERE stream NOT IN (SELECT id FROM ${events}_streams) GROUP BY stream;
    UPDATE ${events}_streams SET
      bytes = (SELECT coalesce(sum(octet_length(message)), 0) FROM ${events} WHERE stream = ${events}_streams.id);
    UPDATE log_groups SET bytes = (SELECT coalesce(sum(bytes), 0) FROM ${events}_streams)
      WHERE 'log_group_' || tables = '${events}';
  `);
}

/** No number may be given twice, whatever was lost of the counters. */
function mendCounters(target: DatabaseSync): void {
  const needed: [string, string][] = [
    ['catalog', 'SELECT max(version) FROM catalog'],
    ['lanes', 'SELECT max(id) FROM lanes'],
    ['parked', 'SELECT max(id) FROM parked'],
    ['dead-letters', 'SELECT max(sequence) FROM dead_letters'],
    ['queue-tables', 'SELECT max(tables) FROM queues'],
    ['log-group-tables', 'SELECT max(tables) FROM log_groups'],
    ['archive-tables', 'SELECT max(tables) FROM archives'],
  ];
  for (const { name, tables } of target.prepare('SELECT name, tables FROM queues').all()) {
    needed.push([`queue.${String(name)}`, `SELECT max(sequence) FROM queue_${Number(tables)}`]);
  }
  for (const { name, tables } of target.prepare('SELECT name, tables FROM log_groups').all()) {
    needed.push([`log-events.${String(name)}`, `SELECT max(sequence) FROM log_group_${Number(tables)}`]);
  }
  for (const [name, most] of needed) {
    target
      .prepare(
        `INSERT INTO counters VALUES (?, coalesce((${most}), 0) + ${BEYOND})
          ON CONFLICT (name) DO UPDATE SET next = max(next, excluded.next)`,
      )
      .run(name);
  }
}
