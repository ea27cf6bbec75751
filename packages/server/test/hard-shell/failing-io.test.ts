import { test } from 'node:test';
import { failingIo, runFailingIo } from './failing-io-rounds.ts';
import { seedOfRun } from './seeded.ts';

const ROUNDS = 4;

test(`a disk that fails ${ROUNDS} times loses nothing that was acknowledged, and is forgiven`, async (t) => {
  const io = process.platform === 'linux' ? await failingIo() : undefined;
  if (!io) {
    t.skip('THERE IS NO C COMPILER HERE: nobody has tried what a failing disk does');
    return;
  }
  t.after(() => io.remove());
  t.diagnostic(JSON.stringify(await runFailingIo(io.library, ROUNDS, seedOfRun(4))));
});
