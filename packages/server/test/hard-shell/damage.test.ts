import { rm } from 'node:fs/promises';
import { after, test } from 'node:test';
import { cutFile, filledDirectory, flipBits, loseSectors, runDamage } from './damage-rounds.ts';
import { seedOfRun } from './seeded.ts';

const FILE_ROUNDS = 60;
const LOG_ROUNDS = 30;

const closed = await filledDirectory('closed');
const killed = await filledDirectory('killed');
after(() => Promise.all([closed, killed].map((each) => rm(each, { recursive: true, force: true }))));

test('a data file with flipped bits, lost sectors or a lost end is refused, reported, or read as written', async (t) => {
  const file = 'busbar.db';
  const damages = [flipBits(file), flipBits(file), flipBits(file), loseSectors(file), cutFile(file)];
  t.diagnostic(JSON.stringify(await runDamage(closed, damages, FILE_ROUNDS, seedOfRun(1))));
});

test('so is a log in front of the file', async (t) => {
  const log = 'busbar.db-wal';
  const damages = [flipBits(log), loseSectors(log), cutFile(log)];
  t.diagnostic(JSON.stringify(await runDamage(killed, damages, LOG_ROUNDS, seedOfRun(2))));
});
