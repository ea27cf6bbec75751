import { numberKey } from './json/number.ts';
import type { NumberKey } from './json/number.ts';
import type { ElementNode } from './match/element-node.ts';

/** The JSON kind of a scalar; objects and arrays are never values. */
export type ValueKind = 'string' | 'number' | 'true' | 'false' | 'null';

/** One scalar of an event. */
export class EventValue {
  readonly kind: ValueKind;
  /** A string's decoded content, a number as it is written, or the literal's name. */
  readonly text: string;
  /** The innermost array element that holds the value, or null outside of arrays of objects. */
  readonly element: ElementNode | null;
  #numberKey: NumberKey | undefined = undefined;

  constructor(kind: ValueKind, text: string, element: ElementNode | null) {
    this.kind = kind;
    this.text = text;
    this.element = element;
  }

  /** What the number is compared by; `undefined` for other kinds. */
  get number(): NumberKey | undefined {
    if (this.kind !== 'number') return undefined;
    this.#numberKey ??= numberKey(this.text);
    return this.#numberKey;
  }

  /** The value as JSON text. */
  toJson(): string {
    return this.kind === 'string' ? JSON.stringify(this.text) : this.text;
  }
}
