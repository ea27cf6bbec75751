/**
 * Conditions on the text, or the beginning, the end or a part, of a string, found by hashes of its bytes.
 *
 * A value costs one probe for each length that some condition has, however many conditions there are, and most
 * values none at all: their length or first byte rules all conditions out.
 */
import type { EventValue } from '../event-value.ts';
import type { Reach } from '../operators/operator.ts';
import { encodeUnits, foldByte, hashBytes, HASH_START, hashOn } from './byte-hash.ts';
import type { FieldCondition } from './field.ts';
import type { ConditionSink } from './value-index.ts';

/** A reach by a string's text, beginning or end. */
export type TextReach = Extract<Reach, { text: string }>;

interface Entry {
  readonly condition: FieldCondition;
  readonly text: string;
  /** How many bytes the text has. */
  readonly length: number;
  readonly suffices: boolean;
  /** The last search that has come upon the entry. */
  search: number;
  /** Another entry with the same hash. */
  next: Entry | undefined;
}

export class TextIndex {
  readonly #by: TextReach['by'];
  readonly #ignoresCase: boolean;
  readonly #entries = new Map<number, Entry>();
  /** How many entries have each length; the longest stands last. */
  readonly #lengths: number[] = [0];
  /** How many entries begin, or for suffixes end, with each byte. */
  readonly #edges = new Uint32Array(256);
  /** Numbers the searches for parts of values, so that a part that occurs often is found once. */
  #search = 0;

  constructor({ by, ignoresCase }: TextReach) {
    this.#by = by;
    this.#ignoresCase = ignoresCase;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether the reach belongs here. */
  takes({ by, ignoresCase }: TextReach): boolean {
    return by === this.#by && ignoresCase === this.#ignoresCase;
  }

  add(reach: TextReach, condition: FieldCondition): void {
    const bytes = encodeUnits(reach.text);
    const hash = this.#hashOf(bytes);
    const { text, suffices } = reach;
    const next = this.#entries.get(hash);
    this.#entries.set(hash, { condition, text, length: bytes.length, suffices, search: 0, next });
    this.#count(bytes, 1);
  }

  remove(reach: TextReach, condition: FieldCondition): void {
    const bytes = encodeUnits(reach.text);
    const hash = this.#hashOf(bytes);
    let before: Entry | undefined;
    for (let entry = this.#entries.get(hash); entry !== undefined; before = entry, entry = entry.next) {
      if (entry.condition !== condition || entry.text !== reach.text) continue;
      if (before !== undefined) before.next = entry.next;
      else if (entry.next !== undefined) this.#entries.set(hash, entry.next);
      else this.#entries.delete(hash);
      this.#count(bytes, -1);
      return;
    }
  }

  find(value: EventValue, sink: ConditionSink): void {
    const { bytes, start, end } = value;
    const by = this.#by;
    const length = end - start;
    if (length === 0) {
      if (this.#lengths[0]! > 0) this.#probe(HASH_START, 0, start, value, sink);
    } else if (by === 'infix') {
      this.#search++;
      for (let from = start; from < end; from++) {
        if (this.#edges[bytes[from]!]! > 0) this.#walk(value, from, 1, 1, end - from, sink);
      }
    } else if (this.#edges[this.#fold(bytes[by === 'suffix' ? end - 1 : start]!)]! > 0) {
      if (by === 'suffix') this.#walk(value, end - 1, -1, 1, length, sink);
      else if (by === 'prefix') this.#walk(value, start, 1, 1, length, sink);
      else if (length >= this.#lengths.length || this.#lengths[length]! === 0) return;
      else this.#walk(value, start, 1, length, length, sink);
    }
  }

  #fold(byte: number): number {
    return this.#ignoresCase ? foldByte(byte) : byte;
  }

  /** Looks up the `least` to `most` bytes that stand at a place, or before it if `step` is negative. */
  #walk(value: EventValue, at: number, step: 1 | -1, least: number, most: number, sink: ConditionSink): void {
    const { bytes } = value;
    const lengths = this.#lengths;
    const longest = Math.min(most, lengths.length - 1);
    let hash = HASH_START;
    for (let count = 1, i = at; count <= longest; count++, i += step) {
      hash = hashOn(hash, this.#fold(bytes[i]!));
      if (lengths[count]! > 0 && count >= least) this.#probe(hash, count, step > 0 ? at : i, value, sink);
    }
  }

  /** Hands over the conditions whose text is what stands at `from`. */
  #probe(hash: number, length: number, from: number, value: EventValue, sink: ConditionSink): void {
    for (let entry = this.#entries.get(hash); entry !== undefined; entry = entry.next) {
      if (entry.length !== length || (this.#by === 'infix' && entry.search === this.#search)) continue;
      if (!this.#fits(entry, from, value)) continue;
      entry.search = this.#search;
      sink.found(entry.condition, value, entry.suffices);
    }
  }

  /** Compares what the hash has promised. */
  #fits({ text, length }: Entry, from: number, value: EventValue): boolean {
    if (text.length !== length) return this.#fitsBeyondAscii(text, value);
    const { bytes } = value;
    for (let i = 0; i < length; i++) {
      if (text.charCodeAt(i) !== this.#fold(bytes[from + i]!)) return false;
    }
    return true;
  }

  #fitsBeyondAscii(text: string, value: EventValue): boolean {
    if (this.#by === 'text') return value.text === text;
    return this.#by === 'prefix' ? value.text.startsWith(text) : value.text.endsWith(text);
  }

  #hashOf(bytes: Uint8Array): number {
    return hashBytes(this.#by === 'suffix' ? bytes.toReversed() : bytes);
  }

  #count(bytes: Uint8Array, by: number): void {
    while (this.#lengths.length <= bytes.length) this.#lengths.push(0);
    this.#lengths[bytes.length]! += by;
    const edge = bytes.at(this.#by === 'suffix' ? -1 : 0);
    if (edge !== undefined) this.#edges[edge]! += by;
  }
}
