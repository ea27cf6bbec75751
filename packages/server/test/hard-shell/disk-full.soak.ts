import { test } from 'node:test';
import { runDiskFull, smallDisk } from './disk-full-rounds.ts';
import { seedOfRun } from './seeded.ts';

test('a disk that is full again and again loses nothing that was acknowledged', async (t) => {
  const disk = await smallDisk();
  if (!disk) {
    t.skip('A SMALL FILE SYSTEM CANNOT BE MOUNTED HERE: nobody has tried what a full disk does');
    return;
  }
  t.after(() => disk.remove());
  t.diagnostic(JSON.stringify(await runDiskFull(disk.path, 60, seedOfRun(Date.now() % 2 ** 32))));
});
