import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { Seeded } from './seeded.ts';
import { Traffic } from './traffic.ts';

const DISK_MEGABYTES = 64;
const MEGABYTE = 1_048_576;
const MOST_CALLS = 20_000;
const LANES = 4;
const FULL_MS = 1_500;
const RECOVERY_LIMIT_MS = 15_000;

export interface DiskFullReport {
  readonly seed: number;
  readonly rounds: number;
  readonly acknowledged: number;
  readonly received: number;
  readonly statuses: Readonly<Record<number, number>>;
}

/** A small disk; undefined where none can be mounted. */
export async function smallDisk(
  megabytes = DISK_MEGABYTES,
): Promise<{ path: string; remove(): Promise<void> } | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'busbar-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  const remove = async (): Promise<void> => {
    if (status === 0) spawnSync('umount', ['-l', path]);
    await rm(path, { recursive: true, force: true });
  };
  if (status === 0) return { path, remove };
  await remove();
  return undefined;
}

/** Publishes until the disk is full, goes on for a while, and answers whether it got there. */
async function fill(traffic: Traffic, daemon: Daemon): Promise<void> {
  const client = new AwsJson(daemon.port, LANES);
  let calls = 0;
  let fullSince = Infinity;
  const lane = async (): Promise<void> => {
    while (calls++ < MOST_CALLS && performance.now() < fullSince + FULL_MS) {
      if ((await traffic.publish(client)) !== 200) {
        fullSince = Math.min(fullSince, performance.now());
        await sleep(20);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  assert.ok(fullSince < Infinity, 'the disk never was full');
  // What only reads goes on.
  assert.equal((await fetch(`${daemon.url}/readyz`)).status, 200);
  await client.must('events', 'DescribeRule', { Name: 'all', EventBusName: 'shop' });
  client.close();
}

async function untilPublished(traffic: Traffic, daemon: Daemon): Promise<void> {
  const client = new AwsJson(daemon.port, 1);
  const until = performance.now() + RECOVERY_LIMIT_MS;
  while ((await traffic.publish(client)) !== 200) {
    assert.ok(performance.now() < until, 'there is space again, and still nothing can be published');
    await sleep(50);
  }
  client.close();
}

/** Fills a small disk over and over, each time with another rest of space. */
export async function runDiskFull(disk: string, rounds: number, seed: number): Promise<DiskFullReport> {
  const chance = new Seeded(seed);
  const traffic = new Traffic(chance);
  const data = join(disk, 'data');
  const ballast = join(disk, 'ballast');
  let daemon = await startDaemon({ data });
  try {
    await traffic.setUp(daemon);
    for (let round = 0; round < rounds; round++) {
      const used = Number(spawnSync('du', ['-sb', data], { encoding: 'utf8' }).stdout.split('\t')[0]);
      const rest = (3 + chance.below(4)) * MEGABYTE + chance.below(MEGABYTE);
      await writeFile(ballast, Buffer.alloc(Math.max(DISK_MEGABYTES * MEGABYTE - used - rest, 0)));
      await fill(traffic, daemon);
      await rm(ballast);
      await untilPublished(traffic, daemon);
      await traffic.drain(daemon);
      if (chance.chance(0.5)) {
        if (chance.chance(0.5)) await daemon.kill();
        else assert.equal(await daemon.stop(), 0);
        daemon = await startDaemon({ data });
        await traffic.drain(daemon);
      }
    }
    assert.equal(await daemon.stop(), 0, 'the daemon stops cleanly');
    const { acknowledged, received, statuses } = traffic;
    return { seed, rounds, acknowledged: acknowledged.size, received: received.size, statuses };
  } finally {
    await daemon.kill();
  }
}
