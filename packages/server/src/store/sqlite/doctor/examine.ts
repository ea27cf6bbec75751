import { accessSync, constants, existsSync, readFileSync, statSync, statfsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { getuid } from 'node:process';
import type { DatabaseSync } from 'node:sqlite';
import type { Content, Examination, Finding } from '../../../model/examination.ts';
import { failureOf } from '../failure.ts';
import { SCHEMA_VERSION } from '../worker/migrations.ts';
import { checkHeader } from '../worker/open.ts';
import { surveyWal, warningOf } from '../worker/wal-survey.ts';
import { checkLinks } from './links.ts';
import { holdOff, openForReading } from './open.ts';
import type { OpenFile } from './open.ts';
import { soundRows, storedTables } from './tables.ts';

/** At most so many complaints of SQLite's own check are shown. */
const INTEGRITY_ROWS = 20;
const LOW_SPACE_BYTES = 1_073_741_824;
const OTHERS_MAY_READ = 0o004;

const SALVAGE =
  'restore a backup, or save what can be read: busbar doctor --data DIR --salvage NEW_DIR, then start with --data NEW_DIR';

/** Examines a data directory that no daemon uses, and changes nothing in it. */
export function examineDirectory(given: string): Examination {
  const directory = resolve(given);
  const none = { directory, schemaVersion: undefined, bytes: undefined, contents: [] };
  const unfit = checkDirectory(directory);
  if (unfit) return { ...none, ...unfit };
  const hold = holdOff(directory);
  if (!hold) {
    const finding = problem(
      `a daemon uses ${directory}${pidOf(directory)}`,
      'stop it first, or ask it: busbar status',
    );
    return { ...none, verdict: 'busy', findings: [finding] };
  }
  try {
    return examineFile(directory);
  } finally {
    hold.release();
  }
}

const problem = (what: string, advice?: string): Finding => ({ severity: 'problem', what, advice });
const note = (what: string, advice?: string): Finding => ({ severity: 'note', what, advice });

function checkDirectory(directory: string): Pick<Examination, 'verdict' | 'findings'> | undefined {
  if (!existsSync(directory)) {
    const finding = problem(
      `there is no directory ${directory}`,
      'name the one that the daemon is started with',
    );
    return { verdict: 'absent', findings: [finding] };
  }
  if (!statSync(directory).isDirectory()) {
    return { verdict: 'unusable', findings: [problem(`${directory} is no directory`)] };
  }
  const file = join(directory, 'busbar.db');
  if (existsSync(file)) return undefined;
  if (!existsSync(`${file}-wal`)) {
    const finding = note(`there is no data file in ${directory}`, 'busbar up creates one');
    return { verdict: 'absent', findings: [finding] };
  }
  const finding = problem(
    `${file} is gone, but its log ${file}-wal is still there`,
    'put the file back, or restore a backup',
  );
  return { verdict: 'unusable', findings: [finding] };
}

function pidOf(directory: string): string {
  try {
    return ` (pid ${readFileSync(join(directory, 'busbar.pid'), 'utf8').trim()})`;
  } catch {
    return '';
  }
}

/** Like `examineDirectory`, of a directory that is there and held already. */
export function examineFile(directory: string): Examination {
  const file = join(directory, 'busbar.db');
  const survey = surveyWal(file);
  const findings = [...checkAccess(directory, file), ...checkSpace(directory)];
  if (existsSync(join(directory, 'busbar.pid'))) {
    findings.push(note(`the last daemon was killed${pidOf(directory)}`, 'nothing: the next start cleans up'));
  }
  if (survey.state === 'unreadable') {
    findings.push(
      problem(
        `the log ${survey.path} is unreadable`,
        'restore a backup, or move it away: what it holds is lost then',
      ),
    );
  }
  const warning = warningOf(survey);
  if (warning !== undefined) findings.push(problem(warning));
  if (survey.frames > 0) {
    findings.push(
      note(`${survey.frames} pages stand in the log in front of the file: the next start folds them in`),
    );
  }
  const free = statfsSync(directory);
  const common = {
    directory,
    bytes: { file: statSync(file).size, log: survey.bytes, free: free.bavail * free.bsize },
  };
  return { ...common, ...examineContents(file, findings) };
}

function checkAccess(directory: string, file: string): Finding[] {
  const findings: Finding[] = [];
  const { R_OK, W_OK, X_OK } = constants;
  for (const [path, mode] of [
    [directory, R_OK | W_OK | X_OK],
    [file, R_OK | W_OK],
  ] as const) {
    try {
      accessSync(path, mode);
    } catch {
      findings.push(problem(`${path} cannot be read and written by this user`, 'change its owner or mode'));
    }
    const { uid, mode: bits } = statSync(path);
    if (uid !== getuid?.())
      findings.push(note(`${path} belongs to user ${uid}`, 'run the daemon as that user'));
    if (path === directory && bits & OTHERS_MAY_READ) {
      findings.push(note(`every user of this machine may read ${path}`, `chmod 700 ${path}`));
    }
  }
  return findings;
}

function checkSpace(directory: string): Finding[] {
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  if (free >= LOW_SPACE_BYTES) return [];
  return [
    note(
      `${Math.floor(free / 1_048_576)} MB are free on its disk`,
      'make room, or shorten --retention-hours',
    ),
  ];
}

type FileExamination = Omit<Examination, 'directory' | 'bytes'>;

function examineContents(file: string, findings: Finding[]): FileExamination {
  const unusable = (error: unknown): FileExamination => ({
    verdict: 'unusable',
    findings: [
      ...findings,
      problem(failureOf(error).message, `${SALVAGE}. Failing that: sqlite3 ${file} .recover`),
    ],
    schemaVersion: undefined,
    contents: [],
  });
  try {
    checkHeader(file);
  } catch (error) {
    return unusable(error);
  }
  let open: OpenFile;
  try {
    open = openForReading(file);
  } catch (error) {
    return unusable(error);
  }
  const { database, complaint } = open;
  if (complaint !== undefined) findings.push(problem(`SQLite: ${complaint}`, SALVAGE));
  try {
    const schemaVersion = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    findings.push(...checkVersion(schemaVersion), ...checkIntegrity(database));
    const contents = storedTables(database).map((table) => count(database, table));
    for (const { what, table, wrongRows, holes } of contents) {
      if (holes > 0) findings.push(problem(`${what} (${table}) cannot be read at ${holes} places`, SALVAGE));
      if (wrongRows > 0)
        findings.push(problem(`${wrongRows} of ${what} (${table}) are not what was written`, SALVAGE));
    }
    findings.push(...checkLinks(database));
    const verdict = findings.some(({ severity }) => severity === 'problem') ? 'damaged' : 'sound';
    return { verdict, findings, schemaVersion, contents };
  } catch (error) {
    return unusable(error);
  } finally {
    open.close();
  }
}

function checkVersion(version: number): Finding[] {
  if (version === SCHEMA_VERSION) return [];
  if (version < SCHEMA_VERSION) {
    const next = `the next start brings it to ${SCHEMA_VERSION}: keep a backup if you may want to go back`;
    return [note(`the file has schema version ${version}`, next)];
  }
  const what = `the file has schema version ${version}, this version of Busbar knows only ${SCHEMA_VERSION}`;
  return [problem(what, 'start the newer version that wrote it')];
}

function checkIntegrity(database: DatabaseSync): Finding[] {
  try {
    const rows = database.prepare(`PRAGMA integrity_check(${INTEGRITY_ROWS})`).all();
    const complaints = rows.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok');
    return complaints.map((text) => problem(`SQLite: ${text}`, SALVAGE));
  } catch (error) {
    return [problem(`SQLite: ${failureOf(error).message}`, SALVAGE)];
  }
}

function count(database: DatabaseSync, table: Parameters<typeof soundRows>[1]): Content {
  let [rows, wrongRows, holes] = [0, 0, 0];
  const sound = soundRows(
    database,
    table,
    () => holes++,
    () => wrongRows++,
  );
  for (const _ of sound) rows++;
  return { what: table.what, table: table.name, rows, wrongRows, holes };
}
