import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import type { Storage } from '../../src/engine/ports/storage.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';

/** A place where a store keeps its data: opened, and opened again, as often as a test likes. */
export interface StoragePlace {
  open(): Promise<Storage>;
  remove(): void;
}

export const memoryPlace = (): StoragePlace => ({
  open: async () => createMemoryStorage(),
  remove: () => undefined,
});

export function sqlitePlace(): StoragePlace {
  const directory = mkdtempSync(join(tmpdir(), 'busbar-queue-'));
  return {
    open: () => openSqliteStorage({ directory, logger: silentLogger }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Every adapter that the built-in queue and the targets run on. */
export const places: readonly { readonly name: string; readonly make: () => StoragePlace }[] = [
  { name: 'memory', make: memoryPlace },
  { name: 'sqlite', make: sqlitePlace },
];
