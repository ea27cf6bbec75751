// What a start of the real daemon does with data directories that it cannot or must not use.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { AwsJson } from '../aws-json.ts';
import { startDaemon } from '../daemon.ts';

const COMMAND = join(import.meta.dirname, '../../bin/busbar.mjs');
/** `nobody`, where tests run as root: root may read and write everything. */
const NOBODY = 65_534;
const START_LIMIT_MS = 15_000;

const root = await mkdtemp(join(tmpdir(), 'busbar-start-'));
await chmod(root, 0o755);
after(() => rm(root, { recursive: true, force: true }));

let made = 0;
const newPath = (): string => join(root, String(made++));

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Starts a daemon that is expected to end by itself. */
async function failedStart(data: string, uid?: number): Promise<Ended> {
  const args = [COMMAND, 'up', '--port', '0', '--data', data, '--log-format', 'json'];
  const child = spawn(process.execPath, args, {
    stdio: 'pipe',
    cwd: root,
    ...(uid !== undefined && { uid }),
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.resume();
  const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(limit);
  return { code, said };
}

/** A directory that a daemon has used and left. */
async function used(): Promise<{ directory: string; file: string }> {
  const directory = newPath();
  const daemon = await startDaemon({ data: directory });
  const client = new AwsJson(daemon.port, 1);
  await client.must('events', 'CreateEventBus', { Name: 'shop' });
  client.close();
  assert.equal(await daemon.stop(), 0);
  return { directory, file: join(directory, 'busbar.db') };
}

const template = await used();
async function copy(): Promise<{ directory: string; file: string }> {
  const directory = newPath();
  await mkdir(directory);
  const file = join(directory, 'busbar.db');
  await copyFile(template.file, file);
  return { directory, file };
}

describe('a start is refused, with exit code 1, the file and the way out', () => {
  const damages: [string, (file: string) => Promise<unknown>, RegExp][] = [
    ['an empty file', (file) => truncate(file, 0), /cut off after 0 bytes/],
    ['a file cut in its header', (file) => truncate(file, 60), /cut off after 60 bytes/],
    ['a file cut in its pages', (file) => truncate(file, 30_000), /cut off after 30000 of/],
    ['a text file', (file) => writeFile(file, 'hello\n'.repeat(1_000)), /not a SQLite file/],
    [
      'a file of another program',
      async (file) => {
        await rm(file);
        const other = new DatabaseSync(file);
        other.exec('CREATE TABLE mine (x)');
        other.close();
      },
      /not one of Busbar/,
    ],
    [
      'a log whose header is garbled',
      (file) => writeFile(`${file}-wal`, Buffer.alloc(50_000, 'garbage')),
      /the header of its log .*busbar\.db-wal is broken/,
    ],
    [
      'a file that is gone while its log is there',
      async (file) => {
        await rm(file);
        await writeFile(`${file}-wal`, 'frames');
      },
      /is gone, but its log/,
    ],
    [
      'wiped pages',
      async (file) => {
        const bytes = await readFile(file);
        await writeFile(file, bytes.fill(0, 8_192, bytes.length));
      },
      /is damaged/,
    ],
  ];
  for (const [what, damage, message] of damages) {
    it(what, async () => {
      const { directory, file } = await copy();
      await damage(file);
      const { code, said } = await failedStart(directory);
      assert.equal(code, 1, said);
      assert.match(said, message);
      assert.ok(said.includes(file), said);
      assert.ok(said.includes(`busbar doctor --data ${directory}`), said);
      assert.doesNotMatch(said, /\n\s+at /, 'a stack is no message');
    });
  }

  it('a file of a newer version, which is not damaged', async () => {
    const { directory, file } = await copy();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    const { code, said } = await failedStart(directory);
    assert.equal(code, 1);
    assert.match(said, /busbar\.db has schema version 99.*start the newer version/);
  });

  it('a data directory that is a file, or below one', async () => {
    const file = newPath();
    await writeFile(file, '');
    for (const path of [file, join(file, 'below')]) {
      const { code, said } = await failedStart(path);
      assert.equal(code, 1, said);
      assert.ok(said.includes(path), said);
    }
  });

  it('a file or a directory that the user may not use', async (t) => {
    if (process.getuid?.() !== 0) {
      t.skip('ONLY ROOT CAN START A DAEMON AS ANOTHER USER: permissions are not tried');
      return;
    }
    const { directory, file } = await copy();
    await chown(directory, NOBODY, NOBODY);
    await chmod(file, 0o600);
    const unreadable = await failedStart(directory, NOBODY);
    assert.equal(unreadable.code, 1, unreadable.said);
    assert.match(unreadable.said, /busbar\.db/);
    await chmod(file, 0o444);
    const unwritable = await failedStart(directory, NOBODY);
    assert.equal(unwritable.code, 1, unwritable.said);
    assert.match(unwritable.said, /busbar\.db/);
    const foreign = await copy();
    await chmod(foreign.file, 0o666);
    const unusable = await failedStart(foreign.directory, NOBODY);
    assert.equal(unusable.code, 1, unusable.said);
    assert.ok(unusable.said.includes(foreign.directory), unusable.said);
  });
});

describe('one daemon a directory', () => {
  it('a second one is refused and told who has it; the first goes on', async () => {
    const { directory } = await copy();
    const first = await startDaemon({ data: directory });
    const { code, said } = await failedStart(directory);
    assert.equal(code, 1);
    assert.match(
      said,
      new RegExp(`${directory} is in use by another process \\(pid ${first.process.pid}\\)`),
    );
    const client = new AwsJson(first.port, 1);
    await client.must('events', 'CreateEventBus', { Name: 'another' });
    client.close();
    assert.equal(await first.stop(), 0);
  });

  it('after kill -9 the next one starts at once, and again only one', async () => {
    const { directory } = await copy();
    const first = await startDaemon({ data: directory });
    await first.kill();
    const both = await Promise.allSettled([
      startDaemon({ data: directory }),
      startDaemon({ data: directory }),
      startDaemon({ data: directory }),
    ]);
    const started = both.filter((result) => result.status === 'fulfilled');
    assert.equal(started.length, 1);
    for (const result of both) {
      if (result.status === 'rejected') assert.match(String(result.reason), /is in use by another process/);
    }
    assert.equal(await started[0]!.value.stop(), 0);
  });
});
