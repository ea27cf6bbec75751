import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixtureArn, World } from './world.ts';

test('an event reaches each target of each rule that matches it', async () => {
  const world = await World.start();
  await world.rule('a', {
    targets: [
      { Id: '1', Arn: fixtureArn('a1') },
      { Id: '2', Arn: fixtureArn('a2') },
    ],
  });
  await world.rule('b', { pattern: '{"source":["other"]}' });
  const [id] = await world.publish([world.event('test')]);
  await world.clock.until(() => world.targets.seen.length === 2);
  assert.deepEqual(world.targets.deliveredTo(fixtureArn('a1')), [id]);
  assert.deepEqual(world.targets.deliveredTo(fixtureArn('a2')), [id]);
  assert.deepEqual(world.targets.deliveredTo(fixtureArn('b')), []);
  await world.engine.stop(0);
});
