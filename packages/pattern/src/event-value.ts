import { exactDouble } from './json/exact-double.ts';
import { numberKey } from './json/number.ts';
import type { NumberKey } from './json/number.ts';
import type { ElementNode } from './match/element-node.ts';

/** The JSON kind of a scalar; objects and arrays are never values. */
export type ValueKind = 'string' | 'number' | 'true' | 'false' | 'null';

/** The kind of the scalar that starts with a character. */
export function kindOf(first: number): ValueKind {
  return KINDS.get(first) ?? 'number';
}

const KINDS: ReadonlyMap<number, ValueKind> = new Map([
  [34, 'string'],
  [102, 'false'],
  [110, 'null'],
  [116, 'true'],
]);

/** What holds an event's bytes while it is matched. */
export interface ByteSource {
  readonly bytes: Uint8Array;
  slice(start: number, end: number): string;
}

const NO_BYTES = new Uint8Array(0);

/**
 * One scalar of an event. Most are judged by their bytes alone, so the text is only made where a condition asks for
 * it. The objects are used again for the next event.
 */
export class EventValue {
  kind: ValueKind;
  /** The innermost array element that holds the value, or null outside of arrays of objects. */
  element: ElementNode | null;
  /** A string's content in UTF-8, or a number as it is written, stands here between `start` and `end`. */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  #text: string | undefined;
  #source: ByteSource | null = null;
  #numberKey: NumberKey | undefined = undefined;

  constructor(kind: ValueKind = 'null', text = '', element: ElementNode | null = null) {
    this.kind = kind;
    this.#text = text;
    this.element = element;
  }

  /** Becomes the value between two positions of an event. */
  place(kind: ValueKind, source: ByteSource, start: number, end: number, element: ElementNode | null): void {
    this.kind = kind;
    this.element = element;
    this.bytes = source.bytes;
    this.start = start;
    this.end = end;
    this.#text = undefined;
    this.#source = source;
    this.#numberKey = undefined;
  }

  /** Becomes a string that holds escapes: `bytes` are its content in UTF-8. */
  placeDecoded(text: string, bytes: Uint8Array, element: ElementNode | null): void {
    this.kind = 'string';
    this.element = element;
    this.bytes = bytes;
    this.start = 0;
    this.end = bytes.length;
    this.#text = text;
  }

  /** Lets go of what belongs to the event. */
  release(): void {
    if (this.element !== null) this.element = null;
    if (this.#text === undefined) return;
    this.#text = '';
    this.bytes = NO_BYTES;
  }

  /** A string's decoded content, a number as it is written, or the literal's name. */
  get text(): string {
    this.#text ??=
      this.kind === 'string' || this.kind === 'number'
        ? this.#source!.slice(this.start, this.end)
        : this.kind;
    return this.#text;
  }

  /** What the number is compared by; `undefined` for other kinds. */
  get number(): NumberKey | undefined {
    if (this.kind !== 'number') return undefined;
    if (this.#numberKey === undefined) {
      const number = exactDouble(this.bytes, this.start, this.end);
      this.#numberKey = this.end > this.start && !Number.isNaN(number) ? number : numberKey(this.text);
    }
    return this.#numberKey;
  }

  /** The value as JSON text. */
  toJson(): string {
    return this.kind === 'string' ? JSON.stringify(this.text) : this.text;
  }
}
