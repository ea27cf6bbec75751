import type { Command } from './cli/command.ts';
import { ConfigError, loadConfig, settingOptions } from './config.ts';
import { loadStorage } from './open-storage.ts';

export const up: Command = {
  name: 'up',
  summary: 'start the daemon',
  usage: ['up [options]'],
  description: [
    'Every option is a setting: it can also stand in a variable (BUSBAR_PORT for --port) or in the configuration file.\n' +
      'Options come first, then variables, then the file. Access keys and quotas stand in the file only.',
  ],
  options: settingOptions(),
  positionals: { min: 0, max: 0 },
  examples: ['busbar up', 'busbar up --port 0 --data :memory: --log-format json'],
  exits: { 0: 'stopped by SIGTERM or SIGINT', 1: 'the daemon could not start' },
  async run({ argv }) {
    const config = loadConfig(argv);
    if (config.auth === 'none' && !config.insecure && !isLoopback(config.host)) {
      throw new ConfigError(
        `--host ${config.host} is reachable from other machines, and --auth none lets anyone in. ` +
          'Use --auth sigv4 with keys in the configuration, or --insecure if that is what you want.',
      );
    }
    // The daemon is loaded only when it is started: the other commands have no use for it.
    const { createLogger } = await import('./logging.ts');
    const logger = createLogger(config);
    const openStorage = await loadStorage(config);
    // The store opens in its own thread while this one loads the rest.
    const storage = openStorage(logger);
    // Who waits for it later sees why it failed; until then nobody has to.
    storage.catch(() => undefined);
    const { serve } = await import('./serve.ts');
    return serve(config, logger, storage);
  },
};

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
