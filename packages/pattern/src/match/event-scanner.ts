import { EventValue } from '../event-value.ts';
import type { ValueKind } from '../event-value.ts';
import { MAX_EVENT_DEPTH } from '../limits.ts';
import type { ElementNode } from './element-node.ts';
import type { Field } from './field.ts';
import { JsonCursor } from './json-cursor.ts';
import type { PathNode } from './path-trie.ts';

const QUOTE = 34;
const COMMA = 44;
const DOT = 46;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const LETTER_F = 102;
const LETTER_N = 110;
const LETTER_T = 116;

/**
 * Walks an event's text once and hands the values of the fields that patterns read to those fields. Everything else
 * is only checked for syntax. One scanner serves one matcher; its results are valid until the next scan.
 */
export class EventScanner {
  /** The fields that have values in the event. */
  readonly touched: Field[] = [];
  /** Whether any value lies within an array of objects (or of arrays). */
  holdsElements = false;
  /**
   * Whether one path led to two arrays of objects within one element, which takes duplicate keys or a dotted key
   * beside its nested twin.
   */
  repeatsArrays = false;
  readonly #cursor = new JsonCursor();
  #generation = 0;
  #elements = 0;
  #arrays = 0;
  #arraysSeen: Map<PathNode, Set<ElementNode | null>> | undefined;

  /** Reads an event into the fields below `root`. Throws `EventError` unless it is a JSON object. */
  scan(event: string | Uint8Array, root: PathNode, generation: number): void {
    const cursor = this.#cursor;
    this.#generation = generation;
    this.#elements = 0;
    this.#arrays = 0;
    this.holdsElements = false;
    this.repeatsArrays = false;
    cursor.open(event);
    if (cursor.skipSpace() !== OPEN_BRACE) cursor.fail('The event is not a JSON object');
    cursor.position++;
    this.#object(root, null, 1);
    cursor.skipSpace();
    if (!cursor.ended) cursor.fail('Text follows the event');
  }

  /** Lets go of everything that belongs to the event. */
  release(): void {
    for (const field of this.touched) field.clear();
    this.touched.length = 0;
    this.#arraysSeen = undefined;
    this.#cursor.close();
  }

  /** Reads an object's fields from behind its opening brace. */
  #object(node: PathNode, element: ElementNode | null, depth: number): void {
    const cursor = this.#cursor;
    if (cursor.skipSpace() === CLOSE_BRACE) {
      cursor.position++;
      return;
    }
    for (;;) {
      if (cursor.skipSpace() !== QUOTE) cursor.fail('A field name in double quotes is missing');
      const child = this.#name(node);
      if (cursor.skipSpace() !== COLON) cursor.fail('A colon is missing after a field name');
      cursor.position++;
      const c = cursor.skipSpace();
      if (child === undefined) cursor.skipValue(c);
      else this.#value(child, c, element, depth);
      const end = cursor.skipSpace();
      cursor.position++;
      if (end === COMMA) continue;
      if (end === CLOSE_BRACE) return;
      cursor.position--;
      cursor.fail('A comma or a closing brace is missing in an object');
    }
  }

  /** Reads a field name from its opening quote and answers the node that it leads to, if any. */
  #name(node: PathNode): PathNode | undefined {
    const cursor = this.#cursor;
    const start = ++cursor.position;
    const { bytes } = cursor;
    let dotted = false;
    for (let i = start; ; i++) {
      const c = bytes[i]!;
      if (c === QUOTE) {
        cursor.position = i + 1;
        if (dotted || node.open) return descend(node, cursor.slice(start, i));
        return node.find(cursor, start, i);
      }
      if (c === DOT) dotted = true;
      else if (c === 92 || !(c >= 32)) break;
    }
    cursor.skipString();
    return descend(node, cursor.decode(start, cursor.position - 1));
  }

  #value(node: PathNode, c: number, element: ElementNode | null, depth: number): void {
    const cursor = this.#cursor;
    if (c === OPEN_BRACE) {
      if (depth >= MAX_EVENT_DEPTH || (node.children === null && !node.open)) {
        cursor.skipValue(c);
        return;
      }
      cursor.position++;
      this.#object(node, element, depth + 1);
    } else if (c === OPEN_BRACKET) {
      if (depth >= MAX_EVENT_DEPTH) {
        cursor.skipValue(c);
        return;
      }
      cursor.position++;
      this.#array(node, element, depth + 1);
    } else {
      this.#scalar(node, c, element);
    }
  }

  /** Reads an array's elements from behind its opening bracket. */
  #array(node: PathNode, element: ElementNode | null, depth: number): void {
    const cursor = this.#cursor;
    if (cursor.skipSpace() === CLOSE_BRACKET) {
      cursor.position++;
      return;
    }
    let array = -1;
    for (;;) {
      const c = cursor.skipSpace();
      if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        if (array < 0) array = this.#openArray(node, element);
        this.#value(node, c, this.#openElement(node, element, array), depth);
      } else {
        this.#scalar(node, c, element);
      }
      const end = cursor.skipSpace();
      cursor.position++;
      if (end === COMMA) continue;
      if (end === CLOSE_BRACKET) return;
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

  #scalar(node: PathNode, c: number, element: ElementNode | null): void {
    const cursor = this.#cursor;
    const start = cursor.position;
    if (node.field === null && !node.open) {
      cursor.skipValue(c);
      return;
    }
    if (c === QUOTE) {
      cursor.position++;
      const plain = cursor.skipString();
      const end = cursor.position - 1;
      const text = plain ? cursor.slice(start + 1, end) : cursor.decode(start + 1, end);
      this.#add(node, 'string', text, element);
      return;
    }
    cursor.skipValue(c);
    const kind = c === LETTER_T ? 'true' : c === LETTER_F ? 'false' : c === LETTER_N ? 'null' : 'number';
    const text = kind === 'number' ? cursor.slice(start, cursor.position) : kind;
    this.#add(node, kind, text, element);
  }

  #add(node: PathNode, kind: ValueKind, text: string, element: ElementNode | null): void {
    const field = node.obtainField();
    if (element !== null) this.holdsElements = true;
    if (field.add(new EventValue(kind, text, element), this.#generation)) this.touched.push(field);
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
