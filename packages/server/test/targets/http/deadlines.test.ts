import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deadlines, type Limited } from '../../../src/targets/http/deadlines.ts';
import { FakeClock } from '../../engine/fake-clock.ts';

function openDeadlines() {
  const clock = new FakeClock(0);
  let offset = 0;
  const movable = { now: () => clock.now() + offset, after: clock.after.bind(clock) };
  const deadlines = new Deadlines(movable);
  const ended: string[] = [];
  return {
    clock,
    deadlines,
    ended,
    setBack: (ms: number) => (offset -= ms),
    begin: (name: string, timeoutMs: number): Limited => {
      const limited = {
        startedAt: movable.now(),
        timeoutMs,
        onTimeout() {
          deadlines.remove(limited);
          ended.push(`${name} at ${clock.now()}`);
        },
      };
      deadlines.add(limited);
      return limited;
    },
  };
}

test('each ends at its own time, by one timer', async () => {
  const { clock, begin, ended } = openDeadlines();
  begin('long', 1_000);
  begin('short', 100);
  await clock.advance(50);
  begin('later', 100);
  assert.equal(clock.timers, 1);
  await clock.advance(2_000);
  assert.deepEqual(ended, ['short at 100', 'later at 150', 'long at 1000']);
  assert.equal(clock.timers, 0);
});

test('what has ended by itself is left alone', async () => {
  const { clock, deadlines, begin, ended } = openDeadlines();
  const first = begin('first', 100);
  await clock.advance(10);
  begin('second', 100);
  deadlines.remove(first);
  deadlines.remove(first);
  await clock.advance(500);
  assert.deepEqual(ended, ['second at 110']);
});

test('no timer is left when nothing is', () => {
  const { clock, deadlines, begin } = openDeadlines();
  const both = [begin('one', 100), begin('other', 200)];
  for (const one of both) deadlines.remove(one);
  assert.equal(clock.timers, 0);
});

test('a clock that is set back keeps nothing waiting for longer', async () => {
  const { clock, begin, ended, setBack } = openDeadlines();
  await clock.advance(5_000);
  begin('one', 100);
  setBack(3_000);
  await clock.advance(100);
  assert.deepEqual(ended, ['one at 5100']);
});
