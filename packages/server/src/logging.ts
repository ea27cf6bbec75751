import { writeSync } from 'node:fs';
import type { Config } from './config.ts';
import type { Clock } from './engine/ports/clock.ts';
import type { Logger } from './engine/ports/logger.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

/** How deep a chain of causes is told. */
const CAUSES = 5;
/** The pause before a line is offered again to a reader that is too slow. */
const FULL_PIPE_MS = 20;
const STANDARD_OUTPUT = 1;

/** Takes whole lines, in order. */
export type WriteLine = (line: string) => void;

/** Structured logs on standard output: one JSON object a line, or the same as text for people. */
export function createLogger(
  config: Pick<Config, 'logFormat' | 'logLevel'>,
  clock: Pick<Clock, 'now'>,
  write: WriteLine = writeToStandardOutput,
): Logger {
  const lineOf = config.logFormat === 'json' ? jsonLine : prettyLine;
  const least = LEVELS.indexOf(config.logLevel);
  const at =
    (level: Level) =>
    (fields: object, message: string): void => {
      if (LEVELS.indexOf(level) >= least) write(lineOf(level, new Date(clock.now()), fields, message));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function jsonLine(level: Level, time: Date, fields: object, msg: string): string {
  return `${textOf({ level, time, ...fields, msg })}\n`;
}

/** `12:30:01.250 info  bus created  bus=shop account=000000000000` */
function prettyLine(level: Level, time: Date, fields: object, message: string): string {
  const shown = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${fieldText(value)}`);
  const head = `${time.toISOString().slice(11, 23)} ${level.padEnd(5)} ${message}`;
  return `${head}${shown.length > 0 ? `  ${shown.join(' ')}` : ''}\n`;
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return /\s/.test(value) ? JSON.stringify(value) : value;
  return value instanceof Error ? shownError(value).stack : textOf(value);
}

/** JSON of whatever a line may hold. Code that logs is about to tell of trouble, and must not get into more. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(plain(value, []));
  } catch (error) {
    return JSON.stringify({ msg: 'a line of the log could not be written', reason: String(error) });
  }
}

/** The value as something that JSON can hold. `above` is what it stands in. */
function plain(value: unknown, above: readonly unknown[]): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  if (above.includes(value)) return '[circular]';
  const within = [...above, value];
  if (Array.isArray(value)) return value.map((item) => plain(item, within));
  const members = Object.entries(value instanceof Error ? shownError(value) : value);
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member, within)]));
}

/** An error's own members, and its stack with those of its causes. */
function shownError(error: Error): { type: string; message: string; stack: string } {
  const stacks: string[] = [];
  let cause: unknown = error;
  for (let depth = 0; cause instanceof Error && depth < CAUSES; depth++) {
    stacks.push(cause.stack ?? String(cause));
    ({ cause } = cause);
  }
  const type = error.constructor.name;
  return Object.assign({}, error, { type, message: error.message, stack: stacks.join('\ncaused by: ') });
}

/** At once, and in order: the last lines before an end are the ones that are wanted most. */
function writeToStandardOutput(line: string): void {
  let rest = Buffer.from(line, 'utf8');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(STANDARD_OUTPUT, rest));
    } catch (error) {
      // A full pipe. Its reader gets its time; nobody waits for one that is gone.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_MS);
    }
  }
}
