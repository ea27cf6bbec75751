import type { DatabaseSync } from 'node:sqlite';
import type { Finding } from '../../../model/examination.ts';
import { failureOf } from '../failure.ts';
import { existing } from './tables.ts';

/** Log of redriven events: it belongs to no bus. */
const REDRIVE_LOG = 'redrive';

/** What one table says of another. */
export function checkLinks(database: DatabaseSync): Finding[] {
  return [logsOfBuses, positionsOfLogs, tablesOfNobody, partsOfMessages].flatMap((check) => {
    try {
      return check(database);
    } catch (error) {
      return [{ severity: 'problem', what: `links cannot be checked: ${failureOf(error).message}` } as const];
    }
  });
}

const texts = (database: DatabaseSync, sql: string): string[] =>
  database
    .prepare(sql)
    .all()
    .map((row) => String(Object.values(row)[0]));

function logsOfBuses(database: DatabaseSync): Finding[] {
  const ofBuses = "SELECT json_extract(value, '$.log') FROM catalog WHERE kind = 'bus' AND json_valid(value)";
  const missing = texts(
    database,
    `SELECT log FROM (${ofBuses.replace("'$.log')", "'$.log') AS log")}) WHERE log NOT IN (SELECT name FROM logs)`,
  );
  const dangling = texts(
    database,
    `SELECT name FROM logs WHERE name != '${REDRIVE_LOG}' AND name NOT IN (${ofBuses})`,
  );
  return [
    ...missing.map((log): Finding => ({
      severity: 'note',
      what: `the log ${log} of a bus does not exist`,
      advice: 'nothing: the next start creates it',
    })),
    ...dangling.map((log): Finding => ({
      severity: 'note',
      what: `the log ${log} belongs to no bus`,
      advice: 'nothing: the next start drops it when no delivery needs it',
    })),
  ];
}

function positionsOfLogs(database: DatabaseSync): Finding[] {
  const findings: Finding[] = [];
  const rows = database.prepare('SELECT id, name, next, * FROM logs').all();
  for (const { id, name, gaps_below: gapsBelow, next } of rows) {
    const table = `log_${Number(id)}`;
    if (!existing(database).includes(table)) {
      findings.push({ severity: 'problem', what: `the table ${table} of the log ${String(name)} is gone` });
      continue;
    }
    const of = `FROM ${table} WHERE position >= ${BigInt(Number(gapsBelow ?? 0))}`;
    const [gaps] = texts(database, `SELECT coalesce(max(position) - min(position) + 1 - count(*), 0) ${of}`);
    if (gaps !== '0') {
      findings.push({ severity: 'problem', what: `${gaps} records are gone from the log ${String(name)}` });
    }
    const end = `max(${BigInt(Number(next))}, (SELECT coalesce(max(position) + 1, 0) FROM ${table}))`;
    const beyond = texts(
      database,
      `SELECT name FROM cursors WHERE log = ${Number(id)} AND position > ${end}`,
    );
    for (const cursor of beyond) {
      const what = `the cursor ${cursor} stands beyond the end of the log ${String(name)}: records at its end are gone`;
      findings.push({ severity: 'problem', what });
    }
  }
  return findings;
}

function tablesOfNobody(database: DatabaseSync): Finding[] {
  const known = new Set([
    ...texts(database, "SELECT 'log_' || id FROM logs"),
    ...['', '_body', '_groups', '_sent'].flatMap((part) =>
      texts(database, `SELECT 'queue_' || tables || '${part}' FROM queues`),
    ),
    ...['', '_streams'].flatMap((part) =>
      texts(database, `SELECT 'log_group_' || tables || '${part}' FROM log_groups`),
    ),
    ...texts(database, 'SELECT name FROM dropped'),
  ]);
  return existing(database)
    .filter((table) => /^(?:log|queue|log_group)_\d/.test(table) && !known.has(table))
    .map((table) => ({ severity: 'note', what: `the table ${table} belongs to nothing` }) as const);
}

function partsOfMessages(database: DatabaseSync): Finding[] {
  return texts(database, 'SELECT tables FROM queues').flatMap((tables) => {
    const [state, body] = [`queue_${tables}`, `queue_${tables}_body`];
    const [without] = texts(
      database,
      `SELECT count(*) FROM ${state} WHERE sequence NOT IN (SELECT sequence FROM ${body})`,
    );
    if (without === '0') return [];
    return [{ severity: 'problem', what: `${without} messages of ${state} have no body any more` } as const];
  });
}
