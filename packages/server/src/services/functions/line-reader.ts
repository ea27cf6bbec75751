const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines; one that grows beyond the bound is told of instead, and nothing follows it. */
export class LineReader {
  readonly #maxBytes: number;
  readonly #onLine: (line: string) => void;
  readonly #onTooLong: () => void;
  #parts: Buffer[] = [];
  #held = 0;
  #ended = false;

  constructor(maxBytes: number, onLine: (line: string) => void, onTooLong: () => void) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
  }

  take(chunk: Buffer): void {
    let from = 0;
    while (!this.#ended) {
      const end = chunk.indexOf(NEWLINE, from);
      if (end < 0) break;
      this.#parts.push(chunk.subarray(from, end));
      const line = Buffer.concat(this.#parts).toString();
      this.#parts = [];
      this.#held = 0;
      from = end + 1;
      this.#onLine(line);
    }
    if (this.#ended || from === chunk.length) return;
    this.#parts.push(chunk.subarray(from));
    this.#held += chunk.length - from;
    if (this.#held <= this.#maxBytes) return;
    this.#ended = true;
    this.#parts = [];
    this.#onTooLong();
  }
}
