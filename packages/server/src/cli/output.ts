import { once } from 'node:events';
import type { Writable } from 'node:stream';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Control characters, which in the text of an event could take over a terminal. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

export interface OutputParts {
  readonly out: Writable;
  readonly err: Writable;
  /** Whether people look at `out`. */
  readonly terminal: boolean;
  readonly color: boolean;
  /** The width of the terminal that `err` is; undefined when it is none, or one that cannot rewrite a line. */
  readonly statusColumns: (() => number) | undefined;
}

/** To the first column, and away with what stands there. */
const CLEAR_LINE = '\r\u001b[K';

/** Where a command writes: results on standard output, everything else on standard error. */
export class Output {
  readonly terminal: boolean;
  readonly #parts: OutputParts;
  #status = '';

  constructor(parts: OutputParts) {
    this.#parts = parts;
    this.terminal = parts.terminal;
  }

  /** Writes a line of the result; resolves once there is room for more. */
  line(text: string): Promise<void> {
    return this.text(`${text}\n`);
  }

  /** The same with whole lines, their breaks included. */
  async text(lines: string): Promise<void> {
    const status = this.#status;
    // Both may be the same terminal: the result must not stand behind the status.
    if (this.terminal) this.status('');
    if (!this.#parts.out.write(lines)) await once(this.#parts.out, 'drain');
    if (this.terminal) this.status(status);
  }

  /** Writes a result for programs. */
  async json(value: unknown): Promise<void> {
    await this.line(JSON.stringify(value));
  }

  /** Writes a line that is no result: a warning, progress, an error. */
  note(text: string): void {
    const status = this.#status;
    this.status('');
    this.#parts.err.write(`${text}\n`);
    this.status(status);
  }

  /** Columns of a line that stands below everything else and is written anew; undefined where there can be none. */
  get statusColumns(): number | undefined {
    return this.#parts.statusColumns?.();
  }

  /** Sets that line; an empty text takes it away. */
  status(text: string): void {
    if (!this.#parts.statusColumns || text === this.#status) return;
    this.#parts.err.write(`${CLEAR_LINE}${text}`);
    this.#status = text;
  }

  style(style: Style, text: string): string {
    if (!this.#parts.color) return text;
    const [on, off] = CODES[style];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  }

  /** Text from outside, fit for a terminal. */
  plain(text: string): string {
    return this.terminal ? text.replace(CONTROL, '\ufffd') : text;
  }

  /** Rows in columns with headings on a terminal; elsewhere one line a row, its cells divided by tabs. */
  async table(headings: readonly string[], rows: readonly (readonly string[])[]): Promise<void> {
    if (!this.terminal) {
      for (const row of rows) await this.line(row.map((cell) => cell.replace(/[\t\n]/g, ' ')).join('\t'));
      return;
    }
    const cells = rows.map((row) => row.map((cell) => this.plain(cell).replace(/\s/g, ' ')));
    const widths = headings.map((heading, column) =>
      Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
    );
    const format = (row: readonly string[]): string =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd();
    await this.line(this.style('dim', format(headings)));
    for (const row of cells) await this.line(format(row));
  }
}
