import { test } from 'node:test';
import { runFrontDoor } from './front-door-rounds.ts';
import { seedOfRun } from './seeded.ts';

test('a besieged daemon answers documented errors, stays small, and says nothing is wrong', async (t) => {
  t.diagnostic(JSON.stringify(await runFrontDoor(3, 600, seedOfRun(5))));
});
