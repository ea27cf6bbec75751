// Calls that nobody waits for, and the places that all functions share: on a clock that the test moves.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FunctionInvocation, FunctionResult } from '../../../src/engine/ports/function-invoker.ts';
import { silentLogger } from '../../../src/engine/ports/logger.ts';
import { EventCalls } from '../../../src/services/functions/event-calls.ts';
import { ProcessBudget, type ProcessOwner } from '../../../src/services/functions/process-budget.ts';
import { manualClock } from '../manual-clock.ts';
import { SCOPE } from './functions-kit.ts';

const CALL: FunctionInvocation = { ...SCOPE, name: 'f', requestId: 'id', payload: '{}' };
const FAILED: FunctionResult = {
  status: 'failed',
  error: { errorType: 'Error', errorMessage: 'no', trace: [] },
  logTail: '',
};
const RETURNED: FunctionResult = { status: 'returned', payload: 'null', logTail: '' };

/** Calls that come to these results, one after the other; the last one stays. */
function callsWith(...results: readonly FunctionResult[]) {
  const clock = manualClock();
  const made: string[] = [];
  const calls = new EventCalls(
    async ({ requestId }) => {
      made.push(requestId);
      return results[Math.min(made.length, results.length) - 1]!;
    },
    clock,
    silentLogger,
  );
  return { calls, made, clock };
}

describe('calls that nobody waits for', () => {
  test('one that goes well is made once', async () => {
    const { calls, made, clock } = callsWith(RETURNED);
    assert.ok(calls.accept(CALL));
    await clock.advance(600_000);
    assert.equal(made.length, 1);
  });

  test('one that fails is made again after a minute, and after two more, with the same id', async () => {
    const { calls, made, clock } = callsWith(FAILED);
    calls.accept(CALL);
    const counts: number[] = [];
    for (const pause of [0, 59_999, 1, 119_999, 1, 600_000]) {
      await clock.advance(pause);
      counts.push(made.length);
    }
    assert.deepEqual(counts, [1, 1, 2, 2, 3, 3]);
    assert.deepEqual(new Set(made), new Set(['id']));
  });

  test('so is one that found too many waiting', async () => {
    const { calls, made, clock } = callsWith({ status: 'busy' }, RETURNED);
    calls.accept(CALL);
    await clock.advance(600_000);
    assert.equal(made.length, 2);
  });

  test('no more than a bound are kept', async () => {
    const { calls, clock } = callsWith(FAILED);
    for (let call = 0; call < 1_000; call++) assert.ok(calls.accept(CALL));
    assert.equal(calls.accept(CALL), false);
    await clock.advance(0);
    assert.equal(calls.accept(CALL), false, 'those that are due again count too');
    await clock.advance(600_000);
    assert.ok(calls.accept(CALL));
  });

  test('the end gives up what would be tried again, and takes nothing new', async () => {
    const { calls, made, clock } = callsWith(FAILED);
    calls.accept(CALL);
    await clock.advance(0);
    await calls.close();
    assert.equal(calls.accept(CALL), false);
    await clock.advance(600_000);
    assert.equal(made.length, 1);
    assert.equal(clock.timers, 0);
  });
});

describe('places for processes', () => {
  /** An owner that notes what is asked of it. */
  function owner(budget: ProcessBudget, idle: number): ProcessOwner & { asked: string[] } {
    const asked: string[] = [];
    let left = idle;
    return {
      asked,
      endIdle() {
        asked.push('end');
        if (left === 0) return false;
        left--;
        budget.give();
        return true;
      },
      pump: () => void asked.push('pump'),
    };
  }

  test('are given while there are any; then idle processes of others make room', () => {
    const budget = new ProcessBudget(2);
    const rich = owner(budget, 1);
    const poor = owner(budget, 0);
    assert.ok(budget.take(rich) && budget.take(rich));
    assert.equal(budget.take(poor), false);
    assert.deepEqual(rich.asked, ['end']);
    assert.deepEqual(poor.asked, ['pump']);
    assert.ok(budget.take(poor));
  });

  test('whoever waits is called when a process ends or becomes idle', () => {
    const budget = new ProcessBudget(1);
    const first = owner(budget, 0);
    const second = owner(budget, 0);
    budget.take(first);
    budget.take(second);
    first.asked.length = 0;
    budget.idle(first);
    assert.deepEqual(first.asked, ['end'], 'it is not kept while another waits');
    budget.give();
    assert.deepEqual(second.asked, ['pump']);
    assert.ok(budget.take(second));
    second.asked.length = 0;
    budget.idle(second);
    assert.deepEqual(second.asked, [], 'nobody waits any more');
  });
});
