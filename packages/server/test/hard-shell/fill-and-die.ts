// The process that fills a store for the damage test: `node fill-and-die.ts <directory> killed|closed`. Killed, it
// leaves everything in the log in front of the file.
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { openSqliteStorage } from '../../src/store/sqlite/index.ts';
import { fillStore } from './filled-store.ts';

const [directory, end] = process.argv.slice(2) as [string, string];
const storage = await openSqliteStorage({ directory, logger: silentLogger });
await fillStore(storage);
if (end === 'killed') process.kill(process.pid, 'SIGKILL');
await storage.close();
