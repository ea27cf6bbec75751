import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { StorageError, type Storage } from '../../src/engine/ports/storage.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';
import { rejectsWith } from './suite/behaviour.ts';

const WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
const root = await mkdtemp(join(tmpdir(), 'busbar-files-'));
let made = 0;
const newDirectory = (): string => join(root, `${made++}`);
const open = (directory: string, maxPages?: number): Promise<Storage> =>
  openSqliteStorage({ directory, logger: silentLogger, ...(maxPages === undefined ? {} : { maxPages }) });

after(() => rm(root, { recursive: true, force: true }));

const record = (id: number, size = 10) => ({
  eventId: `${id}`,
  ingestedAt: 1,
  account: '1',
  event: `"${'x'.repeat(size)}"`,
});

/** A directory with a store that holds one event. */
async function made1(): Promise<{ directory: string; file: string }> {
  const directory = newDirectory();
  const storage = await open(directory);
  await storage.log.create('bus');
  await storage.log.append('bus', [record(1)]);
  await storage.close();
  return { directory, file: join(directory, 'busbar.db') };
}

async function refuses(kind: StorageError['kind'], directory: string, message: RegExp): Promise<void> {
  await assert.rejects(open(directory), (error) => {
    assert.ok(error instanceof StorageError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, message);
    return true;
  });
}

describe('sqlite: one process a directory', () => {
  it('refuses a second opening in the same process, and lets go when it is closed', async () => {
    const directory = newDirectory();
    const storage = await open(directory);
    await refuses(
      'busy',
      directory,
      new RegExp(`${directory} is in use by another process \\(pid ${process.pid}\\)`),
    );
    await storage.log.create('still-works');
    await storage.close();
    assert.ok(!existsSync(join(directory, 'busbar.pid')));
    await (await open(directory)).close();
  });

  it('refuses while another process has it; a killed one leaves no lock behind', async () => {
    const directory = newDirectory();
    const child = spawn(process.execPath, [WRITER, directory, 'r'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await refuses('busy', directory, new RegExp(`\\(pid ${child.pid}\\)`));
    child.stdout.resume();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const storage = await open(directory);
    assert.equal((await storage.log.list()).length, 1);
    await storage.close();
  });

  it('leaves the file readable for an operator', async () => {
    const { directory, file } = await made1();
    const storage = await open(directory);
    await storage.log.append('bus', [record(2)]);
    const reader = new DatabaseSync(file, { readOnly: true });
    assert.equal(reader.prepare('SELECT count(*) AS n FROM log_1').get()?.['n'], 2);
    reader.close();
    await storage.log.append('bus', [record(3)]);
    await storage.close();
  });
});

describe('sqlite: a file that is not whole is refused and left as it is', () => {
  const table: [string, (file: string) => Promise<unknown>, RegExp][] = [
    ['garbage', (file) => writeFile(file, 'garbage '.repeat(5_000)), /not a SQLite file/],
    ['empty', (file) => truncate(file, 0), /cut off after 0 bytes/],
    ['cut within the header', (file) => truncate(file, 50), /cut off after 50 bytes/],
    ['cut within its pages', (file) => truncate(file, 20_000), /cut off after 20000 of/],
    [
      'overwritten tables',
      async (file) => {
        const bytes = await readFile(file);
        bytes.fill(0x5a, 100, bytes.length);
        await writeFile(file, bytes);
      },
      /malformed|is damaged/,
    ],
    [
      'of another program',
      async (file) => {
        await rm(file);
        const other = new DatabaseSync(file);
        other.exec('CREATE TABLE mine (x)');
        other.close();
      },
      /not one of Busbar/,
    ],
  ];
  for (const [name, damage, message] of table) {
    it(name, async () => {
      const { directory, file } = await made1();
      await damage(file);
      const before = await readFile(file);
      await refuses('damaged', directory, message);
      await refuses('damaged', directory, message);
      assert.deepEqual(await readFile(file), before);
    });
  }

  it('gone, with its log still there', async () => {
    const { directory, file } = await made1();
    await rm(file);
    await writeFile(`${file}-wal`, 'frames');
    await refuses('damaged', directory, /is gone/);
  });

  it('a first start that was cut short is done again', async () => {
    const directory = newDirectory();
    await mkdir(directory);
    await writeFile(join(directory, 'busbar.new.db'), 'half');
    await (await open(directory)).close();
  });

  it('a directory that cannot be made', async () => {
    const file = join(root, 'a-file');
    await writeFile(file, '');
    await refuses('io', join(file, 'below'), /cannot be created/);
  });
});

describe('sqlite: schema version', () => {
  it('refuses a file that a newer version wrote', async () => {
    const { directory, file } = await made1();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    await refuses('damaged', directory, /schema version 99.*knows only 6/);
  });

  it('opens a file whose queues were made before there were ordered ones', async () => {
    const { directory, file } = await made1();
    const before = await open(directory);
    await before.queues.create('q');
    const message = { messageId: 'm', body: 'b', senderId: 's', sentAt: 5, visibleAt: 5 };
    await before.queues.send('q', [message]);
    await before.close();
    const database = new DatabaseSync(file);
    database.exec(`
      ALTER TABLE queues DROP COLUMN ordered;
      ALTER TABLE queue_1_body DROP COLUMN dead_letter_source;
      ALTER TABLE queue_1_body DROP COLUMN checksum;
      ALTER TABLE log_1 DROP COLUMN checksum;
      ALTER TABLE logs DROP COLUMN gaps_below;
      ALTER TABLE catalog DROP COLUMN checksum;
      ALTER TABLE parked DROP COLUMN checksum;
      ALTER TABLE dead_letters DROP COLUMN checksum;
      DROP TABLE timers;
      DROP TABLE archives;
      PRAGMA user_version = 2;
    `);
    database.close();
    const storage = await open(directory);
    const { queues } = storage;
    await queues.create('dead');
    const order = { max: 10, now: 6, visibleAgainAt: 6, sentAfter: 0 };
    assert.equal((await queues.receive('q', order)).messages[0]!.messageId, 'm');
    const redrive = { maxReceives: 1, to: 'dead', source: 'q' };
    assert.equal((await queues.receive('q', { ...order, redrive })).moved, 1);
    const [dead] = (await queues.receive('dead', order)).messages;
    assert.deepEqual([dead!.messageId, dead!.deadLetterSource], ['m', 'q']);
    await storage.timers.change([], [{ id: 't', dueAt: 5, document: {} }]);
    assert.equal(await storage.timers.nextDue(), 5);
    await storage.archives.create('a');
    assert.deepEqual(await storage.archives.list(), ['a']);
    await storage.close();
  });

  it('goes on with a file whose migration was cut short', async () => {
    const { directory, file } = await made1();
    const database = new DatabaseSync(file);
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT NULL")
      .all();
    for (const { name } of tables)
      if (name !== 'sqlite_sequence') database.exec(`DROP TABLE "${String(name)}"`);
    database.exec('PRAGMA user_version = 0');
    database.close();
    const storage = await open(directory);
    assert.deepEqual(await storage.log.list(), []);
    await storage.log.create('bus');
    await storage.close();
  });
});

/** Fills the store until it is full, and shows that it works again after something was removed. */
async function fillsAndRecovers(storage: Storage, makeSpace: () => Promise<unknown>): Promise<void> {
  await storage.log.create('bus');
  const done: number[] = [];
  let id = 0;
  let error: unknown;
  while (error === undefined && id < 20_000) {
    const calls = Array.from({ length: 8 }, () => ({
      id: ++id,
      call: storage.log.append('bus', [record(id, 2_000)]),
    }));
    const results = await Promise.allSettled(calls.map(({ call }) => call));
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') done.push(calls[index]!.id);
      else error = result.reason;
    }
  }
  assert.ok(error instanceof StorageError, String(error));
  assert.equal(error.kind, 'full', error.message);
  await rejectsWith(
    'full',
    storage.log.append(
      'bus',
      Array.from({ length: 50 }, () => record(0, 4_000)),
    ),
  );
  const ids = async (): Promise<number[]> =>
    (await storage.log.read('bus', 0n, 100_000, 1e9)).map(({ eventId }) => Number(eventId));
  assert.deepEqual(await ids(), done, 'all that was acknowledged and nothing else');
  await makeSpace();
  await storage.log.append('bus', [record(77_777, 2_000)]);
  assert.equal((await ids()).at(-1), 77_777);
}

describe('sqlite: no space left', () => {
  it('in the file: fails as full, keeps what was acknowledged, goes on after a trim', async () => {
    const directory = newDirectory();
    const storage = await open(directory, 120);
    await fillsAndRecovers(storage, () => storage.log.trim('bus', 100n, 100));
    await storage.close();
    const again = await open(directory);
    assert.equal((await again.log.list()).length, 1);
    await again.close();
  });

  const mountPoint = join(root, 'small-disk');
  it('on the disk: fails as full, goes on when there is space', async (test) => {
    await mkdir(mountPoint);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mountPoint], {
      encoding: 'utf8',
    });
    if (mounted.status !== 0) {
      // Only root may mount. The case before runs for everybody.
      const why = mounted.error?.message ?? mounted.stderr.trim();
      test.skip(`a small file system must be mounted for this, which takes root: ${why}`);
      return;
    }
    try {
      const ballast = join(mountPoint, 'ballast');
      await writeFile(ballast, Buffer.alloc(500_000));
      const storage = await open(join(mountPoint, 'data'));
      await fillsAndRecovers(storage, () => rm(ballast));
      await storage.close();
      const again = await open(join(mountPoint, 'data'));
      assert.ok((await stat(join(mountPoint, 'data', 'busbar.db'))).size > 0);
      assert.equal((await again.log.read('bus', 0n, 100_000, 1e9)).at(-1)?.eventId, '77777');
      await again.close();
    } finally {
      spawnSync('umount', [mountPoint]);
    }
  });
});
