import { rm } from 'node:fs/promises';
import { after, test } from 'node:test';
import { cutFile, filledDirectory, flipBits, loseSectors, runDamage } from './damage-rounds.ts';
import { seedOfRun } from './seeded.ts';

const ROUNDS = 1_500;

const closed = await filledDirectory('closed');
const killed = await filledDirectory('killed');
after(() => Promise.all([closed, killed].map((each) => rm(each, { recursive: true, force: true }))));

for (const [what, template, file] of [
  ['data files', closed, 'busbar.db'],
  ['logs in front of the file', killed, 'busbar.db-wal'],
] as const) {
  test(`${ROUNDS} damaged ${what} are refused, reported, or read as written`, async (t) => {
    const damages = [flipBits(file), flipBits(file), flipBits(file), loseSectors(file), cutFile(file)];
    t.diagnostic(JSON.stringify(await runDamage(template, damages, ROUNDS, seedOfRun(Date.now() % 2 ** 32))));
  });
}
