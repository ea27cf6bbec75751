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
/** Names that are compared before one is looked up. */
const MOST_TRIED = 8;
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

  /** The name by its words and where these stand in it. */
  get words(): [offset: number, word: number][] {
    const words: [number, number][] = [[0, this.#first]];
    for (const [index, word] of this.#between?.entries() ?? []) words.push([4 * index + 4, word]);
    if (this.length > 4) words.push([this.length - 4, this.#last]);
    return words;
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
  #count = 0;
  #lessons = 0;

  /** The name that stands at a position, of those that may well come where `expected` would be next. */
  seek(words: DataView, at: number, expected: ExpectedName | null): ExpectedName | null {
    return (
      seekFrom(expected, words, at) ?? (expected === this.first ? null : seekFrom(this.first, words, at))
    );
  }

  /**
   * Learns the name that stands between two positions, with its quotes and its colon, as one that comes behind `before`,
   * and answers it.
   */
  learn(
    before: ExpectedName | null,
    text: EventText,
    start: number,
    end: number,
    child: PathNode | null,
  ): ExpectedName | null {
    const length = end - start;
    if (length < 4 || length > LONGEST_NAME || this.#lessons === MOST_LESSONS) return null;
    this.#lessons++;
    const learned = new ExpectedName(text.words, start, end, child);
    if (this.#count === MOST_NAMES) {
      this.first = learned;
      this.#count = 1;
      return learned;
    }
    this.#count++;
    learned.next = before === null ? this.first : before.next;
    if (before === null) this.first = learned;
    else before.next = learned;
    return learned;
  }

  /** All of them, in their order. */
  get list(): ExpectedName[] {
    const names: ExpectedName[] = [];
    for (let name = this.first; name !== null; name = name.next) names.push(name);
    return names;
  }

  /** Starts anew, because names lead elsewhere. */
  forget(): void {
    this.first = null;
    this.#count = 0;
    this.#lessons = 0;
  }
}

function seekFrom(expected: ExpectedName | null, words: DataView, at: number): ExpectedName | null {
  let name = expected;
  for (let tries = 0; tries < MOST_TRIED && name !== null; tries++, name = name.next) {
    if (name.stands(words, at)) return name;
  }
  return null;
}
