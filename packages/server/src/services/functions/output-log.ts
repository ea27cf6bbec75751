import type { Clock } from '../../engine/ports/clock.ts';
import type { LogEntry, LogStreamWriter } from '../../engine/ports/log-group-writer.ts';
import { limits } from '../../model/limits.ts';
import type { Scope } from '../../model/resources.ts';

export const logGroupOf = (name: string): string => `/aws/lambda/${name}`;

/** How the last report of a call is worded: Lambda's own, which tools read. */
export interface CallReport {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memoryMegabytes: number;
  readonly maxMegabytes: number | undefined;
  /** The first call of a process tells how long the process took to start. */
  readonly initMs: number | undefined;
}

/**
 * What one process writes, on its way to the function's log group. Written together when a call ends, or when output has
 * waited for a while. Holds at most about `functionOutputBytes`: while the store is slow, further output is dropped with a
 * note.
 */
export class OutputLog {
  readonly #writer: LogStreamWriter;
  readonly #clock: Clock;
  readonly #group: string;
  readonly #stream: string;
  #scope: Scope;
  #waiting: LogEntry[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  /** The end of what the call under way has written, at least as long as an answer shows. */
  #tail = '';
  #writing: Promise<void> | undefined;
  #cancel: (() => void) | undefined;

  constructor(parts: { writer: LogStreamWriter; clock: Clock }, scope: Scope, group: string, stream: string) {
    this.#writer = parts.writer;
    this.#clock = parts.clock;
    this.#scope = scope;
    this.#group = group;
    this.#stream = stream;
  }

  begin(scope: Scope, requestId: string): void {
    if (scope.account !== this.#scope.account || scope.region !== this.#scope.region) {
      this.#startWriting();
      this.#scope = scope;
    }
    this.#tail = '';
    this.add(`START RequestId: ${requestId} Version: $LATEST`);
  }

  /** `must`: kept even when too much waits already. */
  add(message: string, must = false): void {
    if (message === '') return;
    this.#tail = (this.#tail + message + '\n').slice(-limits.functionLogTailBytes);
    const bytes = Buffer.byteLength(message) + limits.logEventOverheadBytes;
    if (!must && this.#waitingBytes + bytes > limits.functionOutputBytes) {
      this.#dropped++;
      return;
    }
    this.#waiting.push({ timestamp: this.#clock.now(), message });
    this.#waitingBytes += bytes;
    if (this.#waitingBytes >= limits.functionOutputWriteBytes) this.#startWriting();
    else this.#cancel ??= this.#clock.after(limits.functionOutputDelayMs, () => this.#startWriting());
  }

  /** Ends a call; answers the end of what it wrote. */
  end(report: CallReport): string {
    const { requestId, durationMs, memoryMegabytes, maxMegabytes, initMs } = report;
    this.add(`END RequestId: ${requestId}`, true);
    const parts = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(durationMs)} ms`,
      `Memory Size: ${memoryMegabytes} MB`,
    ];
    if (maxMegabytes !== undefined) parts.push(`Max Memory Used: ${maxMegabytes} MB`);
    if (initMs !== undefined) parts.push(`Init Duration: ${initMs.toFixed(2)} ms`);
    this.add(`${parts.join('\t')}\t`, true);
    this.#startWriting();
    return this.#tail;
  }

  /** Resolves once everything is written, or cannot be. */
  async close(): Promise<void> {
    this.#startWriting();
    while (this.#writing) await this.#writing;
  }

  #startWriting(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#writing || this.#waiting.length === 0) return;
    const entries = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#dropped > 0) {
      const message = `${this.#dropped} lines were dropped: the log group was too slow.`;
      entries.push({ timestamp: this.#clock.now(), message });
      this.#dropped = 0;
    }
    this.#writing = this.#writer.append(this.#scope, this.#group, this.#stream, entries).then(() => {
      this.#writing = undefined;
      this.#startWriting();
    });
  }
}
