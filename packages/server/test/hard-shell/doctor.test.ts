import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import type { Examination, Salvage } from '../../src/model/examination.ts';
import { AwsJson } from '../aws-json.ts';
import { busbar } from '../cli/busbar-command.ts';
import { startDaemon } from '../daemon.ts';
import { filledDirectory } from './damage-rounds.ts';
import { FILLED } from './filled-store.ts';

const root = await mkdtemp(join(tmpdir(), 'busbar-doctor-'));
const [closed, killed] = await Promise.all([filledDirectory('closed'), filledDirectory('killed')]);
after(() => Promise.all([root, closed, killed].map((each) => rm(each, { recursive: true, force: true }))));

let made = 0;
async function copyOf(template: string): Promise<string> {
  const directory = join(root, String(made++));
  await cp(template, directory, { recursive: true });
  return directory;
}

async function examine(directory: string): Promise<{ code: number | null; found: Examination }> {
  const { code, out, err } = await busbar(['doctor', '--data', directory, '--json']);
  assert.equal(err, '');
  return { code, found: JSON.parse(out) as Examination };
}

const problems = ({ findings }: Examination): string[] =>
  findings.filter(({ severity }) => severity === 'problem').map(({ what }) => what);

describe('busbar doctor', () => {
  it('counts what is there and finds nothing wrong, whether the daemon was stopped or killed', async () => {
    for (const template of [closed, killed]) {
      const directory = await copyOf(template);
      const before = await readFile(join(directory, 'busbar.db'));
      const { code, found } = await examine(directory);
      assert.equal(code, 0);
      assert.equal(found.verdict, 'sound');
      assert.deepEqual(problems(found), []);
      const rows = (table: string): number | undefined =>
        found.contents.find((each) => each.table === table)?.rows;
      assert.deepEqual(
        [
          'log_1',
          'queue_1_body',
          'queue_2_body',
          'catalog',
          'dead_letters',
          'parked',
          'log_group_1',
          'timers',
          'archive_1',
        ].map(rows),
        Object.values(FILLED),
      );
      assert.deepEqual(await readFile(join(directory, 'busbar.db')), before, 'it only reads');
    }
  });

  it('leaves the log in front of a file and its index as they are', async () => {
    const directory = await copyOf(killed);
    const read = (): Promise<Buffer[]> =>
      Promise.all(['busbar.db-wal', 'busbar.db-shm'].map((name) => readFile(join(directory, name))));
    const before = await read();
    assert.ok(before[0]!.length > 0);
    await examine(directory);
    assert.deepEqual(await read(), before);
  });

  it('tells people what to do', async () => {
    const directory = await copyOf(closed);
    const file = join(directory, 'busbar.db');
    const bytes = await readFile(file);
    // Within the text of an event: SQLite itself sees nothing wrong.
    bytes[bytes.indexOf('event-77')]! ^= 1;
    await writeFile(file, bytes);
    const { code, out } = await busbar(['doctor', '--data', directory]);
    assert.equal(code, 1);
    assert.match(out, /: damaged\n/);
    assert.match(out, /problem: 1 of events of the log bus \(log_1\) are not what was written/);
    assert.match(
      out,
      /→ restore a backup, or save what can be read: busbar doctor --data DIR --salvage NEW_DIR/,
    );
  });

  it('says when there is nothing, when it is no directory, and when a daemon has it', async () => {
    assert.equal((await examine(join(root, 'nowhere'))).found.verdict, 'absent');
    const empty = join(root, 'empty');
    await mkdir(empty);
    assert.equal((await examine(empty)).found.verdict, 'absent');
    const file = join(root, 'file');
    await writeFile(file, '');
    assert.equal((await examine(file)).found.verdict, 'unusable');
    const daemon = await startDaemon({ data: join(root, 'used') });
    const { code, found } = await examine(join(root, 'used'));
    assert.equal(code, 1);
    assert.equal(found.verdict, 'busy');
    assert.match(problems(found)[0]!, new RegExp(`pid ${daemon.process.pid}`));
    assert.equal(await daemon.stop(), 0);
    assert.equal((await examine(join(root, 'used'))).code, 0);
  });

  it('finds records that are gone, tables of nobody, a newer version', async () => {
    const directory = await copyOf(closed);
    const database = new DatabaseSync(join(directory, 'busbar.db'));
    database.exec(`
      DELETE FROM log_1 WHERE position BETWEEN 100 AND 109;
      DELETE FROM queue_1_body WHERE sequence = 5;
      DELETE FROM archive_1 WHERE sequence = 7;
      CREATE TABLE log_77 (x);
      INSERT INTO catalog (kind, key, version, value) VALUES ('archive', 'gone', 1, '{"uid":"gone"}');
      PRAGMA user_version = 99;
    `);
    database.close();
    const { found } = await examine(directory);
    assert.equal(found.verdict, 'damaged');
    assert.deepEqual(problems(found), [
      'the file has schema version 99, this version of Busbar knows only 6',
      '1 of resources (catalog) are not what was written',
      'the archive gone is gone, though the catalog has it',
      '10 records are gone from the log bus',
      'the archive a holds 149 events, not 150',
      '1 messages of queue_1 have no body any more',
    ]);
    const notes = found.findings.filter(({ severity }) => severity === 'note').map(({ what }) => what);
    assert.ok(notes.includes('the table log_77 belongs to nothing'));
    assert.ok(notes.includes('the events of an archive (a) belong to none that the catalog has'));
  });
});

describe('busbar doctor --salvage', () => {
  it('saves everything of a sound directory, and a daemon starts with it', async () => {
    const out = join(root, 'saved');
    const { code, out: said } = await busbar(['doctor', '--data', killed, '--salvage', out, '--json']);
    assert.equal(code, 0, said);
    const { contents, lost } = JSON.parse(said) as Salvage;
    assert.deepEqual(lost, []);
    assert.ok(contents.every(({ rows, copied }) => rows === copied));
    const daemon = await startDaemon({ data: out });
    assert.equal(await daemon.stop(), 0);
  });

  it('gives an archive that the catalog has lost another name', async () => {
    const out = join(root, 'archived');
    const { code, out: said } = await busbar(['doctor', '--data', closed, '--salvage', out]);
    assert.equal(code, 0, said);
    const daemon = await startDaemon({ data: out });
    const aws = new AwsJson(daemon.port, 1);
    const found = await aws.must('events', 'DescribeArchive', { ArchiveName: 'salvaged-a' });
    assert.equal(found['EventCount'], FILLED.archived);
    aws.close();
    assert.equal(await daemon.stop(), 0);
    assert.equal((await examine(out)).code, 0);
  });

  it('names what is lost, and leaves the damaged directory as it is', async () => {
    const directory = await copyOf(closed);
    const file = join(directory, 'busbar.db');
    const bytes = await readFile(file);
    bytes[bytes.indexOf('event-77')]! ^= 1;
    await writeFile(file, bytes);
    const out = join(root, 'rest');
    const { code, out: said } = await busbar(['doctor', '--data', directory, '--salvage', out]);
    assert.equal(code, 1);
    assert.match(said, /lost: events of the log bus: position 78, .* is not what was written/);
    assert.match(said, new RegExp(`start the daemon with --data ${out}`));
    assert.deepEqual(await readFile(file), bytes);
    assert.ok((await stat(join(out, 'busbar.db'))).size > 0);
  });

  it('writes over nothing', async () => {
    const { code, err } = await busbar(['doctor', '--data', closed, '--salvage', await copyOf(closed)]);
    assert.equal(code, 1);
    assert.match(err, /is not empty/);
  });
});
