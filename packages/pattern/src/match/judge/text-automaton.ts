/**
 * Tells apart, byte by byte, the strings that some texts with wildcards tell apart.
 *
 * All texts are followed at once: a state is the set of places that have been reached within them, and each byte leads
 * to one other state by one look into a table. However different the texts are, and however many, a string costs one
 * load for each of its bytes. States are worked out when a string first needs them, and there is a limit to them.
 */
import { encodeUnits, foldByte } from '../byte-hash.ts';

const QUOTE = 34;
const BACKSLASH = 92;

/** A text with wildcards: its parts, between which anything may stand. */
export interface Shape {
  readonly parts: readonly string[];
  /** ASCII letters stand for capitals, too. */
  readonly ignoresCase: boolean;
}

/** Numbers in a table. */
const LARGEST_TABLE = 1 << 15;

/** What the table says where a closer look is needed. */
export const UNKNOWN = -1;

/** No byte: what stands behind the last one of a text. */
const NOTHING = -1;

/** A place within a text. */
interface Place {
  /** The byte that leads to the next place. */
  readonly byte: number;
  readonly ignoresCase: boolean;
  /** Whether any byte leads back to this place. */
  readonly stays: boolean;
  /** The first place of the text. */
  readonly first: number;
}

export class TextAutomaton {
  /** For each byte its column. The closing quote has the first one, and what strings hold only in escapes the second. */
  readonly columns = new Uint8Array(256).fill(2);
  /** For each state a row: where the next state's row begins, `UNKNOWN`, or less in the column of the quote. */
  table: Int32Array;
  readonly #width: number;
  readonly #places: Place[] = [];
  readonly #states: (readonly number[])[] = [];
  readonly #rows = new Map<string, number>();

  constructor(shapes: readonly Shape[]) {
    const starts = shapes.map((shape) => this.#lay(shape));
    this.columns.fill(1, 0, 32);
    this.columns[QUOTE] = 0;
    this.columns[BACKSLASH] = 1;
    let width = 3;
    for (let byte = 32; byte < 256; byte++) {
      if (this.columns[byte] === 2 && this.#places.some((place) => leads(place, byte)))
        this.columns[byte] = width++;
    }
    this.#width = width;
    this.table = new Int32Array(16 * width).fill(UNKNOWN);
    this.#rowOf(starts);
  }

  /** The row of the state that a byte leads to, from that of a row; `UNKNOWN` if there would be too many. */
  follow(row: number, byte: number): number {
    const reached: number[] = [];
    const reach = (place: number): void => {
      // A text that has got to a later wildcard has no need to go back to an earlier one.
      const { stays, first } = this.#places[place]!;
      if (stays) while (reached.length > 0 && reached.at(-1)! >= first) reached.pop();
      reached.push(place);
    };
    for (const at of this.#states[row / this.#width]!) {
      const place = this.#places[at]!;
      if (place.stays) reach(at);
      if (leads(place, byte)) reach(at + 1);
    }
    const next = this.#rowOf(reached);
    if (next !== UNKNOWN) this.table[row + this.columns[byte]!] = next;
    return next;
  }

  #rowOf(places: readonly number[]): number {
    const key = places.join();
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.#states.length * this.#width;
      if (row + this.#width > LARGEST_TABLE) return UNKNOWN;
      this.#states.push(places);
      this.#rows.set(key, row);
      if (row + this.#width > this.table.length) {
        const { table } = this;
        this.table = new Int32Array(2 * table.length).fill(UNKNOWN);
        this.table.set(table);
      }
    }
    return row;
  }

  /** Lays out the places of a text, and answers the first one. */
  #lay({ parts, ignoresCase }: Shape): number {
    const first = this.#places.length;
    for (const [index, part] of parts.entries()) {
      const bytes = [...encodeUnits(part)];
      if (index === parts.length - 1) bytes.push(NOTHING);
      for (const [at, byte] of bytes.entries())
        this.#places.push({ byte, ignoresCase, stays: index > 0 && at === 0, first });
    }
    return first;
  }
}

function leads({ byte, ignoresCase }: Place, by: number): boolean {
  return byte === (ignoresCase ? foldByte(by) : by);
}
