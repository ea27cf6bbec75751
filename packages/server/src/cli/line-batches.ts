/** Lines that go to the daemon together, and the longest that is taken: below what it reads of a body. */
const BATCH_BYTES = 1_048_576;
const MAX_LINE_BYTES = 4_194_304;
const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Whole lines of a text, or one that is too long to be kept. */
export type LineBatch = { readonly lines: Buffer } | { readonly overlong: true };

/**
 * Cuts a text into batches of whole lines. Holds one batch in memory, however long the text and its lines are. When the
 * text breaks off with an error, what came before is handed out first.
 */
export async function* lineBatches(chunks: AsyncIterable<Buffer>): AsyncGenerator<LineBatch> {
  const cutter = new LineCutter();
  let failure: unknown;
  try {
    for await (const chunk of chunks) yield* cutter.take(chunk);
  } catch (error) {
    failure = error;
  }
  if (failure === undefined) yield* cutter.end();
  else {
    yield* cutter.wholeLines();
    throw failure;
  }
}

class LineCutter {
  #pieces: Buffer[] = [];
  #bytes = 0;
  #first = true;
  /** Inside of a line that is too long. */
  #skipping = false;

  *take(chunk: Buffer): Generator<LineBatch> {
    let rest = this.#first && chunk.indexOf(BYTE_ORDER_MARK) === 0 ? chunk.subarray(3) : chunk;
    this.#first = false;
    if (this.#skipping) {
      const end = rest.indexOf(LINE_FEED);
      if (end < 0) return;
      this.#skipping = false;
      rest = rest.subarray(end + 1);
    }
    this.#pieces.push(rest);
    this.#bytes += rest.length;
    if (this.#bytes < BATCH_BYTES) return;
    yield* this.wholeLines();
    if (this.#bytes <= MAX_LINE_BYTES) return;
    this.#keep(Buffer.alloc(0));
    this.#skipping = true;
    yield { overlong: true };
  }

  /** The lines whose ends have come. */
  *wholeLines(): Generator<LineBatch> {
    const text = Buffer.concat(this.#pieces, this.#bytes);
    const end = text.lastIndexOf(LINE_FEED) + 1;
    this.#keep(text.subarray(end));
    if (end > 0) yield { lines: text.subarray(0, end) };
  }

  /** The last line may have no break. */
  *end(): Generator<LineBatch> {
    if (this.#bytes > 0) yield { lines: Buffer.concat(this.#pieces, this.#bytes) };
  }

  #keep(rest: Buffer): void {
    this.#pieces = [rest];
    this.#bytes = rest.length;
  }
}
