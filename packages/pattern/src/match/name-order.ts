/**
 * Remembers the order in which an object's names came, so that the next object of its kind is read by comparing.
 *
 * Most events of a source have the same names in the same order. A remembered name is compared with its quotes and
 * its colon, four bytes at a time; that is less work than to look for the closing quote, let alone to look the name up.
 */
import type { EventText } from './event-text.ts';
import type { PathNode } from './path-trie.ts';

/** Names remembered for one object. */
const MOST_NAMES = 64;
const LONGEST_NAME = 64;
/** Names learned after which an object counts as one without order. */
const MOST_LESSONS = 4096;

/** A name as it stands in a text, from its opening quote to its colon. */
export class ExpectedName {
  readonly length: number;
  /** Where the name leads, if any pattern reads what is there. */
  readonly child: PathNode | null;
  /** The name that came behind this one. */
  next: ExpectedName | null = null;
  readonly #first: number;
  readonly #last: number;
  /** What lies between the first and the last four bytes; the last four of these may overlap. */
  readonly #between: Int32Array | null;

  constructor(words: DataView, start: number, end: number, child: PathNode | null) {
    this.length = end - start;
    this.child = child;
    this.#first = words.getInt32(start, true);
    this.#last = words.getInt32(end - 4, true);
    this.#between =
      this.length <= 8
        ? null
        : Int32Array.from({ length: Math.ceil(this.length / 4) - 2 }, (_, index) =>
            words.getInt32(start + 4 * index + 4, true),
          );
  }

  /** Whether the name stands at a position. */
  stands(words: DataView, at: number): boolean {
    if (words.getInt32(at, true) !== this.#first) return false;
    const { length } = this;
    if (length === 4) return true;
    if (words.getInt32(at + length - 4, true) !== this.#last) return false;
    const between = this.#between;
    if (between === null) return true;
    for (let i = 0; i < between.length; i++) {
      if (words.getInt32(at + 4 * i + 4, true) !== between[i]!) return false;
    }
    return true;
  }
}

export class NameOrder {
  first: ExpectedName | null = null;
  #lessons = 0;

  /**
   * Learns the name that stands between two positions, with its quotes and its colon, as the one numbered `index`, and
   * answers it. It comes behind `before`, in place of the one that was expected there.
   */
  learn(
    index: number,
    before: ExpectedName | null,
    text: EventText,
    start: number,
    end: number,
    child: PathNode | null,
  ): ExpectedName | null {
    const length = end - start;
    // Without the name before this one there is no order.
    if ((index > 0 && before === null) || index >= MOST_NAMES || length < 4 || length > LONGEST_NAME)
      return null;
    if (++this.#lessons > MOST_LESSONS) return null;
    const learned = new ExpectedName(text.words, start, end, child);
    const replaced = before === null ? this.first : before.next;
    learned.next = replaced === null ? null : replaced.next;
    if (before === null) this.first = learned;
    else before.next = learned;
    return learned;
  }

  /** Starts anew, because names lead elsewhere. */
  forget(): void {
    this.first = null;
    this.#lessons = 0;
  }
}
