// The only file that names concrete stores. It stands alone, so that a store can be opened while the rest is still loaded.
import type { Config } from './config.ts';
import type { Logger } from './engine/ports/logger.ts';
import type { Storage } from './engine/ports/storage.ts';

const MEMORY = ':memory:';

export const inMemory = ({ data }: Pick<Config, 'data'>): boolean => data === MEMORY;

/** Begins to open a store at once. Rejects with a `StorageError` when it cannot be opened. */
export type OpenStorage = (logger: Logger) => Promise<Storage>;

/** Loads the store that a configuration names: each only when it is used. */
export async function loadStorage(config: Pick<Config, 'data'>): Promise<OpenStorage> {
  if (inMemory(config)) {
    const { createMemoryStorage } = await import('./store/memory/index.ts');
    return async () => createMemoryStorage();
  }
  const { openSqliteStorage } = await import('./store/sqlite/index.ts');
  return (logger) => openSqliteStorage({ directory: config.data, logger });
}

/** What examines and salvages the directories of the embedded store. */
export const loadDoctor = () => import('./store/sqlite/doctor/index.ts');
