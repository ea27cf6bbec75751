import { test } from 'node:test';
import { runFrontDoor } from './front-door-rounds.ts';
import { seedOfRun } from './seeded.ts';

test('a daemon besieged for long does not give way', async (t) => {
  t.diagnostic(JSON.stringify(await runFrontDoor(60, 3_000, seedOfRun(Date.now() % 2 ** 32))));
});
