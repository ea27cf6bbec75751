import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { StorageError } from '../../src/engine/ports/storage.ts';
import { Link } from '../../src/store/sqlite/client/link.ts';
import { SqliteLogs } from '../../src/store/sqlite/client/log.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';
import type { Reply, Request } from '../../src/store/sqlite/wire.ts';
import { Groups } from '../../src/store/sqlite/worker/groups.ts';
import { migrate } from '../../src/store/sqlite/worker/migrations.ts';
import { rejectsWith } from './suite/behaviour.ts';

const record = (id: number, ingestedAt = 1) => ({ eventId: `${id}`, ingestedAt, account: '1', event: '{}' });

/** A worker that answers each message with what the script makes of it. */
const fakeWorker = (script: string): Worker =>
  new Worker(`const { parentPort } = require('node:worker_threads'); ${script}`, { eval: true });

describe('sqlite: the way to the worker', () => {
  it('calls of one turn travel as one message, and calls on one log as one operation', async () => {
    const worker = fakeWorker(`
      let messages = 0;
      parentPort.on('message', (request) => {
        if (request === 'close') return parentPort.close();
        messages++;
        parentPort.postMessage({ failures: [], answers: request.map(([name, ...rest]) =>
          name === 'log.append' ? 100n : name === 'dead.count' ? messages : request.length) });
      });`);
    const link = new Link(worker, silentLogger);
    const log = new SqliteLogs(link);
    const appends = Promise.all([log.append('a', [record(1)]), log.append('a', [record(2), record(3)])]);
    const counted = link.call('dead.trim', 0, 0, 0);
    assert.deepEqual(await appends, [[100n], [101n, 102n]]);
    assert.equal(await counted, 2, 'two operations');
    assert.equal(await link.call('dead.count'), 2, 'two messages');
    await link.close();
  });

  it('a worker that dies fails what waits and what comes', async () => {
    const lines: string[] = [];
    const logger = { ...silentLogger, error: (_: object, message: string) => lines.push(message) };
    const link = new Link(fakeWorker(`parentPort.on('message', () => process.exit(7));`), logger);
    await Promise.all([
      rejectsWith('io', link.call('dead.count')),
      rejectsWith('io', link.call('dead.count')),
    ]);
    await rejectsWith('io', link.call('dead.count'));
    await rejectsWith('io', new SqliteLogs(link).append('a', [record(1)]));
    await link.close();
    assert.deepEqual(lines, ["the store's worker died: no call can be served any more"]);
  });

  it('a worker that throws fails what waits', async () => {
    const link = new Link(
      fakeWorker(`parentPort.on('message', () => { throw new Error('boom'); });`),
      silentLogger,
    );
    await assert.rejects(link.call('dead.count'), (error) => {
      assert.ok(error instanceof StorageError);
      assert.match(error.message, /boom/);
      return true;
    });
  });

  it('a worker that dies while the store is closed does not hang the close', async () => {
    const link = new Link(fakeWorker(`parentPort.on('message', () => process.exit(7));`), silentLogger);
    const waiting = link.call('dead.count');
    await Promise.all([rejectsWith('io', waiting), link.close()]);
  });

  it("a call's mistake does not reach the calls that share its operation", async () => {
    const directory = await mkdtemp(join(tmpdir(), 'busbar-link-'));
    const storage = await openSqliteStorage({ directory, logger: silentLogger });
    const { log } = storage;
    await log.create('a');
    const calls = await Promise.allSettled([
      log.append('a', [record(1)]),
      log.append('a', [record(2), record(3, Number.NaN)]),
      log.append('a', [record(4)]),
    ]);
    assert.deepEqual(
      calls.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(
      (await log.read('a', 0n, 10, 1_000)).map(({ eventId }) => eventId),
      ['1', '4'],
    );
    await storage.close();
    await rm(directory, { recursive: true });
  });

  it('cursors become durable without another write', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'busbar-link-'));
    const storage = await openSqliteStorage({ directory, logger: silentLogger });
    const { log } = storage;
    await log.create('a');
    await log.saveCursors([{ log: 'a', name: 'router', position: 5n }]);
    const reader = new DatabaseSync(join(directory, 'busbar.db'), { readOnly: true });
    const saved = (): unknown => reader.prepare('SELECT position FROM cursors').get()?.['position'];
    for (let tries = 0; saved() !== 5 && tries < 100; tries++) await sleep(50);
    assert.equal(saved(), 5);
    reader.close();
    await storage.close();
    await rm(directory, { recursive: true });
  });
});

describe('sqlite: groups', () => {
  const setUp = (): { database: DatabaseSync; run: (request: Request) => Reply } => {
    const database = new DatabaseSync(':memory:');
    migrate(database, ':memory:');
    const groups = new Groups(database, 1n);
    return { database, run: (request) => groups.run(request) };
  };

  it('an operation that fails is taken back alone, with all that it had done', () => {
    const { run } = setUp();
    run([['log.create', 'a']]);
    const good = ['e1', 1, '1', '{}', null, null, null, null];
    const reply = run([
      ['log.append', 'a', good],
      ['log.append', 'a', [...good, 'e2', 1, null, '{}', null, null, null, null]],
      ['parked.settle', [], ['lane', 'a', 1, 1n, 1, null, null, 'lane', 'a', null, 1n, 1, null, null]],
      ['parked.settle', [], ['lane', 'a', 1, 1n, 1, null, null]],
      ['log.append', 'a', good],
    ]);
    assert.deepEqual(
      reply.failures.map(([index, { kind }]) => [index, kind]),
      [
        [1, 'io'],
        [2, 'io'],
      ],
    );
    const [records, lanes] = run([['log.read', 'a', 0n, 10, 1_000], ['parked.lanes']]).answers as [
      unknown[],
      unknown[],
    ];
    assert.equal(records.length, 18);
    assert.deepEqual(lanes, ['lane', 'a', 1, 1, 1]);
    assert.deepEqual([reply.answers[0], reply.answers[4]], [1n, 2n]);
  });

  it('dropped tables and lanes are emptied in steps and then gone', () => {
    const { database } = setUp();
    const groups = new Groups(database, 1n);
    groups.run([['log.create', 'a']]);
    const cells = Array.from({ length: 2_500 }, () => ['e', 1, '1', '{}', null, null, null, null]).flat();
    groups.run([['log.append', 'a', cells]]);
    assert.equal(groups.leftOvers, false);
    groups.run([
      ['parked.settle', [], Array.from({ length: 700 }, () => ['lane', 'a', 1, 1n, 1, null, null]).flat()],
    ]);
    groups.run([
      ['log.drop', 'a'],
      ['parked.dropLane', 'lane'],
    ]);
    // A row of a dropped lane can still be settled, and a lane of the same name is a new one.
    groups.run([['parked.settle', [1n], ['lane', 'a', 1, 1n, 1, null, null]]]);
    let steps = 0;
    for (; groups.leftOvers && steps < 20; steps++) groups.sweep();
    assert.ok(steps >= 8 && steps < 20, `${steps} steps`);
    assert.equal(database.prepare('SELECT count(*) AS n FROM parked').get()?.['n'], 1);
    assert.deepEqual(groups.run([['parked.lanes']]).answers, [['lane', 'a', 1, 1, 1]]);
    assert.equal(
      database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name GLOB 'log_[0-9]*'").get()?.['n'],
      0,
    );
  });
});
