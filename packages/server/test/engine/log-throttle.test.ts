import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogThrottle } from '../../src/engine/log-throttle.ts';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { limits } from '../../src/model/limits.ts';
import { FakeClock } from './fake-clock.ts';

test('lines over the bound are left out and counted with the next one', async () => {
  const clock = new FakeClock();
  const lines: object[] = [];
  const throttle = new LogThrottle({ ...silentLogger, info: (fields) => lines.push(fields) }, clock);
  for (let i = 0; i < limits.throttledLogLines + 5; i++) throttle.line('info', { i }, 'refused');
  assert.equal(lines.length, limits.throttledLogLines);
  await clock.advance(1_000);
  throttle.line('info', { i: 'later' }, 'refused');
  assert.deepEqual(lines.at(-1), { i: 'later', leftOut: 5 });
});
