import { format } from 'node:util';
import type { RunnerOptions } from './messages.ts';
import { say } from './say.ts';

const LEVELS = {
  debug: 'DEBUG',
  error: 'ERROR',
  info: 'INFO',
  log: 'INFO',
  trace: 'TRACE',
  warn: 'WARN',
} as const;

/** What the function writes: each call of `console` and each write to a standard stream is one event of its log. */
export class Output {
  readonly #options: RunnerOptions;
  readonly #requestId: () => string | undefined;
  #left = 0;

  constructor(options: RunnerOptions, requestId: () => string | undefined) {
    this.#options = options;
    this.#requestId = requestId;
    this.begin();
  }

  /** A call begins: it may write as much as any other. */
  begin(): void {
    this.#left = this.#options.maxOutputBytes;
  }

  /** From now on output goes to the daemon as what it is, in order with everything else that is said. */
  capture(): void {
    for (const [name, level] of Object.entries(LEVELS) as [keyof typeof LEVELS, string][]) {
      console[name] = (...args: unknown[]) => {
        const time = new Date(performance.timeOrigin + performance.now()).toISOString();
        this.#write([time, this.#requestId() ?? 'undefined', level, format(...args)].join('\t'));
      };
    }
    for (const stream of [process.stdout, process.stderr]) {
      stream.write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
        this.#write(typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString());
        const done = typeof encoding === 'function' ? encoding : callback;
        if (typeof done === 'function') queueMicrotask(() => void done());
        return true;
      };
    }
  }

  #write(given: string): void {
    const text = given.replace(/\n$/, '');
    if (text === '' || this.#left <= 0) return;
    const kept = text.slice(0, this.#options.maxLineBytes);
    this.#left -= Buffer.byteLength(kept);
    say({ kind: 'output', text: kept });
    if (this.#left <= 0)
      say({ kind: 'output', text: 'Further output of this call is not kept: it is too much.' });
  }
}
