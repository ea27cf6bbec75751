import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENTS_OPERATIONS } from '../../src/api/operations/events/index.ts';
import { SCHEDULER_OPERATIONS } from '../../src/api/operations/scheduler/index.ts';
import { defineOperation, loadedOnCall, type Call, type Operation } from '../../src/model/operation.ts';
import { FUNCTION_OPERATIONS } from '../../src/services/functions/operations/index.ts';
import { LOGS_OPERATIONS } from '../../src/services/logs/operations/index.ts';
import { QUEUE_OPERATIONS } from '../../src/services/queue/operations/index.ts';

const call = {} as Call;

test('every operation is listed under its own name', async () => {
  const lists: readonly Readonly<Record<string, (context: never) => Promise<Operation>>>[] = [
    EVENTS_OPERATIONS,
    SCHEDULER_OPERATIONS,
    FUNCTION_OPERATIONS,
    LOGS_OPERATIONS,
    QUEUE_OPERATIONS,
  ];
  for (const [name, load] of lists.flatMap((list) => Object.entries(list))) {
    assert.equal((await load({} as never)).name, name);
  }
});

test('the first calls share one loading, and later ones need none', async () => {
  let loaded = 0;
  const [operation] = loadedOnCall(
    {
      Add: (context: { readonly base: number }) => {
        loaded++;
        return Promise.resolve(
          defineOperation<{ readonly n: number }>('Add', ({ n }) =>
            Promise.resolve({ sum: context.base + n }),
          ),
        );
      },
    },
    { base: 40 },
  );
  assert.equal(operation!.name, 'Add');
  assert.equal(loaded, 0);
  const answers = await Promise.all([1, 2].map((n) => operation!.run({ n }, call)));
  assert.deepEqual(answers, [{ sum: 41 }, { sum: 42 }]);
  assert.deepEqual(await operation!.run({ n: 3 }, call), { sum: 43 });
  assert.equal(loaded, 1);
});

test('what could not be loaded is tried again by the next call', async () => {
  let tries = 0;
  const [operation] = loadedOnCall(
    {
      Try: () => {
        tries++;
        return tries === 1
          ? Promise.reject(new Error('too many open files'))
          : Promise.resolve(defineOperation('Try', () => Promise.resolve({})));
      },
    },
    {},
  );
  const first = await Promise.allSettled([operation!.run({}, call), operation!.run({}, call)]);
  assert.deepEqual(
    first.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.deepEqual(await operation!.run({}, call), {});
  assert.equal(tries, 2);
});
