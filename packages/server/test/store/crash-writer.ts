import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';

/**
 * The process that the crash test kills: writes to every part of the store as fast as it can and says what was
 * acknowledged, one line each, in the file `said` of the directory. Says `ready` on its output. `node crash-writer.ts <directory> <name of the round>`.
 */

const [directory, round] = process.argv.slice(2) as [string, string];
const LANES = 16;
const NOW = 1_000_000;
const WINDOW = 300_000;

const storage = await openSqliteStorage({ directory, logger: silentLogger });
let made = 0;
const file = openSync(join(directory, 'said'), 'a');
const say = (what: string, id: string): void => {
  // A file, since what is written to it outlives the process. A full pipe would keep lines back in the process.
  writeSync(file, `${what} ${id}\n`);
};

async function append(): Promise<void> {
  const id = `${round}-${made++}`;
  await storage.log.append('bus', [
    {
      eventId: id,
      ingestedAt: NOW + made,
      account: '1',
      event: `{"id":"${id}","fill":"${'x'.repeat(300)}"}`,
    },
  ]);
  say('appended', id);
}

async function queue(): Promise<void> {
  const id = `${round}-${made++}`;
  await storage.queues.send('q', [{ messageId: id, body: id, senderId: '1', sentAt: NOW, visibleAt: NOW }]);
  say('sent', id);
  const order = { max: 1, now: NOW, visibleAgainAt: NOW + 60_000, sentAfter: 0 };
  const { messages: received } = await storage.queues.receive('q', order);
  for (const { messageId } of received) say('removing', messageId);
  await storage.queues.remove('q', received);
  for (const { messageId } of received) say('removed', messageId);
}

/** Each lane sends to a group of its own, and takes whatever group is ready. `says` the ids, which number the group's messages. */
async function fifo(lane: number): Promise<void> {
  const id = `${round}-g${lane}-${made++}`;
  const message = { messageId: id, body: id, senderId: '1', sentAt: NOW, groupId: `${round}-g${lane}` };
  const [sent] = await storage.queues.sendOrdered('fifo', [{ ...message, deduplicationKey: id }], WINDOW);
  say('fifo-sent', sent!.messageId);
  const order = { max: 2, now: NOW, visibleAgainAt: NOW + 60_000, sentAfter: 0 };
  const { messages } = await storage.queues.receive('fifo', order);
  // Half of them stay in flight, and their groups locked.
  if (made % 2 === 0) return;
  for (const { messageId } of messages) say('fifo-removing', messageId);
  await storage.queues.removeInFlight('fifo', messages, NOW);
  for (const { messageId } of messages) say('fifo-removed', messageId);
}

async function park(): Promise<void> {
  const id = `${round}-${made++}`;
  const row = { lane: 'lane', log: 'bus', positions: [1n], due: NOW };
  const [first] = await storage.parked.put([{ ...row, state: `${id}-a` }]);
  say('parked', `${id}-a`);
  say('settling', `${id}-a`);
  await storage.parked.settle([first!], [{ ...row, state: `${id}-b` }]);
  say('settled', `${id}-a`);
  say('parked', `${id}-b`);
}

async function put(): Promise<void> {
  const id = `${round}-${made++}`;
  await storage.catalog.write([{ kind: 'rule', key: id, value: id, expect: 'absent' }]);
  say('put', id);
  await storage.deadLetters.put([
    { id, createdAt: NOW, eventId: id, bus: 'b', rule: 'r', target: 't', document: id },
  ]);
  say('dead', id);
}

async function lane(step: (lane: number) => Promise<void>, number: number): Promise<never> {
  for (;;) await step(number);
}

await storage.log.create('bus');
await storage.queues.create('q');
await storage.queues.create('fifo', 'ordered');
process.stdout.write('ready\n');
await Promise.all(
  [append, append, queue, fifo, park, put].flatMap((step) =>
    Array.from({ length: LANES }, (_, number) => lane(step, number)),
  ),
);
