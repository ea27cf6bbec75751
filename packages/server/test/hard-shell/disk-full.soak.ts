import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runDiskFull, smallDisk } from './disk-full-rounds.ts';
import { seedOfRun } from './seeded.ts';

const RUNS = 12;
const ROUNDS = 5;

test('a disk that is full again and again loses nothing that was acknowledged', async (t) => {
  const disk = await smallDisk();
  if (!disk) {
    t.skip('A SMALL FILE SYSTEM CANNOT BE MOUNTED HERE: nobody has tried what a full disk does');
    return;
  }
  t.after(() => disk.remove());
  const seed = seedOfRun(Date.now() % 2 ** 32);
  // What is delivered stays in the log, so a small disk holds a few rounds only.
  for (let run = 0; run < RUNS; run++) {
    t.diagnostic(JSON.stringify(await runDiskFull(disk.path, ROUNDS, seed + run)));
    await rm(join(disk.path, 'data'), { recursive: true });
  }
});
