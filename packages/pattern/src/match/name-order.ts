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
export interface ExpectedName {
  readonly length: number;
  /** The bytes four by four; the last four may overlap the ones before. */
  readonly words: Int32Array;
  /** Where the name leads, if any pattern reads what is there. */
  readonly child: PathNode | null;
}

export class NameOrder {
  readonly #names: ExpectedName[] = [];
  #lessons = 0;

  /** The name expected as the one numbered `index`, if it stands at `position`. */
  at(index: number, text: EventText, position: number): ExpectedName | null {
    if (index >= this.#names.length) return null;
    const expected = this.#names[index]!;
    const { words, length } = expected;
    const actual = text.words;
    const last = words.length - 1;
    for (let i = 0; i < last; i++) {
      if (actual.getInt32(position + 4 * i, true) !== words[i]!) return null;
    }
    return actual.getInt32(position + length - 4, true) === words[last]! ? expected : null;
  }

  /** Learns the name that stands between two positions, with its quotes and its colon. */
  learn(index: number, text: EventText, start: number, end: number, child: PathNode | null): void {
    const length = end - start;
    if (index > this.#names.length || index >= MOST_NAMES || length < 4 || length > LONGEST_NAME) return;
    if (++this.#lessons > MOST_LESSONS) return;
    const words = new Int32Array(Math.ceil(length / 4));
    for (let i = 0; i < words.length; i++) {
      words[i] = text.words.getInt32(Math.min(start + 4 * i, end - 4), true);
    }
    this.#names[index] = { length, words, child };
  }

  /** Starts anew, because names lead elsewhere. */
  forget(): void {
    this.#names.length = 0;
    this.#lessons = 0;
  }
}
