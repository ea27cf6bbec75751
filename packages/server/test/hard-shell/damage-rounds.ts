import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, type Logger } from '../../src/engine/ports/logger.ts';
import { StorageError, type Storage } from '../../src/engine/ports/storage.ts';
import { examineDirectory } from '../../src/store/sqlite/doctor/index.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';
import { FILLED, readStore, type Part } from './filled-store.ts';
import { Seeded } from './seeded.ts';

const FILLER = join(import.meta.dirname, 'fill-and-die.ts');

/** How rounds ended. Every round is one of these; a round that is none of them fails. */
export interface DamageReport {
  readonly seed: number;
  rounds: number;
  /** The start was refused. */
  refused: number;
  /** A reader was told, or the log said so at the start. */
  reported: number;
  /** Readers found less than there was and were not told; `busbar doctor` tells. */
  onlyByDoctor: number;
  /** The damage hit nothing that is used. */
  harmless: number;
}

export type Damage = (directory: string, chance: Seeded) => Promise<void>;

/** A directory whose daemon was killed (everything in the log), or closed (everything in the file). */
export async function filledDirectory(end: 'killed' | 'closed'): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'busbar-damage-'));
  const child = spawn(process.execPath, [FILLER, directory, end], { stdio: ['ignore', 'ignore', 'inherit'] });
  await once(child, 'exit');
  return directory;
}

/** Flips one to four bits at random places of a file. */
export const flipBits =
  (file: string): Damage =>
  async (directory, chance) => {
    const path = join(directory, file);
    const bytes = await readFile(path);
    for (let left = 1 + chance.below(4); left > 0; left--)
      bytes[chance.below(bytes.length)]! ^= 1 << chance.below(8);
    await writeFile(path, bytes);
  };

/** Overwrites a stretch with noise or zeros, as a disk does that loses sectors. */
export const loseSectors =
  (file: string): Damage =>
  async (directory, chance) => {
    const path = join(directory, file);
    const bytes = await readFile(path);
    const length = 512 * (1 + chance.below(16));
    const at = 512 * chance.below(Math.ceil(bytes.length / 512));
    const lost = chance.chance(0.5) ? chance.bytes(length) : Buffer.alloc(length);
    lost.copy(bytes, at);
    await writeFile(path, bytes);
  };

export const cutFile =
  (file: string): Damage =>
  async (directory, chance) => {
    const path = join(directory, file);
    await truncate(path, chance.below((await stat(path)).size));
  };

/** Damages a copy of `template` over and over, and holds what is read against what was written. */
export async function runDamage(
  template: string,
  damages: readonly Damage[],
  rounds: number,
  seed: number,
): Promise<DamageReport> {
  const chance = new Seeded(seed);
  const report = { seed, rounds: 0, refused: 0, reported: 0, onlyByDoctor: 0, harmless: 0 };
  for (let round = 0; round < rounds; round++) {
    const directory = await mkdtemp(join(tmpdir(), 'busbar-damaged-'));
    try {
      await cp(template, directory, { recursive: true });
      await damages[round % damages.length]!(directory, chance);
      report[await outcome(directory, `seed ${seed}, round ${round}`)]++;
      report.rounds++;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return report;
}

type Outcome = 'refused' | 'reported' | 'onlyByDoctor' | 'harmless';

async function outcome(directory: string, where: string): Promise<Outcome> {
  const told: string[] = [];
  const logger: Logger = { ...silentLogger, error: (_, message) => void told.push(message) };
  // Before the store is opened, since that may already write.
  const examination = examineDirectory(directory);
  let storage: Storage;
  try {
    storage = await openSqliteStorage({ directory, logger });
  } catch (error) {
    assert.ok(error instanceof StorageError, `${where}: ${String(error)}`);
    assert.ok(error.message.includes(directory), `${where}: the file is not named: ${error.message}`);
    assert.match(error.message, /busbar doctor/, `${where}: no way out`);
    assert.notEqual(examination.verdict, 'sound', `${where}: the doctor saw nothing: ${error.message}`);
    return 'refused';
  }
  try {
    const found = await readStore(storage);
    const parts = Object.entries(found) as [Part, (typeof found)[Part]][];
    assert.deepEqual(
      parts.flatMap(([, { wrong }]) => wrong),
      [],
      `${where}: wrong data`,
    );
    for (const [part, { error }] of parts) {
      if (error === undefined) continue;
      assert.ok(error instanceof StorageError, `${where}, ${part}: ${(error as Error).message}`);
    }
    const silentlyLess = parts.filter(
      ([part, { right, error }]) => error === undefined && right.size < FILLED[part],
    );
    if (parts.some(([, { error }]) => error !== undefined) || told.length > 0) return 'reported';
    if (silentlyLess.length === 0) return 'harmless';
    const less = silentlyLess.map(([part, { right }]) => `${part} ${right.size}/${FILLED[part]}`).join();
    assert.equal(examination.verdict, 'damaged', `${where}: lost in silence: ${less}`);
    return 'onlyByDoctor';
  } finally {
    await storage.close();
  }
}
