import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';
import { storageSuite } from './storage-suite.ts';

storageSuite({
  name: 'sqlite',
  async open(options) {
    const directory = await mkdtemp(join(tmpdir(), 'busbar-store-'));
    const open = () => openSqliteStorage({ directory, logger: silentLogger, ...options });
    return {
      storage: await open(),
      reopen: open,
      dispose: () => rm(directory, { recursive: true, force: true }),
    };
  },
});
