import type { Command } from './cli/command.ts';
import { ConfigError } from './config.ts';
import { up } from './up.ts';
import { version } from './version.ts';

const COMMANDS: readonly Command[] = [up];

const HELP_FLAGS = new Set(['help', '--help', '-h']);
const VERSION_FLAGS = new Set(['version', '--version', '-v']);

function usage(): string {
  const rows = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`);
  return [
    'Usage: busbar <command> [options]',
    '',
    ...rows,
    '',
    'busbar <command> --help tells the options.',
  ].join('\n');
}

/** Runs the command line; sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const [name = 'help', ...rest] = argv;
  if (HELP_FLAGS.has(name)) return console.log(usage());
  if (VERSION_FLAGS.has(name)) return console.log(version);
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) {
    console.error(`busbar: there is no command "${name}"\n\n${usage()}`);
    process.exitCode = 2;
    return;
  }
  try {
    process.exitCode = await command.run(rest);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(`busbar ${name}: ${error.message}`);
    process.exitCode = 2;
  }
}
