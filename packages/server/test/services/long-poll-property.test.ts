// Whatever happens in whatever order: nobody waits while a message can be had, and no message goes to two.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import type { QueueStore } from '../../src/engine/ports/queue-storage.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { manualClock, settle } from './manual-clock.ts';
import { queueKit, withQueues } from './queue-kit.ts';

const VISIBILITY_SECONDS = 7;
const POLL_SECONDS = 20;
const TURNS_TO_SETTLE = 100;

type Step =
  | { readonly do: 'send'; readonly count: number; readonly delay: number }
  | { readonly do: 'poll'; readonly max: number }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'turn' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('send' as const),
    count: fc.integer({ min: 1, max: 10 }),
    delay: fc.constantFrom(0, 0, 0, 1, 3),
  }),
  fc.record({ do: fc.constant('poll' as const), max: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ do: fc.constant('abort' as const), which: fc.nat(20) }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 500, 1_000, 7_000, 20_000) }),
  fc.record({ do: fc.constant('turn' as const) }),
);

/** A store whose answers take some turns of the loop, as those of a thread do: now more, now less. */
function slowStore(turns: readonly number[]): {
  storage: ReturnType<typeof createMemoryStorage>;
  real: QueueStore;
} {
  const storage = createMemoryStorage();
  const real = storage.queues;
  let call = 0;
  const wait = async (): Promise<void> => {
    for (let left = turns[call++ % turns.length]!; left > 0; left--) await setImmediate();
  };
  const slow = withQueues(storage, {
    async send(...args) {
      await wait();
      await real.send(...args);
      await wait();
    },
    async receive(...args) {
      await wait();
      const messages = await real.receive(...args);
      await wait();
      return messages;
    },
    async nextVisible(...args) {
      await wait();
      const next = await real.nextVisible(...args);
      await wait();
      return next;
    },
    async changeVisibility(...args) {
      await wait();
      return real.changeVisibility(...args);
    },
  });
  return { storage: slow, real };
}

async function play(steps: readonly Step[], turns: readonly number[]): Promise<void> {
  const { storage, real } = slowStore(turns);
  const kit = await queueKit({ storage, clock: manualClock(undefined, TURNS_TO_SETTLE) });
  const url = await kit.create('q');
  const { id } = kit.service.catalog.all()[0]!.document;
  const polls: { open: boolean; controller: AbortController }[] = [];
  /** When each message was last given to somebody. */
  const given = new Map<string, number>();
  const errors: unknown[] = [];

  const openPoll = (max: number): void => {
    const each = { open: true, controller: new AbortController() };
    polls.push(each);
    const input = {
      MaxNumberOfMessages: max,
      WaitTimeSeconds: POLL_SECONDS,
      VisibilityTimeout: VISIBILITY_SECONDS,
    };
    kit.receive(url, input, { signal: each.controller.signal }).then(
      (messages) => {
        each.open = false;
        for (const { MessageId } of messages) {
          const last = given.get(MessageId) ?? -Infinity;
          if (kit.clock.now() - last < VISIBILITY_SECONDS * 1_000) errors.push(`${MessageId} went to two`);
          given.set(MessageId, kit.clock.now());
        }
      },
      (error: unknown) => errors.push(error),
    );
  };

  for (const each of steps) {
    if (each.do === 'send') {
      const Entries = Array.from({ length: each.count }, (_, index) => ({
        Id: `${index}`,
        MessageBody: 'x',
        DelaySeconds: each.delay,
      }));
      void kit.call('SendMessageBatch', { QueueUrl: url, Entries });
    } else if (each.do === 'poll') openPoll(each.max);
    else if (each.do === 'abort') polls[each.which]?.controller.abort();
    else if (each.do === 'turn') await setImmediate();
    else await kit.clock.advance(each.ms);
  }
  await settle(TURNS_TO_SETTLE);
  const waiting = polls.filter(({ open }) => open).length;
  const next = await real.nextVisible(id);
  assert.ok(
    waiting === 0 || next === undefined || next > kit.clock.now(),
    `${waiting} wait while a message can be had`,
  );
  for (const { open, controller } of polls) assert.ok(!(open && controller.signal.aborted));
  await kit.clock.advance(POLL_SECONDS * 1_000);
  assert.equal(polls.filter(({ open }) => open).length, 0, 'every poll ends');
  assert.deepEqual(errors, []);
  await kit.service.close();
}

test('long polls under any order of events', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.array(fc.nat(4), { minLength: 1, maxLength: 7 }),
      play,
    ),
    { numRuns: 150 },
  );
});
