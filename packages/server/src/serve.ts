import { flushCompileCache } from 'node:module';
import { startBusbar, type Busbar } from './compose.ts';
import type { Config } from './config.ts';
import type { Logger } from './engine/ports/logger.ts';
import { StorageError, type Storage } from './engine/ports/storage.ts';
import { inMemory } from './open-storage.ts';
import { version } from './version.ts';
import { letYoungHeapGrow } from './young-heap.ts';

/** How long a stop waits for requests and deliveries under way. */
const DRAIN_MS = 10_000;

/** The first screen: where it listens, where it keeps things, what to paste. On standard error, so that logs stay parseable. */
function banner(busbar: Busbar, config: Config): string {
  return [
    '',
    `  Busbar ${version} is ready`,
    '',
    `  URL    ${busbar.url}`,
    `  Data   ${inMemory(config) ? 'in memory, gone at the end' : config.data}`,
    `  Auth   ${config.auth === 'none' ? 'none: any credentials are accepted' : 'sigv4: keys from the configuration'}`,
    '',
    '  Point the AWS CLI and SDKs here:',
    '',
    `    export AWS_ENDPOINT_URL=${busbar.url}`,
    `    export AWS_REGION=${config.region} AWS_DEFAULT_REGION=${config.region}`,
    ...(config.auth === 'none' ? ['    export AWS_ACCESS_KEY_ID=busbar AWS_SECRET_ACCESS_KEY=busbar'] : []),
    '',
    '',
  ].join('\n');
}

/** Resolves with the first signal that asks the daemon to stop. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

/** Runs the daemon until a signal stops it; answers the exit code. `storage` is the store, which may be opening yet. */
export async function serve(config: Config, logger: Logger, storage: Promise<Storage>): Promise<number> {
  const stopped = stopSignal();
  let busbar: Busbar;
  try {
    busbar = await startBusbar(config, { logger, storage });
  } catch (error) {
    if (!(error instanceof StorageError) && !(error as NodeJS.ErrnoException).code) throw error;
    logger.error({ err: error }, 'cannot start');
    console.error(`busbar up: ${(error as Error).message}`);
    return 1;
  }
  process.stderr.write(banner(busbar, config));
  logger.info({ url: busbar.url, data: config.data, version, pid: process.pid }, 'ready');
  letYoungHeapGrow();
  // Kept now: a daemon that is killed one day should not have to compile its sources again.
  flushCompileCache();
  const signal = await stopped;
  logger.info({ signal }, 'stopping: draining requests and deliveries');
  await busbar.stop(DRAIN_MS);
  logger.info({}, 'stopped');
  return 0;
}
