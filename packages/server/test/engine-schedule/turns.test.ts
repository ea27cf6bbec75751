import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Turns } from '../../src/engine/schedule/turns.ts';
import { SeededRandom } from '../engine/fake-clock.ts';

/** A task that ends when it is told to. */
function task(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const run = (): Promise<string> => {
    log.push(name);
    return promise;
  };
  return { run, end: () => resolve(name) };
}

/** Lets everything go on that waits for nothing else. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('those that are together run side by side, one after the other when they are about the same', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [a1, a2, b] = [task(log, 'a1'), task(log, 'a2'), task(log, 'b')];
    const ends = [turns.together('a', a1.run), turns.together('a', a2.run), turns.together('b', b.run)];
    await settled();
    assert.deepEqual(log, ['a1', 'b']);
    assert.ok(turns.busy);
    a1.end();
    await settled();
    assert.deepEqual(log, ['a1', 'b', 'a2']);
    a2.end();
    b.end();
    assert.deepEqual(await Promise.all(ends), ['a1', 'a2', 'b']);
    await turns.idle();
    assert.ok(!turns.busy);
  });

  it('who is alone waits for those before, and those behind wait for it, even if they could join an earlier turn', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [first, alone, last] = [task(log, 'first'), task(log, 'alone'), task(log, 'last')];
    void turns.together('a', first.run);
    void turns.alone(alone.run);
    void turns.together('b', last.run);
    await settled();
    assert.deepEqual(log, ['first']);
    first.end();
    await settled();
    assert.deepEqual(log, ['first', 'alone']);
    alone.end();
    await settled();
    assert.deepEqual(log, ['first', 'alone', 'last']);
    last.end();
    await turns.idle();
  });

  it('a task that fails fails alone', async () => {
    const turns = new Turns();
    const fail = (): Promise<never> => Promise.reject(new Error('no'));
    const failed = turns.together('a', fail);
    const next = turns.together('a', () => Promise.resolve(1));
    const alone = turns.alone(fail);
    await assert.rejects(failed, /no/);
    assert.equal(await next, 1);
    await assert.rejects(alone, /no/);
    assert.equal(await turns.together('a', () => Promise.resolve(2)), 2);
    await turns.idle();
    assert.ok(!turns.busy);
  });

  it('whatever comes: nobody is beside one who is alone, nobody about the same beside another, nobody is left out', async () => {
    const chance = new SeededRandom(5);
    for (let round = 0; round < 200; round++) {
      const turns = new Turns();
      const running: string[] = [];
      let [asked, done, beside] = [0, 0, 0];
      const work = (about: string) => async (): Promise<void> => {
        assert.ok(!running.includes('alone') && !running.includes(about));
        assert.ok(about !== 'alone' || running.length === 0);
        running.push(about);
        beside = Math.max(beside, running.length);
        for (let steps = chance.below(5); steps > 0; steps--) await Promise.resolve();
        if (chance.below(8) === 0) await settled();
        running.splice(running.indexOf(about), 1);
        done++;
        if (chance.below(20) === 0) throw new Error('no');
      };
      const ends: Promise<unknown>[] = [];
      for (let n = 0; n < 40; n++) {
        asked++;
        const about = `t${chance.below(6)}`;
        ends.push(chance.below(5) === 0 ? turns.alone(work('alone')) : turns.together(about, work(about)));
        if (chance.below(4) === 0) await Promise.resolve();
      }
      await Promise.allSettled(ends);
      await turns.idle();
      assert.equal(done, asked);
      assert.ok(beside > 1 && !turns.busy);
    }
  });
});
