import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import type { Salvage } from '../../src/model/examination.ts';
import { examineDirectory, salvageDirectory } from '../../src/store/sqlite/doctor/index.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';
import type { Damage } from './damage-rounds.ts';
import { FILLED, readStore, type Part } from './filled-store.ts';
import { Seeded } from './seeded.ts';

export interface SalvageReport {
  readonly seed: number;
  rounds: number;
  /** Rounds in which nothing could be read at all. */
  unreadable: number;
  /** Records that came through, of all that there were in the other rounds. */
  saved: number;
  records: number;
}

/** Damages a copy of `template` over and over, salvages it, and works with what came through. */
export async function runSalvage(
  template: string,
  damages: readonly Damage[],
  rounds: number,
  seed: number,
): Promise<SalvageReport> {
  const chance = new Seeded(seed);
  const report = { seed, rounds, unreadable: 0, saved: 0, records: 0 };
  for (let round = 0; round < rounds; round++) {
    const parent = await mkdtemp(join(tmpdir(), 'busbar-salvage-'));
    const [directory, out] = [join(parent, 'damaged'), join(parent, 'saved')];
    try {
      await cp(template, directory, { recursive: true });
      for (let left = 1 + chance.below(3); left > 0; left--) await chance.pick(damages)(directory, chance);
      const salvage = trySalvage(directory, out);
      if (!salvage) report.unreadable++;
      else {
        const saved = await check(out, salvage, `seed ${seed}, round ${round}`);
        report.saved += saved;
        report.records += Object.values(FILLED).reduce((sum, count) => sum + count, 0);
      }
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  }
  return report;
}

function trySalvage(directory: string, out: string): Salvage | undefined {
  try {
    return salvageDirectory(directory, out);
  } catch (error) {
    assert.equal(examineDirectory(directory).verdict, 'unusable', String(error));
    return undefined;
  }
}

/** What came through is what was written, the rest is named, and the new directory works. */
async function check(out: string, salvage: Salvage, where: string): Promise<number> {
  const examination = examineDirectory(out);
  assert.equal(examination.verdict, 'sound', `${where}: ${JSON.stringify(examination.findings)}`);
  const storage = await openSqliteStorage({ directory: out, logger: silentLogger });
  try {
    const found = await readStore(storage);
    let saved = 0;
    for (const [part, { right, wrong, error }] of Object.entries(found) as [Part, (typeof found)[Part]][]) {
      assert.deepEqual(wrong, [], where);
      if (error !== undefined) throw error as Error;
      saved += right.size;
      const isLess = right.size < FILLED[part];
      assert.ok(!isLess || salvage.lost.length > 0, `${where}: ${part} lost, and nothing was said`);
    }
    await storage.log.create('bus');
    const [position] = await storage.log.append('bus', [
      { eventId: 'new', ingestedAt: 9e9, account: '1', event: '{}' },
    ]);
    assert.equal((await storage.log.readAt('bus', [position!]))[0]?.eventId, 'new', where);
    return saved;
  } finally {
    await storage.close();
    assert.deepEqual((await readdir(out)).sort(), ['busbar.db', 'busbar.lock']);
  }
}
