import type { Storage } from '../../src/engine/ports/storage.ts';

/** How many records of each kind a filled store holds. */
export const FILLED = {
  events: 600,
  messages: 150,
  ordered: 150,
  resources: 120,
  letters: 80,
  parked: 80,
  lines: 150,
  timers: 80,
  archived: 150,
};

const NOW = 1_000_000;
const ACCOUNT = '000000000000';
const pad = (seed: number): string => `${seed} `.repeat(60 + ((seed * 7) % 90));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const eventOf = (n: number): string => JSON.stringify({ id: `event-${n}`, pad: pad(n) });
const archived = (n: number) => ({
  eventId: `event-${n}`,
  eventTime: NOW + 2 * n,
  ingestedAt: NOW + n,
});
const bodyOf = (n: number): string => `body ${n} ${pad(n)}`;

/** Fills an empty store with records that tell what they must be. */
export async function fillStore(storage: Storage): Promise<void> {
  const { log, queues, catalog, deadLetters, parked, logEvents, timers, archives } = storage;
  await log.create('bus');
  for (const n of numbers(FILLED.events)) {
    await log.append('bus', [
      { eventId: `event-${n}`, ingestedAt: NOW + n, account: '1', event: eventOf(n) },
    ]);
  }
  const message = (n: number) => ({ messageId: `m-${n}`, body: bodyOf(n), senderId: 's', sentAt: NOW });
  await queues.create('q');
  await queues.send(
    'q',
    numbers(FILLED.messages).map((n) => ({ ...message(n), visibleAt: NOW })),
  );
  await queues.create('f', 'ordered');
  await queues.sendOrdered(
    'f',
    numbers(FILLED.ordered).map((n) => ({
      ...message(n),
      groupId: `g-${n % 20}`,
      deduplicationKey: `k-${n}`,
    })),
    1_000,
  );
  await catalog.write(
    numbers(FILLED.resources).map((n) => ({
      kind: 'rule',
      key: `rule-${String(n).padStart(4, '0')}`,
      value: { n, pad: pad(n) },
      expect: undefined,
    })),
  );
  await deadLetters.put(
    numbers(FILLED.letters).map((n) => ({
      id: `letter-${n}`,
      createdAt: NOW + n,
      eventId: `event-${n}`,
      bus: 'bus',
      rule: 'rule',
      target: 'target',
      document: { n, pad: pad(n) },
    })),
  );
  await parked.put(
    numbers(FILLED.parked).map((n) => ({
      lane: 'lane',
      log: 'bus',
      positions: [BigInt(n + 1), BigInt(n + 3)],
      due: NOW + n,
      state: { n, pad: pad(n) },
    })),
  );
  await logEvents.create('g');
  await logEvents.createStream('g', 'stream', NOW);
  await logEvents.append(
    'g',
    'stream',
    numbers(FILLED.lines).map((n) => ({ timestamp: NOW + n, ingestedAt: NOW + n, message: bodyOf(n) })),
  );
  await timers.change(
    [],
    numbers(FILLED.timers).map((n) => ({ id: `timer-${n}`, dueAt: NOW + n, document: { n, pad: pad(n) } })),
  );
  await archives.create('a');
  await archives.put(
    'a',
    numbers(FILLED.archived).map((n) => ({ ...archived(n), account: ACCOUNT, event: eventOf(n) })),
  );
}

export type Part = keyof typeof FILLED;

/** What reading a part of a store brought. */
export interface ReadBack {
  /** Numbers of the records that are what was written. */
  readonly right: Set<number>;
  /** What is not what was written, and nobody said so. */
  readonly wrong: string[];
  /** The error that reading ended with. */
  readonly error: unknown;
}

type Check = (n: number, matches: boolean, what: string) => void;

/** Reads everything that `fillStore` wrote. */
export async function readStore(storage: Storage): Promise<Record<Part, ReadBack>> {
  const found = {} as Record<Part, ReadBack>;
  for (const [part, read] of Object.entries(readers) as [
    Part,
    (storage: Storage, check: Check) => Promise<void>,
  ][]) {
    const right = new Set<number>();
    const wrong: string[] = [];
    let error: unknown;
    try {
      await read(storage, (n, matches, what) => {
        if (matches) right.add(n);
        else wrong.push(`${part}: ${what.slice(0, 200)}`);
      });
    } catch (thrown) {
      error = thrown;
    }
    found[part] = { right, wrong, error };
  }
  return found;
}

/** A salvage that lost the name of a stream gives it one. */
const STREAM = /^(?:stream|salvaged-\d+)$/;

const numberIn = (text: string): number => Number(/\d+/.exec(text)?.[0] ?? -1);
const order = (max: number) => ({ max, now: NOW + 10_000, visibleAgainAt: NOW + 99_999, sentAfter: 0 });

const readers: Record<Part, (storage: Storage, check: Check) => Promise<void>> = {
  async events({ log }, check) {
    for (let from = 1n; ;) {
      const records = await log.read('bus', from, 20, 1e9);
      for (const { position, eventId, event, ingestedAt, account } of records) {
        const n = numberIn(eventId);
        const matches =
          event === eventOf(n) && position === BigInt(n + 1) && ingestedAt === NOW + n && account === '1';
        check(n, matches, `${position} ${eventId} ${event}`);
      }
      if (records.length === 0) return;
      from = records.at(-1)!.position + 1n;
    }
  },
  messages: (storage, check) => readQueue(storage, 'q', check),
  ordered: (storage, check) => readQueue(storage, 'f', check),
  async resources({ catalog }, check) {
    for (const { key, value } of await catalog.list('rule')) {
      const n = Number(key.slice(5));
      check(n, JSON.stringify(value) === JSON.stringify({ n, pad: pad(n) }), key);
    }
  },
  async letters({ deadLetters }, check) {
    for (const { id, document, createdAt, eventId } of await deadLetters.list({ max: 1_000 })) {
      const n = numberIn(id);
      const sound = createdAt === NOW + n && eventId === `event-${n}`;
      check(n, sound && JSON.stringify(document) === JSON.stringify({ n, pad: pad(n) }), id);
    }
  },
  async parked({ parked }, check) {
    for (const { positions, state, log } of await parked.lease('lane', NOW + 9_999, NOW + 99_999, 1_000)) {
      const { n } = state as { n: number };
      const sound = log === 'bus' && positions.join() === `${n + 1},${n + 3}`;
      check(n, sound && JSON.stringify(state) === JSON.stringify({ n, pad: pad(n) }), `${positions.join()}`);
    }
  },
  async timers({ timers }, check) {
    for (const { id, dueAt, document } of await timers.due(NOW * 2, 1_000)) {
      const n = numberIn(id);
      check(n, dueAt === NOW + n && JSON.stringify(document) === JSON.stringify({ n, pad: pad(n) }), id);
    }
  },
  async archived({ archives }, check) {
    const query = { from: 0, until: NOW * 2, after: undefined, maxEvents: 1_000, maxBytes: 1e9 };
    for (const { event, account, ...found } of await archives.read('a', query)) {
      const n = numberIn(found.eventId);
      const sound = account === ACCOUNT && JSON.stringify(found) === JSON.stringify(archived(n));
      check(n, sound && event === eventOf(n), `${found.eventId} ${event}`);
    }
  },
  async lines({ logEvents }, check) {
    const query = { streams: undefined, from: 0, before: NOW * 2, beyond: undefined, descending: false };
    const { events } = await logEvents.read('g', { ...query, maxEvents: 1_000, maxChars: 1e9 });
    for (const { message, timestamp, stream } of events) {
      const n = numberIn(message);
      check(n, message === bodyOf(n) && timestamp === NOW + n && STREAM.test(stream), message);
    }
  },
};

async function readQueue({ queues }: Storage, queue: string, check: Check): Promise<void> {
  for (;;) {
    const { messages } = await queues.receive(queue, order(10));
    for (const { messageId, body, senderId } of messages) {
      const n = numberIn(messageId);
      check(n, body === bodyOf(n) && senderId === 's', `${messageId} ${body}`);
    }
    if (messages.length === 0) return;
    await queues.remove(queue, messages);
  }
}
