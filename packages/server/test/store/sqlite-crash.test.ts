import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import type { Storage } from '../../src/engine/ports/storage.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 8);
const LONGEST_MS = 400;
const WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));

/** What was said of each kind, over all rounds. */
type Said = Map<string, Set<string>>;

/** Runs a writer for a while and kills it. */
async function killWriter(directory: string, round: number): Promise<void> {
  const child = spawn(process.execPath, [WRITER, directory, `r${round}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  await sleep(Math.random() * LONGEST_MS);
  child.kill('SIGKILL');
  await ended;
}

async function allSaid(directory: string): Promise<Said> {
  const said: Said = new Map();
  for (const line of (await readFile(join(directory, 'said'), 'utf8')).split('\n')) {
    const [what, id] = line.split(' ') as [string, string | undefined];
    if (id !== undefined) said.set(what, (said.get(what) ?? new Set()).add(id));
  }
  return said;
}

async function allEvents(storage: Storage): Promise<string[]> {
  const ids: string[] = [];
  let last = 0n;
  for (;;) {
    const records = await storage.log.read('bus', last + 1n, 5_000, 50_000_000);
    for (const { position, eventId, event } of records) {
      assert.ok(position > last, 'positions grow');
      assert.equal((JSON.parse(event) as { id: string }).id, eventId, 'an event is whole');
      last = position;
      ids.push(eventId);
    }
    if (records.length === 0) return ids;
  }
}

async function allMessages(storage: Storage, round: number): Promise<string[]> {
  const ids: string[] = [];
  const now = 10_000_000 + round * 100_000;
  for (;;) {
    const order = { max: 1_000, now, visibleAgainAt: now + 1, sentAfter: 0 };
    const { messages } = await storage.queues.receive('q', order);
    for (const { messageId, body } of messages) {
      assert.equal(body, messageId);
      ids.push(messageId);
    }
    if (messages.length === 0) return ids;
  }
}

/** All messages of the ordered queue; throws when a group's messages are out of order. */
async function allInOrder(storage: Storage, round: number): Promise<string[]> {
  const now = 10_000_000 + round * 100_000;
  const order = { max: 1_000_000, now, visibleAgainAt: now + 1, sentAfter: 0 };
  const { messages } = await storage.queues.receive('fifo', order);
  const last = new Map<string, number>();
  for (const { messageId } of messages) {
    const cut = messageId.lastIndexOf('-');
    const [group, number] = [messageId.slice(0, cut), Number(messageId.slice(cut + 1))];
    assert.ok(number > (last.get(group) ?? -1), `${messageId} is behind ${last.get(group)}`);
    last.set(group, number);
  }
  const { inFlight } = await storage.queues.counts('fifo', now);
  assert.equal(inFlight, messages.length, 'what is in flight is counted');
  return messages.map(({ messageId }) => messageId);
}

/** Sends the last messages that were acknowledged once more: they are known, whether they are still there or not. */
async function checkDeduplication(storage: Storage, sent: ReadonlySet<string>): Promise<void> {
  const last = [...sent].slice(-200);
  const again = await storage.queues.sendOrdered(
    'fifo',
    last.map((id) => ({
      messageId: `again-${id}`,
      body: id,
      senderId: '1',
      sentAt: 1_000_000,
      groupId: 'again',
      deduplicationKey: id,
    })),
    300_000,
  );
  assert.deepEqual(
    again.map(({ messageId }) => messageId),
    last,
    'deduplication is not forgotten',
  );
}

/** Everything of `wanted` must be in `found`, and nothing of `unwanted`. */
function check(
  what: string,
  found: Iterable<unknown>,
  wanted: Iterable<string>,
  unwanted: Iterable<string> = [],
): void {
  const there = new Set(found);
  assert.deepEqual(
    [...wanted].filter((id) => !there.has(id)),
    [],
    `${what}: acknowledged but gone`,
  );
  assert.deepEqual(
    [...unwanted].filter((id) => there.has(id)),
    [],
    `${what}: removed but back`,
  );
}

async function verify(storage: Storage, round: number, said: Said): Promise<void> {
  const of = (what: string): Set<string> => said.get(what) ?? new Set();
  const events = await allEvents(storage);
  assert.equal(new Set(events).size, events.length, 'no event twice');
  check('events', events, of('appended'));
  check('messages', await allMessages(storage, round), of('sent').difference(of('removing')), of('removed'));
  await checkDeduplication(storage, of('fifo-sent'));
  const inOrder = await allInOrder(storage, round);
  assert.equal(new Set(inOrder).size, inOrder.length, 'no message twice');
  check('ordered messages', inOrder, of('fifo-sent').difference(of('fifo-removing')), of('fifo-removed'));
  const far = 1_000_000_000 + round;
  const parked = await storage.parked.lease('lane', far, far + 1, 1_000_000);
  check(
    'parked',
    parked.map(({ state }) => state),
    of('parked').difference(of('settling')),
    of('settled'),
  );
  const [backlog] = await storage.parked.lanes();
  assert.equal(backlog?.rows ?? 0, parked.length, "the lane's total is that of its rows");
  check(
    'catalog',
    (await storage.catalog.list('rule')).map(({ key }) => key),
    of('put'),
  );
  check(
    'dead letters',
    (await storage.deadLetters.list({ max: 1_000_000 })).map(({ id }) => id),
    of('dead'),
  );
}

it(`sqlite: ${ROUNDS} times killed under load, everything acknowledged is there`, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'busbar-crash-'));
  let said: Said = new Map();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await killWriter(directory, round);
      said = await allSaid(directory);
      const storage = await openSqliteStorage({ directory, logger: silentLogger });
      try {
        await verify(storage, round, said);
      } finally {
        await storage.close();
      }
    }
    assert.ok((said.get('appended')?.size ?? 0) > ROUNDS * 10, 'the writer was under load');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
