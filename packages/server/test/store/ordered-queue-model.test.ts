import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import fc from 'fast-check';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import type { QueueMessage, QueueStore, Receipt } from '../../src/engine/ports/queue-storage.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';
import { PlainOrderedQueue } from './plain-ordered-queue.ts';

/** Random histories of ordered queues: both stores do what the plain model does. */

const RUNS = Number(process.env['MODEL_RUNS'] ?? 150);
const WINDOW = 5_000;

const directory = await mkdtemp(join(tmpdir(), 'busbar-ordered-'));
const sqlite = await openSqliteStorage({ directory, logger: silentLogger });
after(async () => {
  await sqlite.close();
  await rm(directory, { recursive: true, force: true });
});

/** One store beside the model: two queues, `q` and the queue of its dead letters. */
class World {
  readonly #queues: QueueStore;
  readonly #name: string;
  readonly #model = new PlainOrderedQueue();
  readonly #dead = new PlainOrderedQueue();
  readonly #received: QueueMessage[] = [];
  #made = 0;

  constructor(queues: QueueStore, name: string) {
    this.#queues = queues;
    this.#name = name;
  }

  async create(): Promise<void> {
    await this.#queues.create(this.#name, 'ordered');
    await this.#queues.create(`${this.#name}-dead`, 'ordered');
  }

  async send(groups: readonly string[], keys: readonly number[], now: number): Promise<void> {
    const messages = groups.map((groupId, index) => ({
      messageId: `m${++this.#made}`,
      body: 'b',
      senderId: 's',
      sentAt: now,
      groupId,
      deduplicationKey: keys[index] === 0 ? `own ${this.#made}` : `shared ${keys[index]}`,
    }));
    const expected = messages.map(({ messageId, groupId, deduplicationKey }) =>
      this.#model.send(messageId, groupId, deduplicationKey, now, WINDOW),
    );
    const sent = await this.#queues.sendOrdered(this.#name, messages, WINDOW);
    assert.deepEqual(
      sent.map(({ messageId }) => messageId),
      expected,
    );
  }

  async receive(
    max: number,
    hiddenMs: number,
    ageMs: number,
    delayMs: number,
    redrives: boolean,
    now: number,
  ): Promise<void> {
    const until = now + hiddenMs;
    const sentAfter = now - ageMs;
    const expected = this.#model.receive(
      max,
      now,
      until,
      sentAfter,
      delayMs,
      redrives ? { maxReceives: 2, to: this.#dead } : undefined,
    );
    const { messages } = await this.#queues.receive(this.#name, {
      max,
      now,
      visibleAgainAt: until,
      sentAfter,
      delayMs,
      redrive: redrives ? { maxReceives: 2, to: `${this.#name}-dead`, source: 'q' } : undefined,
    });
    const got = messages.map(({ messageId: id, receipt }) => ({ id, receipt }));
    assert.deepEqual(got, expected);
    this.#received.push(...messages);
  }

  async remove(index: number, now: number): Promise<void> {
    const message = this.#received[index % Math.max(this.#received.length, 1)];
    if (!message) return;
    const expected = this.#model.removeInFlight({ id: message.messageId, receipt: message.receipt }, now);
    assert.deepEqual(await this.#queues.removeInFlight(this.#name, [message], now), [expected]);
  }

  async hide(index: number, hiddenMs: number, now: number): Promise<void> {
    const message = this.#received[index % Math.max(this.#received.length, 1)];
    if (!message) return;
    const receipt: Receipt = message;
    const expected = this.#model.changeVisibility(
      { id: message.messageId, receipt: message.receipt },
      now + hiddenMs,
      now,
    );
    const changed = await this.#queues.changeVisibility(this.#name, [receipt], now + hiddenMs, now);
    assert.deepEqual(changed, [expected]);
  }

  async moveBack(count: number, now: number): Promise<void> {
    const messageIds = Array.from({ length: count }, () => `m${++this.#made}`);
    const expected = this.#dead.move(messageIds, now, 0, this.#model);
    const move = { now, sentAfter: 0, messageIds, to: this.#name };
    assert.deepEqual(await this.#queues.move(`${this.#name}-dead`, move), {
      moved: expected,
      blocked: false,
    });
  }

  async expire(ageMs: number, max: number, now: number): Promise<void> {
    const expected = this.#model.expire(now - ageMs, max);
    assert.equal(await this.#queues.expire(this.#name, now - ageMs, max), expected);
  }

  async look(delayMs: number, now: number): Promise<void> {
    const [counts, dead, next] = await Promise.all([
      this.#queues.counts(this.#name, now, delayMs),
      this.#queues.counts(`${this.#name}-dead`, now),
      this.#queues.nextVisible(this.#name, delayMs),
    ]);
    assert.deepEqual(counts, this.#model.counts(now, delayMs));
    assert.deepEqual(dead, this.#dead.counts(now, 0));
    assert.equal(next, this.#model.nextVisible(delayMs));
  }
}

type Step = (world: World, now: number) => Promise<void>;

const group = fc.constantFrom('a', 'b', 'c', 'd');
const hidden = fc.constantFrom(0, 1, 700, 3_000, 20_000);
const delay = fc.constantFrom(0, 0, 0, 500, 2_000);
const age = fc.constantFrom(1e6, 1e6, 1e6, 4_000);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.array(fc.tuple(group, fc.nat(3)), { maxLength: 6, size: 'max' }).map(
    (sent): Step =>
      (world, now) =>
        world.send(
          sent.map(([id]) => id),
          sent.map(([, key]) => key),
          now,
        ),
  ),
  fc.tuple(fc.integer({ min: 1, max: 10 }), hidden, age, delay, fc.boolean()).map(
    ([max, hiddenMs, ageMs, delayMs, redrives]): Step =>
      (world, now) =>
        world.receive(max, hiddenMs, ageMs, delayMs, redrives, now),
  ),
  fc.nat().map(
    (index): Step =>
      (world, now) =>
        world.remove(index, now),
  ),
  fc.tuple(fc.nat(), hidden).map(
    ([index, hiddenMs]): Step =>
      (world, now) =>
        world.hide(index, hiddenMs, now),
  ),
  fc.nat(4).map(
    (count): Step =>
      (world, now) =>
        world.moveBack(count, now),
  ),
  fc.nat(3).map(
    (max): Step =>
      (world, now) =>
        world.expire(6_000, max, now),
  ),
  delay.map(
    (delayMs): Step =>
      (world, now) =>
        world.look(delayMs, now),
  ),
);

const history = fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 500, 1_000, 3_000), step), {
  maxLength: 80,
  size: 'max',
});

for (const [store, queues] of [
  ['memory', createMemoryStorage().queues],
  ['sqlite', sqlite.queues],
] as const) {
  it(`${store}: ordered queues do what the plain model does`, async () => {
    let run = 0;
    const property = fc.asyncProperty(history, async (steps) => {
      const world = new World(queues, `run-${run++}`);
      await world.create();
      let now = 1_000_000;
      for (const [passed, act] of steps) {
        now += passed;
        await act(world, now);
      }
      await world.look(0, now);
    });
    await fc.assert(property, { numRuns: RUNS });
  });
}
