import type { DatabaseSync } from 'node:sqlite';
import type { Finding } from '../../../model/examination.ts';
import { failureOf } from '../failure.ts';
import { existing } from './tables.ts';

/** Log of redriven events: it belongs to no bus. Nor do the logs of ticks. */
const REDRIVE_LOG = 'redrive';

/** What one table says of another. */
export function checkLinks(database: DatabaseSync): Finding[] {
  return [
    logsOfBuses,
    partsOfResources,
    positionsOfLogs,
    countsOfArchives,
    tablesOfNobody,
    partsOfMessages,
  ].flatMap((check) => {
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

/** Texts of a table that files of older versions lack. */
const textsIfAny = (database: DatabaseSync, table: string, sql: string): string[] =>
  existing(database).includes(table) ? texts(database, sql) : [];

/** What the catalog's documents of a kind call their part of the store. */
const named = (kind: string, member: string): string =>
  `SELECT name FROM (
    SELECT CASE WHEN json_valid(value) THEN value ->> '$.${member}' END AS name FROM catalog WHERE kind = '${kind}'
  ) WHERE name IS NOT NULL`;

function logsOfBuses(database: DatabaseSync): Finding[] {
  const ofBuses = named('event-bus', 'log');
  const missing = texts(database, `SELECT name FROM (${ofBuses}) WHERE name NOT IN (SELECT name FROM logs)`);
  const dangling = texts(
    database,
    `SELECT name FROM logs WHERE name != '${REDRIVE_LOG}' AND name NOT LIKE 'ticks.%'
      AND name NOT IN (${ofBuses}) AND name NOT IN (${named('replay', 'log')})`,
  );
  return [
    ...missing.map((log): Finding => ({
      // A crash may come between a new bus and its log. But a log that nobody knows may be the one that is looked for.
      severity: dangling.length > 0 ? 'problem' : 'note',
      what: `the log ${log} of a bus does not exist`,
      advice: 'the next start creates it, empty',
    })),
    ...dangling.map((log): Finding => ({
      severity: 'note',
      what: `the log ${log} belongs to no bus`,
      advice: 'nothing: the next start drops it when no delivery needs it',
    })),
  ];
}

function partsOfResources(database: DatabaseSync): Finding[] {
  return [
    ['queue', 'queues', 'id'],
    ['log-group', 'log_groups', 'id'],
    ['archive', 'archives', 'uid'],
  ].flatMap(([kind, table, member]) =>
    textsIfAny(
      database,
      table!,
      `SELECT name FROM (${named(kind!, member!)}) WHERE name NOT IN (SELECT name FROM ${table})`,
    ).map((name): Finding => ({
      severity: 'problem',
      what: `the ${kind} ${name} is gone, though the catalog has it`,
    })),
  );
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

/** What the catalog and an archive itself say it holds. */
function countsOfArchives(database: DatabaseSync): Finding[] {
  const unnamed = `SELECT name FROM archives WHERE name NOT IN (${named('archive', 'uid')})`;
  return [
    ...textsIfAny(database, 'archives', unnamed).map((archive): Finding => ({
      severity: 'note',
      what: `the events of an archive (${archive}) belong to none that the catalog has`,
      advice:
        'the next start removes them. If an archive is missed, busbar doctor --data DIR --salvage NEW_DIR gives it back under another name',
    })),
    ...wrongCounts(database),
  ];
}

function wrongCounts(database: DatabaseSync): Finding[] {
  return textsIfAny(database, 'archives', 'SELECT tables FROM archives').flatMap((tables) => {
    const short = `SELECT name || ' holds ' || (SELECT count(*) FROM archive_${tables}) || ' events, not ' || events
      FROM archives WHERE tables = ${tables} AND events != (SELECT count(*) FROM archive_${tables})`;
    return texts(database, short).map((what): Finding => ({
      severity: 'problem',
      what: `the archive ${what}`,
    }));
  });
}

function tablesOfNobody(database: DatabaseSync): Finding[] {
  const known = new Set([
    ...texts(database, "SELECT 'log_' || id FROM logs"),
    ...['', '_body', '_groups', '_sent'].flatMap((part) =>
      texts(database, `SELECT 'queue_' || tables || '${part}' FROM queues`),
    ),
    ...['', '_streams'].flatMap((part) =>
      textsIfAny(database, 'log_groups', `SELECT 'log_group_' || tables || '${part}' FROM log_groups`),
    ),
    ...textsIfAny(database, 'archives', "SELECT 'archive_' || tables FROM archives"),
    ...texts(database, 'SELECT name FROM dropped'),
  ]);
  return existing(database)
    .filter((table) => /^(?:log|queue|log_group|archive)_\d/.test(table) && !known.has(table))
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
