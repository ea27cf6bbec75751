import type { Command } from './cli/command.ts';
import type { Context } from './cli/context.ts';
import { Output } from './cli/output.ts';
import { runCommandLine } from './cli/run.ts';
import { systemClock } from './clock.ts';
import { canRewriteLines, clientEnvironment, ConfigError, wantsColor } from './config.ts';
import { up } from './up.ts';
import { version } from './version.ts';
import { letYoungHeapGrow } from './young-heap.ts';

/** Exit code of a command that had to be cut off after Ctrl-C, and how long it has to end by itself. */
const INTERRUPTED = 130;
const INTERRUPT_MS = 1_000;
/** The width of a terminal that does not tell it. */
const ASSUMED_COLUMNS = 80;

/** Runs the command line; sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  endQuietlyWithReader();
  try {
    process.exitCode = await runCommandLine(argv, contextOf(await commandsFor(argv)), version);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(`busbar ${argv[0]}: ${error.message}`);
    process.exitCode = 2;
  }
}

/** The daemon starts without the other commands, and without what they are made of. */
async function commandsFor([name]: readonly string[]): Promise<readonly Command[]> {
  if (name === up.name) return [up];
  const { COMMANDS } = await import('./commands.ts');
  letYoungHeapGrow();
  return COMMANDS;
}

function contextOf(commands: readonly Command[]): Context {
  const terminal = process.stdout.isTTY === true;
  const color = terminal && wantsColor();
  return {
    environment: clientEnvironment(),
    clock: systemClock(),
    output: new Output({
      out: process.stdout,
      err: process.stderr,
      terminal,
      color,
      statusColumns:
        process.stderr.isTTY && canRewriteLines()
          ? () => process.stderr.columns || ASSUMED_COLUMNS
          : undefined,
    }),
    readInput: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    },
    input: { [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() as AsyncIterator<Buffer> },
    onInterrupt: (callback) => {
      let interrupted = false;
      const listener = (): void => {
        interrupted = true;
        callback();
        // Whoever reads our output may have stopped to, and we hang in a write.
        setTimeout(() => process.exit(INTERRUPTED), INTERRUPT_MS).unref();
      };
      process.on('SIGINT', listener);
      // A terminal's Ctrl-C may come twice: by itself, and from the process that started this one.
      return () => {
        if (!interrupted) process.off('SIGINT', listener);
      };
    },
    commands,
  };
}

/** `busbar tail | head`: the reader leaves first, which is no error. */
function endQuietlyWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
