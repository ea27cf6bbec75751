import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AdaptiveLimit } from '../../../src/targets/http/adaptive-limit.ts';
import { RateGates } from '../../../src/targets/http/rate-gate.ts';
import { FakeClock } from '../../engine/fake-clock.ts';

describe('adaptive limit', () => {
  /** `count` requests that take `ms` and end well, as many at once as the limit allows. */
  async function succeed(limit: AdaptiveLimit, clock: FakeClock, count: number, ms = 10): Promise<void> {
    for (let done = 0; done < count; done++) {
      const startedAt = clock.now();
      await clock.advance(ms);
      limit.succeeded(startedAt, limit.value);
    }
  }

  test('grows while it is used and all is well, up to its bound', async () => {
    const clock = new FakeClock();
    const limit = new AdaptiveLimit(clock);
    assert.equal(limit.value, 8);
    await succeed(limit, clock, 8);
    assert.equal(limit.value, 16);
    await succeed(limit, clock, 100);
    assert.equal(limit.value, 64);
  });

  test('does not grow while few are under way', async () => {
    const clock = new FakeClock();
    const limit = new AdaptiveLimit(clock);
    for (let count = 0; count < 50; count++) limit.succeeded(clock.now(), 1);
    assert.equal(limit.value, 8);
  });

  test('is halved once for all that fail together, and again for what began later', async () => {
    const clock = new FakeClock();
    const limit = new AdaptiveLimit(clock);
    const startedAt = clock.now();
    await clock.advance(10);
    for (let count = 0; count < 8; count++) limit.failed(startedAt);
    assert.equal(limit.value, 4);
    await clock.advance(10);
    limit.failed(clock.now());
    assert.equal(limit.value, 2);
  });

  test('never falls below one', async () => {
    const clock = new FakeClock();
    const limit = new AdaptiveLimit(clock);
    for (let count = 0; count < 20; count++) {
      await clock.advance(1);
      limit.failed(clock.now());
    }
    assert.equal(limit.value, 1);
  });

  test('grows slowly once it was cut', async () => {
    const clock = new FakeClock();
    const limit = new AdaptiveLimit(clock);
    await clock.advance(1);
    limit.failed(clock.now());
    assert.equal(limit.value, 4);
    await succeed(limit, clock, 5);
    assert.equal(limit.value, 5);
  });

  test('shrinks when answers take far longer than usual', async () => {
    const clock = new FakeClock();
    const limit = new AdaptiveLimit(clock);
    await succeed(limit, clock, 8);
    assert.equal(limit.value, 16);
    await succeed(limit, clock, 1, 1_000);
    assert.equal(limit.value, 8);
  });
});

describe('rate of a destination', () => {
  test('requests of all rules together keep to it', async () => {
    const clock = new FakeClock();
    const gates = new RateGates(clock);
    const [one, other] = [gates.enter('arn'), gates.enter('arn')];
    assert.equal(one, other);
    const signal = new AbortController().signal;
    let passed = 0;
    for (const gate of [one, other, one, other, one, other]) {
      void Promise.resolve(gate.pass(2, signal)).then(() => passed++);
    }
    const counts: number[] = [];
    for (let second = 0; second < 4; second++) {
      await clock.advance(second === 0 ? 1 : 1_000);
      counts.push(passed);
    }
    assert.deepEqual(counts, [1, 3, 5, 6]);
  });

  test('is full when a second of it waits', async () => {
    const clock = new FakeClock();
    const gate = new RateGates(clock).enter('arn');
    const signal = new AbortController().signal;
    const full: boolean[] = [];
    for (let count = 0; count < 4; count++) {
      full.push(gate.isFull(2));
      void gate.pass(2, signal);
    }
    assert.deepEqual(full, [false, false, false, true]);
    await clock.advance(3_000);
    assert.equal(gate.isFull(2), false);
    assert.equal(clock.timers, 0);
  });

  test('who gives up does not wait on', async () => {
    const clock = new FakeClock();
    const gate = new RateGates(clock).enter('arn');
    const controller = new AbortController();
    assert.equal(await gate.pass(1, controller.signal), true);
    const waiting = gate.pass(1, controller.signal);
    controller.abort();
    assert.equal(await waiting, false);
    assert.equal(clock.timers, 0);
  });

  test('a destination that nobody is open to is forgotten', () => {
    const gates = new RateGates(new FakeClock());
    const first = gates.enter('arn');
    gates.enter('arn');
    gates.leave('arn');
    assert.equal(gates.enter('arn'), first);
    gates.leave('arn');
    gates.leave('arn');
    assert.notEqual(gates.enter('arn'), first);
  });
});
