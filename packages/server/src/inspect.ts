import { CliError, EXIT } from './cli/command.ts';
import { doctorCommand, type DataClinic } from './cli/doctor.ts';
import { ConfigError, loadConfig } from './config.ts';

/** The store is loaded only when a directory is looked at: the other commands have no use for it. */
const clinic: DataClinic = {
  directoryOf(option) {
    const { data } = loadConfig(option === undefined ? [] : ['--data', option]);
    if (data === ':memory:') throw new ConfigError('--data :memory: is no directory');
    return data;
  },
  async examine(directory) {
    const { loadDoctor } = await import('./compose.ts');
    return (await loadDoctor()).examineDirectory(directory);
  },
  async salvage(directory, out) {
    const { loadDoctor } = await import('./compose.ts');
    const { salvageDirectory } = await loadDoctor();
    try {
      return salvageDirectory(directory, out);
    } catch (error) {
      throw new CliError((error as Error).message, EXIT.failed);
    }
  },
};

export const doctor = doctorCommand(clinic);
