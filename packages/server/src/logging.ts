import { pino } from 'pino';
import type { Config } from './config.ts';
import type { Logger } from './engine/ports/logger.ts';

const HIDDEN = new Set(['level', 'time', 'msg']);

/** Structured logs on standard output: one JSON object a line, or the same as text for people. */
export function createLogger(config: Pick<Config, 'logFormat' | 'logLevel'>): Logger {
  const output = pino.destination({ fd: 1, sync: true });
  const formatters = { level: (name: string) => ({ level: name }) };
  const options = { level: config.logLevel, base: null, formatters };
  if (config.logFormat === 'json')
    return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, output);
  return pino(options, { write: (line: string) => output.write(prettyLine(line)) });
}

/** `12:30:01.250 info  bus created  bus=shop account=000000000000` */
function prettyLine(line: string): string {
  const entry = JSON.parse(line) as Record<string, unknown>;
  const time = new Date(Number(entry.time)).toISOString().slice(11, 23);
  const level = String(entry.level).padEnd(5);
  const fields = Object.entries(entry)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, value]) => `${name}=${fieldText(value)}`);
  return `${time} ${level} ${String(entry.msg)}${fields.length ? `  ${fields.join(' ')}` : ''}\n`;
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return /\s/.test(value) ? JSON.stringify(value) : value;
  const stack = (value as { stack?: string } | null)?.stack;
  return stack ?? JSON.stringify(value);
}
