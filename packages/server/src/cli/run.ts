import { parseInvocation } from './arguments.ts';
import { CliError, EXIT, type Command } from './command.ts';
import type { Context } from './context.ts';
import { commandHelp, overview } from './help.ts';
import { didYouMean } from './suggest.ts';

const HELP = new Set(['help', '--help', '-h']);
const VERSION = new Set(['version', '--version', '-v']);

/** Runs one command line; answers the exit code. Throws only what is a bug, or the composing layer's own. */
export async function runCommandLine(
  argv: readonly string[],
  context: Context,
  version: string,
): Promise<number> {
  const { commands, output } = context;
  const [name = 'help', ...rest] = argv;
  try {
    if (VERSION.has(name)) {
      await output.line(version);
      return EXIT.ok;
    }
    if (HELP.has(name)) {
      const [about] = rest;
      await output.line(about === undefined ? overview(commands) : commandHelp(find(commands, about)));
      return EXIT.ok;
    }
    const command = find(commands, name);
    if (asksForHelp(rest)) {
      await output.line(commandHelp(command));
      return EXIT.ok;
    }
    return await command.run(parseInvocation(command, rest), context);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const called = commands.some((command) => command.name === name) ? `busbar ${name}` : 'busbar';
    output.note(`${output.style('red', `${called}:`)} ${output.plain(error.message)}`);
    return error.exitCode;
  }
}

/** `--help` anywhere before a lone `--`. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).some((word) => word === '--help' || word === '-h');
}

function find(commands: readonly Command[], name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const names = [...commands.map((known) => known.name), 'help', 'version'];
  throw new CliError(
    `there is no command \`${name}\`${didYouMean(name, names)}\n\n${overview(commands)}`,
    EXIT.usage,
  );
}
