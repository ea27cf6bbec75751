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
  /** Four bytes each; the last ones may overlap with those before. */
  readonly words: readonly number[];

  constructor(words: DataView, start: number, end: number, child: PathNode | null) {
    this.length = end - start;
    this.child = child;
    this.words = Array.from({ length: Math.ceil(this.length / 4) }, (_, index) =>
      words.getInt32(start + this.offsetOf(index), true),
    );
  }

  /** Where a word stands in the name. */
  offsetOf(word: number): number {
    return Math.min(4 * word, this.length - 4);
  }

  /** Whether the name stands at a position. */
  stands(text: DataView, at: number): boolean {
    const { words } = this;
    for (let i = 0; i < words.length; i++) {
      if (text.getInt32(at + this.offsetOf(i), true) !== words[i]!) return false;
    }
    return true;
  }
}

export class NameOrder {
  first: ExpectedName | null = null;
  #count = 0;
  #lessons = 0;
  /** The name of the object at hand that was read last. */
  #last: ExpectedName | null = null;

  /** Another object begins. */
  begin(): void {
    this.#last = null;
  }

  /** The name that stands at a position, of those that may well come there. */
  seek(words: DataView, at: number): ExpectedName | null {
    const { first } = this;
    const last = this.#last;
    const found = (last === null ? null : seekFrom(last.next, words, at)) ?? seekFrom(first, words, at);
    if (found !== null) this.#last = found;
    return found;
  }

  /**
   * Learns the name that stands between two positions, with its quotes and its colon, as one that comes behind the one
   * that was read last.
   */
  learn(text: EventText, start: number, end: number, child: PathNode | null): void {
    const length = end - start;
    if (length < 4 || length > LONGEST_NAME || this.#lessons === MOST_LESSONS) return;
    this.#lessons++;
    if (this.#count === MOST_NAMES) {
      this.first = this.#last = null;
      this.#count = 0;
    }
    this.#count++;
    const learned = new ExpectedName(text.words, start, end, child);
    const last = this.#last;
    learned.next = last === null ? this.first : last.next;
    if (last === null) this.first = learned;
    else last.next = learned;
    this.#last = learned;
  }

  /** All of them, in their order. */
  get list(): ExpectedName[] {
    const names: ExpectedName[] = [];
    for (let name = this.first; name !== null; name = name.next) names.push(name);
    return names;
  }

  /** Starts anew, because names lead elsewhere. */
  forget(): void {
    this.first = this.#last = null;
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
