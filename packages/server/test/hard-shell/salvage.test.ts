import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { cutFile, filledDirectory, flipBits, loseSectors } from './damage-rounds.ts';
import { runSalvage } from './salvage-rounds.ts';
import { seedOfRun } from './seeded.ts';

const ROUNDS = 20;
const FILE = 'busbar.db';

test(`what can be read of ${ROUNDS} damaged files is saved, and the rest is named`, async (t) => {
  const template = await filledDirectory('closed');
  t.after(() => rm(template, { recursive: true, force: true }));
  const damages = [flipBits(FILE), loseSectors(FILE), loseSectors(FILE), cutFile(FILE)];
  t.diagnostic(JSON.stringify(await runSalvage(template, damages, ROUNDS, seedOfRun(6))));
});
