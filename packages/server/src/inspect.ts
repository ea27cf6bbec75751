import { CliError, EXIT } from './cli/command.ts';
import { doctorCommand, type DataClinic } from './cli/doctor.ts';
import { ConfigError, loadConfig } from './config.ts';
import { inMemory, loadDoctor } from './open-storage.ts';

/** The store is loaded only when a directory is looked at: the other commands have no use for it. */
const clinic: DataClinic = {
  directoryOf(option) {
    const config = loadConfig(option === undefined ? [] : ['--data', option]);
    if (inMemory(config)) throw new ConfigError(`--data ${config.data} is no directory`);
    return config.data;
  },
  async examine(directory) {
    return (await loadDoctor()).examineDirectory(directory);
  },
  async salvage(directory, out) {
    const { salvageDirectory } = await loadDoctor();
    try {
      return salvageDirectory(directory, out);
    } catch (error) {
      throw new CliError((error as Error).message, EXIT.failed);
    }
  },
};

export const doctor = doctorCommand(clinic);
