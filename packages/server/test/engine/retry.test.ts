import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryId } from '../../src/engine/deliver/delivery-id.ts';
import { backoffMs, decideRetry, patienceOf, remember } from '../../src/engine/deliver/retry.ts';
import { limits } from '../../src/model/limits.ts';

const HOUR = 3_600_000;
const ALMOST_ONE = 0.999_999;

test('backoff doubles from a second to ten minutes, with full jitter', () => {
  const rows: [attempts: number, chance: number, expected: number][] = [
    [1, 0, 0],
    [1, 0.5, 500],
    [1, ALMOST_ONE, 999],
    [2, ALMOST_ONE, 1_999],
    [3, 0.5, 2_000],
    [10, ALMOST_ONE, 511_999],
    [11, ALMOST_ONE, 599_999],
    [185, 0.5, 300_000],
    [100_000, 0, 0],
  ];
  for (const [attempts, chance, expected] of rows) assert.equal(backoffMs(attempts, chance), expected);
});

test('a retry policy has the documented defaults', () => {
  const rows = [
    [undefined, { maxRetries: 185, maxAgeMs: 24 * HOUR }],
    [{ MaximumRetryAttempts: 0 }, { maxRetries: 0, maxAgeMs: 24 * HOUR }],
    [{ MaximumEventAgeInSeconds: 60 }, { maxRetries: 185, maxAgeMs: 60_000 }],
  ] as const;
  for (const [policy, expected] of rows) assert.deepEqual(patienceOf(policy), expected);
});

test('what follows a failed attempt', () => {
  const patience = { maxRetries: 2, maxAgeMs: 60_000 };
  const rows: [
    title: string,
    attempts: number,
    now: number,
    afterMs: number | undefined,
    expected: object,
  ][] = [
    ['first failure', 1, 1_000, undefined, { retryAt: 1_500 }],
    ['the target asks for more time', 1, 1_000, 9_000, { retryAt: 10_000 }],
    ['the target asks for less time', 1, 1_000, 10, { retryAt: 1_500 }],
    ['last retry', 2, 1_000, undefined, { retryAt: 2_000 }],
    ['no attempts left', 3, 1_000, undefined, { retryAt: undefined, exhausted: 'MaximumRetryAttempts' }],
    ['too old', 1, 59_900, undefined, { retryAt: undefined, exhausted: 'MaximumEventAgeInSeconds' }],
    ['too old by then', 1, 1_000, 59_000, { retryAt: undefined, exhausted: 'MaximumEventAgeInSeconds' }],
  ];
  for (const [title, attempts, now, afterMs, expected] of rows) {
    assert.deepEqual(decideRetry(patience, attempts, 0, now, 0.5, afterMs), expected, title);
  }
});

test('no retries allowed: exhausted by the first failure', () => {
  const decision = decideRetry({ maxRetries: 0, maxAgeMs: HOUR }, 1, 0, 0, 0.5);
  assert.deepEqual(decision, { retryAt: undefined, exhausted: 'MaximumRetryAttempts' });
});

test('the first and the latest attempts are remembered', () => {
  let notes = undefined as ReturnType<typeof remember> | undefined;
  for (let attempt = 1; attempt <= 100; attempt++) {
    notes = remember(notes, { attempt, at: attempt, outcome: 'retry', code: 'TIMEOUT', reason: '' });
  }
  const { attemptsRememberedFirst: first, attemptsRememberedLast: last } = limits;
  const expected = Array.from({ length: first + last }, (_, index) =>
    index < first ? index + 1 : 100 - last + 1 + index - first,
  );
  assert.deepEqual(
    notes?.map(({ attempt }) => attempt),
    expected,
  );
});

test('a delivery id is a lower-case UUID that only depends on event and subscription', () => {
  const id = deliveryId('e', 's');
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  assert.equal(deliveryId('e', 's'), id);
  assert.notEqual(deliveryId('e', 't'), id);
  assert.notEqual(deliveryId('f', 's'), id);
});
