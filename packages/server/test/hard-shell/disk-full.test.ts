import { test } from 'node:test';
import { runDiskFull, smallDisk } from './disk-full-rounds.ts';
import { seedOfRun } from './seeded.ts';

test('a full disk loses nothing that was acknowledged, and is over when there is space again', async (t) => {
  const disk = await smallDisk();
  if (!disk) {
    t.skip('A SMALL FILE SYSTEM CANNOT BE MOUNTED HERE: nobody has tried what a full disk does');
    return;
  }
  t.after(() => disk.remove());
  t.diagnostic(JSON.stringify(await runDiskFull(disk.path, 2, seedOfRun(3))));
});
