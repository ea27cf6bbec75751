import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsJson } from '../aws-json.ts';
import { startDaemon } from '../daemon.ts';
import { Seeded } from './seeded.ts';
import { Traffic } from './traffic.ts';

const LANES = 8;
const RECOVERY_LIMIT_MS = 15_000;

export interface FailingIoReport {
  readonly seed: number;
  readonly rounds: number;
  readonly acknowledged: number;
  readonly received: number;
  readonly statuses: Readonly<Record<number, number>>;
}

/** The library that makes writes and syncs fail; undefined where there is no C compiler. */
export async function failingIo(): Promise<{ library: string; remove(): Promise<void> } | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'busbar-failing-io-'));
  const library = join(directory, 'failing-io.so');
  const source = join(import.meta.dirname, 'failing-io.c');
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  if (status === 0) return { library, remove };
  await remove();
  return undefined;
}

/** Makes the disk fail again and again under load; throws on any loss. */
export async function runFailingIo(library: string, rounds: number, seed: number): Promise<FailingIoReport> {
  const chance = new Seeded(seed);
  const traffic = new Traffic(chance);
  const data = await mkdtemp(join(tmpdir(), 'busbar-failing-disk-'));
  const control = join(data, 'fails');
  const env = { LD_PRELOAD: library, FAILING_IO: control };
  let daemon = await startDaemon({ data, env });
  try {
    await traffic.setUp(daemon);
    for (let round = 0; round < rounds; round++) {
      await failForAWhile(traffic, daemon.port, control, chance);
      if (chance.chance(0.4)) {
        // Also in the middle of the trouble: what was acknowledged before must be there.
        await daemon.kill();
        await rm(control, { force: true });
        daemon = await startDaemon({ data, env });
      }
      await rm(control, { force: true });
      await untilPublished(traffic, daemon.port);
      await traffic.drain(daemon);
    }
    assert.equal(await daemon.stop(), 0, 'the daemon stops cleanly');
    const { acknowledged, received, statuses } = traffic;
    return { seed, rounds, acknowledged: acknowledged.size, received: received.size, statuses };
  } finally {
    await daemon.kill();
    await rm(data, { recursive: true, force: true });
  }
}

async function failForAWhile(traffic: Traffic, port: number, control: string, chance: Seeded): Promise<void> {
  const client = new AwsJson(port, LANES);
  let ended = false;
  const lane = async (): Promise<void> => {
    while (!ended) if ((await traffic.publish(client)) !== 200) await sleep(5);
  };
  const lanes = Promise.all(Array.from({ length: LANES }, lane));
  for (let left = 1 + chance.below(4); left > 0; left--) {
    await sleep(chance.below(150));
    await writeFile(control, chance.pick(['write', 'sync', 'write sync']));
    await sleep(chance.below(200));
    if (left > 1) await rm(control);
  }
  ended = true;
  await lanes;
  client.close();
}

async function untilPublished(traffic: Traffic, port: number): Promise<void> {
  const client = new AwsJson(port, 1);
  const until = performance.now() + RECOVERY_LIMIT_MS;
  while ((await traffic.publish(client)) !== 200) {
    assert.ok(performance.now() < until, 'the disk works again, and still nothing can be published');
    await sleep(50);
  }
  client.close();
}
