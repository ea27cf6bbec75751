/**
 * Walks an event's text once and hands the values of the fields that patterns read to those fields.
 *
 * It is fast by what it leaves out: what no pattern reads is skipped by its brackets (`skim.ts`) unless the syntax is
 * to be checked, names are compared with those of the event before (`name-order.ts`), values are kept as positions and
 * not made into strings, and array elements are told apart only where some pattern could tell the difference.
 */
import { EventError } from '../errors.ts';
import type { ValueKind } from '../event-value.ts';
import { MAX_EVENT_DEPTH } from '../limits.ts';
import { encodeUnits, hashBytes, HASH_START, hashOn } from './byte-hash.ts';
import type { Contract } from './contract.ts';
import type { ElementNode } from './element-node.ts';
import type { Field } from './field.ts';
import { JsonCursor } from './json-cursor.ts';
import type { PathNode } from './path-trie.ts';
import { Pile } from './pile.ts';
import { skimContainer, skimValue } from './skim.ts';

const QUOTE = 34;
const COMMA = 44;
const DOT = 46;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const LETTER_F = 102;
const LETTER_N = 110;
const LETTER_T = 116;

/**
 * One scanner serves one matcher; its results are valid until they are released. Its methods answer how many fields
 * they have seen, so that a trusted event is left when all are seen.
 */
export class EventScanner {
  /** The fields that have values in the event. */
  readonly touched = new Pile<Field>();
  /** Whether any value lies within an array of objects (or of arrays) whose elements matter. */
  holdsElements = false;
  /**
   * Whether one path led to two arrays of objects within one element, which takes duplicate keys or a dotted key
   * beside its nested twin.
   */
  repeatsArrays = false;
  readonly #cursor = new JsonCursor();
  readonly #strict: boolean;
  readonly #trusted: boolean;
  /** How many objects were left before their end, because all fields in them have been seen. */
  #left = 0;
  #elements = 0;
  #arrays = 0;
  #arraysSeen: Map<PathNode, Set<ElementNode | null>> | undefined;

  constructor(contract: Contract) {
    this.#strict = contract === 'strict';
    this.#trusted = contract === 'trusted';
  }

  /** Reads an event into the fields below `root`. Throws `EventError` unless it is a JSON object. */
  scan(event: string | Uint8Array, root: PathNode): void {
    const cursor = this.#cursor;
    this.#left = 0;
    this.#elements = 0;
    this.#arrays = 0;
    this.holdsElements = false;
    this.repeatsArrays = false;
    cursor.open(event, this.#strict);
    if (cursor.skipSpace() !== OPEN_BRACE) cursor.fail('The event is not a JSON object');
    cursor.position++;
    if (this.#trusted && root.fieldsBelow === 0) return;
    this.#object(root, null, 1);
    if (this.#left > 0) return;
    cursor.skipSpace();
    if (!cursor.ended) cursor.fail('Text follows the event');
    if (cursor.position > cursor.length) throw new EventError('The event is not closed', cursor.length);
  }

  /** Lets go of everything that belongs to the event. */
  release(): void {
    const { touched } = this;
    for (let i = 0; i < touched.count; i++) touched.items[i]!.clear();
    touched.clear();
    this.#arraysSeen = undefined;
    this.#cursor.close();
  }

  /** Reads an object's fields from behind its opening brace. */
  #object(node: PathNode, element: ElementNode | null, depth: number): number {
    const cursor = this.#cursor;
    const enough = this.#trusted ? node.fieldsBelow : -1;
    let seen = 0;
    if (cursor.skipSpace() === CLOSE_BRACE) {
      cursor.position++;
      return 0;
    }
    for (let index = 0; ; index++) {
      if (cursor.skipSpace() !== QUOTE) cursor.fail('A field name in double quotes is missing');
      const expected = node.names.at(index, cursor);
      let child: PathNode | null | undefined;
      if (expected === null) {
        child = this.#unexpectedName(node, index);
      } else {
        cursor.position += expected.length;
        child = expected.child;
      }
      const c = cursor.skipSpace();
      if (child === null || child === undefined) {
        this.#skip(c);
      } else {
        seen += this.#value(child, c, element, depth);
        if (seen === enough) {
          this.#left++;
          return seen;
        }
        if (this.#left > 0) this.#leave();
      }
      const end = cursor.skipSpace();
      cursor.position++;
      if (end === COMMA) continue;
      if (end === CLOSE_BRACE) return seen;
      cursor.position--;
      cursor.fail('A comma or a closing brace is missing in an object');
    }
  }

  /** Moves to the end of the objects that were left early. */
  #leave(): void {
    const cursor = this.#cursor;
    cursor.position = skimContainer(cursor, cursor.position, this.#left);
    this.#left = 0;
  }

  #skip(c: number): void {
    const cursor = this.#cursor;
    if (this.#strict) cursor.skipValue(c);
    else cursor.position = skimValue(cursor, cursor.position, c);
  }

  /** Reads a field name and its colon, learns it, and answers the node that it leads to, if any. */
  #unexpectedName(node: PathNode, index: number): PathNode | undefined {
    const cursor = this.#cursor;
    const start = cursor.position;
    const plain = cursor.skipName();
    const end = cursor.position;
    if (cursor.skipSpace() !== COLON) cursor.fail('A colon is missing after a field name');
    cursor.position++;
    if (!plain) return descend(node, cursor.decode(start + 1, end - 1));
    const child = this.#find(node, start + 1, end - 1);
    if (cursor.position === end + 1 && !node.open) node.names.learn(index, cursor, start, end + 1, child);
    return child;
  }

  #find(node: PathNode, start: number, end: number): PathNode | undefined {
    const cursor = this.#cursor;
    if (!node.open && !cursor.bytes.subarray(start, end).includes(DOT)) return node.find(cursor, start, end);
    return descend(node, cursor.slice(start, end));
  }

  #value(node: PathNode, c: number, element: ElementNode | null, depth: number): number {
    const cursor = this.#cursor;
    if (c === OPEN_BRACE) {
      if (depth >= MAX_EVENT_DEPTH || (node.children === null && !node.open)) {
        this.#skip(c);
        return 0;
      }
      cursor.position++;
      return this.#object(node, element, depth + 1);
    }
    if (c === OPEN_BRACKET) {
      if (depth >= MAX_EVENT_DEPTH) {
        this.#skip(c);
        return 0;
      }
      cursor.position++;
      return this.#array(node, element, depth + 1);
    }
    return this.#scalar(node, c, element);
  }

  /** Reads an array's elements from behind its opening bracket. */
  #array(node: PathNode, element: ElementNode | null, depth: number): number {
    const cursor = this.#cursor;
    if (cursor.skipSpace() === CLOSE_BRACKET) {
      cursor.position++;
      return 0;
    }
    let array = -1;
    let scalar = 0;
    let within = 0;
    for (;;) {
      const c = cursor.skipSpace();
      if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        let inner = element;
        if (node.elementsMatter > 0 || node.open) {
          if (array < 0) array = this.#openArray(node, element);
          inner = this.#openElement(node, element, array);
        }
        within = Math.max(within, this.#value(node, c, inner, depth));
        if (this.#left > 0) this.#leave();
      } else {
        scalar = Math.max(scalar, this.#scalar(node, c, element));
      }
      const end = cursor.skipSpace();
      cursor.position++;
      if (end === COMMA) continue;
      if (end === CLOSE_BRACKET) return Math.max(scalar, within);
      cursor.position--;
      cursor.fail('A comma or a closing bracket is missing in an array');
    }
  }

  #openArray(node: PathNode, element: ElementNode | null): number {
    this.#arraysSeen ??= new Map();
    let within = this.#arraysSeen.get(node);
    if (within === undefined) this.#arraysSeen.set(node, (within = new Set()));
    if (within.has(element)) this.repeatsArrays = true;
    within.add(element);
    return this.#arrays++;
  }

  #openElement(node: PathNode, parent: ElementNode | null, array: number): ElementNode {
    const depth = parent === null ? 0 : parent.depth + 1;
    return { parent, depth, array, id: this.#elements++, path: node };
  }

  #scalar(node: PathNode, c: number, element: ElementNode | null): number {
    if (node.field === null && !node.open) {
      this.#skip(c);
      return 0;
    }
    const cursor = this.#cursor;
    const field = node.obtainField();
    if (c === QUOTE) {
      this.#string(field, element);
      return 1;
    }
    const start = cursor.position;
    cursor.skipValue(c);
    const kind = c === LETTER_T ? 'true' : c === LETTER_F ? 'false' : c === LETTER_N ? 'null' : 'number';
    this.#place(field, kind, start, cursor.position, 0, element);
    return 1;
  }

  /** Reads a string from its opening quote on, and hashes it on the way. */
  #string(field: Field, element: ElementNode | null): void {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const start = cursor.position + 1;
    let hash = HASH_START;
    for (let i = start; ; i++) {
      const c = bytes[i]!;
      if (c === QUOTE) {
        cursor.position = i + 1;
        this.#place(field, 'string', start, i, hash, element);
        return;
      }
      if (c === BACKSLASH || c < 32) break;
      hash = hashOn(hash, c);
    }
    cursor.position = start;
    cursor.skipString();
    const text = cursor.decode(start, cursor.position - 1);
    const content = encodeUnits(text);
    this.#take(field, element).placeDecoded(text, content, hashBytes(content), element);
  }

  #place(
    field: Field,
    kind: ValueKind,
    start: number,
    end: number,
    hash: number,
    element: ElementNode | null,
  ): void {
    this.#take(field, element).place(kind, this.#cursor, start, end, hash, element);
  }

  #take(field: Field, element: ElementNode | null): ReturnType<Field['add']> {
    if (element !== null) this.holdsElements = true;
    if (field.count === 0) this.touched.add(field);
    return field.add(element);
  }
}

/** Follows a name that may hold dots. */
function descend(node: PathNode, name: string): PathNode | undefined {
  let reached: PathNode | undefined = node;
  for (const part of name.split('.')) {
    reached = node.open ? reached.obtain(part) : reached.children?.get(part);
    if (reached === undefined) return undefined;
  }
  return reached;
}
