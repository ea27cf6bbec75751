import type { Command } from './cli/command.ts';
import { clock } from './cli/clock.ts';
import { completion } from './cli/completion.ts';
import type { Context } from './cli/context.ts';
import { deadLetters } from './cli/dead-letters.ts';
import { explain } from './cli/explain.ts';
import { Output } from './cli/output.ts';
import { put } from './cli/put.ts';
import { replay } from './cli/replay.ts';
import { resend } from './cli/resend.ts';
import { runCommandLine } from './cli/run.ts';
import { schedules } from './cli/schedules.ts';
import { secrets } from './cli/secrets.ts';
import { status } from './cli/status.ts';
import { tail } from './cli/tail.ts';
import { targets } from './cli/targets.ts';
import { testPattern } from './cli/test-pattern.ts';
import { trace } from './cli/trace.ts';
import { systemClock } from './clock.ts';
import { canRewriteLines, clientEnvironment, ConfigError, wantsColor } from './config.ts';
import { doctor } from './inspect.ts';
import { up } from './up.ts';
import { version } from './version.ts';

/** Exit code of a command that had to be cut off after Ctrl-C, and how long it has to end by itself. */
const INTERRUPTED = 130;
const INTERRUPT_MS = 1_000;
/** The width of a terminal that does not tell it. */
const ASSUMED_COLUMNS = 80;

/** Every command. Help, documentation and completion follow this order. */
export const COMMANDS: readonly Command[] = [
  up,
  put,
  tail,
  explain,
  testPattern,
  deadLetters,
  trace,
  resend,
  replay,
  targets,
  schedules,
  status,
  clock,
  secrets,
  doctor,
  completion,
];

/** Runs the command line; sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  endQuietlyWithReader();
  try {
    process.exitCode = await runCommandLine(argv, contextOf(), version);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(`busbar ${argv[0]}: ${error.message}`);
    process.exitCode = 2;
  }
}

function contextOf(): Context {
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
    commands: COMMANDS,
  };
}

/** `busbar tail | head`: the reader leaves first, which is no error. */
function endQuietlyWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
