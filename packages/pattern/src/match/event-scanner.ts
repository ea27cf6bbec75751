/**
 * Walks an event's text once and hands the values of the fields that patterns read to those fields.
 *
 * It is fast by what it leaves out: names are compared with those of earlier events (`name-order.ts`) and not read, values
 * are kept as positions and not made into strings, and array elements are told apart only where some pattern could tell
 * the difference. Once rules have been the same for a while, a program made for them takes its place (`generate/`).
 */
import { EventError } from '../errors.ts';
import { kindOf } from '../event-value.ts';
import { MAX_EVENT_DEPTH } from '../limits.ts';
import { encodeUnits } from './byte-hash.ts';
import type { Contract } from './contract.ts';
import { ElementTree } from './element-node.ts';
import type { ElementNode } from './element-node.ts';
import type { Field } from './field.ts';
import type { FieldJudge } from './judge/field-judge.ts';
import type { VerdictSink } from './judge/verdict.ts';
import type { ConditionSink } from './value-index.ts';
import { JsonCursor } from './json-cursor.ts';
import type { PathNode } from './path-trie.ts';
import { Pile } from './pile.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** A program that reads the fields of an object from behind its opening brace. */
export type Reader = (bytes: Uint8Array, words: DataView, from: number, depth: number) => number;

/** No number of fields. */
const NEVER = -1;

/**
 * One scanner serves one matcher; its results are valid until they are released. Its methods start at a position of
 * the text and answer the one behind what they read.
 */
export class EventScanner {
  /** The fields that have values in the event. */
  readonly touched = new Pile<Field>();
  /** Whether any value lies within an array of objects (or of arrays) whose elements matter. */
  holdsElements = false;
  readonly cursor = new JsonCursor();
  readonly contract: Contract;
  readonly #sink: (ConditionSink & VerdictSink) | undefined;
  /** Reads objects in place of the scanner, for one state of the rules. */
  reader: Reader | null = null;
  /** How many names the reader did not expect. */
  surprises = 0;
  /** Whether nothing that follows can matter. */
  finished = false;
  /** The sink's. */
  round = 0;
  /** How many fields it takes until what follows need not be read, or is searched for more values. */
  #wanted = NEVER;
  /** The object in which that was last tried. */
  #searchedIn: PathNode | null = null;
  #root: PathNode | null = null;
  openArrays = 0;
  /** Where the name and the colon end that were read last. */
  #behindName = 0;
  /** Whether that name stands in the text as names usually do. */
  #learnable = false;
  readonly elements = new ElementTree();

  /** With a sink, values outside of arrays of objects are judged at once, and only kept if that is not enough. */
  constructor(contract: Contract, sink?: ConditionSink & VerdictSink) {
    this.contract = contract;
    this.#sink = sink;
  }

  /** Reads an event into the fields below `root`. Throws `EventError` unless it is a JSON object. */
  scan(event: string | Uint8Array, root: PathNode): void {
    const cursor = this.cursor;
    this.finished = false;
    this.round = this.#sink?.round ?? 0;
    this.openArrays = 0;
    this.#root = root;
    this.#wanted = this.contract === 'strict' || root.fieldsBelow === 0 ? NEVER : root.fieldsBelow;
    this.#searchedIn = null;
    this.holdsElements = false;
    cursor.open(event, this.contract === 'strict');
    const start = cursor.skipSpace(0);
    if (cursor.bytes[start]! !== OPEN_BRACE) cursor.fail('The event is not a JSON object', start);
    if (this.contract === 'trusted' && root.fieldsBelow === 0) return;
    const { reader } = this;
    const behind =
      reader === null
        ? this.#object(root, start + 1, null, 1)
        : reader(cursor.bytes, cursor.words, start + 1, 1);
    if (this.finished) return;
    const end = cursor.skipSpace(behind);
    if (end < cursor.length) cursor.fail('Text follows the event', end);
    if (end > cursor.length) throw new EventError('The event is not closed', cursor.length);
  }

  /** Lets go of everything that belongs to the event. */
  release(): void {
    const { touched } = this;
    for (let i = 0; i < touched.count; i++) touched.items[i]!.clear();
    touched.clear();
    this.elements.clear();
    this.cursor.close();
  }

  /** Reads an object's fields from behind its opening brace. */
  #object(node: PathNode, from: number, element: ElementNode | null, depth: number): number {
    const cursor = this.cursor;
    const { bytes, words } = cursor;
    const { names } = node;
    names.begin();
    let i = bytes[from]! > 32 ? from : cursor.skipSpace(from);
    if (bytes[i]! === CLOSE_BRACE) {
      return i + 1;
    }
    for (;;) {
      if (bytes[i]! !== QUOTE) i = cursor.skipSpace(i);
      const expected = names.seek(words, i);
      if (expected === null) {
        i = this.#member(this.#learnName(node, i), this.#behindName, element, depth);
      } else {
        i = this.#member(expected.child, i + expected.length, element, depth);
      }
      if (this.isAll(node, i)) return i;
      let c = bytes[i]!;
      if (c <= 32) c = bytes[(i = cursor.skipSpace(i))]!;
      i++;
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACE) cursor.unclosed(i - 1);
      return i;
    }
  }

  /** Whether the event can be left within an object, because no further value for any field follows. */
  isAll(node: PathNode, from: number): boolean {
    if (this.finished) return true;
    if (this.touched.count !== this.#wanted || this.openArrays > 0) return false;
    if (this.contract === 'scan') {
      // Once in each object around is enough: searching again and again would cost more than reading on.
      if (this.#searchedIn !== null && this.#searchedIn.parent !== node) return false;
      this.#searchedIn = node;
      const names = node.namesToCome(this.#root!);
      if (names.length === 0 || this.cursor.mentions(names, from)) return false;
    }
    this.finished = true;
    return true;
  }

  /** Reads the value behind a name, which `child` is for, if any pattern reads what is there. */
  #member(child: PathNode | null, from: number, element: ElementNode | null, depth: number): number {
    const { cursor } = this;
    const i = cursor.skipSpace(from);
    const c = cursor.bytes[i]!;
    return child === null ? cursor.skipValue(i, c) : this.readValue(child, i, c, element, depth);
  }

  /** Reads a name that was not expected, and learns it; `#behindName` tells where it ends. */
  #learnName(node: PathNode, start: number): PathNode | null {
    let child = this.#name(node, start);
    if (!this.#learnable) return child;
    if (node.owner !== null) node.blink();
    const behind = this.#behindName;
    // Only a container is worth a node of its own.
    if (child === null && (this.cursor.bytes[behind]! | 32) === OPEN_BRACE) child = node.obtainBlind();
    node.names.learn(this.cursor, start, behind, child);
    return child;
  }

  /** Reads a field name and its colon, and answers the node that it leads to, if any. */
  #name(node: PathNode, start: number): PathNode | null {
    const cursor = this.cursor;
    const behind = cursor.skipName(start);
    const end = cursor.skipString(start + 1);
    const { plain } = cursor;
    this.#learnable = plain && cursor.bytes[end]! === COLON && !node.open;
    this.#behindName = this.#learnable ? end + 1 : behind;
    // Most nodes lead nowhere, and a name makes no difference to them.
    if (node.children === null && !node.open) return null;
    return descend(node, plain ? cursor.slice(start + 1, end - 1) : cursor.decode(start + 1, end - 1));
  }

  /** Reads a name and its value on behalf of a generated reader, which does not expect them. */
  readOther(node: PathNode, start: number, depth: number): number {
    this.surprises++;
    return this.#member(this.#name(node, start), this.#behindName, null, depth);
  }

  /** Reads the value that starts with `c`. */
  readValue(node: PathNode, from: number, c: number, element: ElementNode | null, depth: number): number {
    if (c === OPEN_BRACE) {
      if (depth < MAX_EVENT_DEPTH && (node.children !== null || node.open || node.owner !== null))
        return this.#object(node, from + 1, element, depth + 1);
    } else if (c === OPEN_BRACKET) {
      if (depth < MAX_EVENT_DEPTH) return this.#array(node, from + 1, element, depth + 1);
    } else if (node.field !== null || node.open) {
      return this.#scalar(node.obtainField(), from, c, element);
    }
    return this.cursor.skipValue(from, c);
  }

  /** Reads an array's elements from behind its opening bracket. */
  #array(node: PathNode, from: number, element: ElementNode | null, depth: number): number {
    const cursor = this.cursor;
    const { bytes } = cursor;
    let i = bytes[from]! > 32 ? from : cursor.skipSpace(from);
    if (bytes[i]! === CLOSE_BRACKET) {
      return i + 1;
    }
    this.openArrays++;
    const elementsMatter = node.elementsMatter > 0 || node.open;
    let array = -1;
    for (;;) {
      let c = bytes[i]!;
      if (c <= 32) c = bytes[(i = cursor.skipSpace(i))]!;
      if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        let inner = element;
        if (elementsMatter) {
          if (array < 0) array = this.elements.openArray(node, element);
          inner = this.elements.open(node, element, array);
        }
        i = this.readValue(node, i, c, inner, depth);
      } else {
        i = this.readValue(node, i, c, element, depth);
      }
      c = bytes[i]!;
      if (c <= 32) c = bytes[(i = cursor.skipSpace(i))]!;
      i++;
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACKET) cursor.unclosed(i - 1);
      this.openArrays--;
      return i;
    }
  }

  /** Reads a value that is no container. */
  #scalar(field: Field, from: number, c: number, element: ElementNode | null): number {
    if (field.judge !== null && element === null) {
      const behind = this.judge(field.judge, from, c);
      if (behind > 0) return behind;
    }
    const { cursor } = this;
    const end = cursor.skipScalar(from, c);
    this.#touch(field, element);
    const sink = element === null && field.unlisted === 0 ? this.#sink : undefined;
    const value = sink === undefined ? field.add(element) : field.pass();
    if (c !== QUOTE) {
      value.place(kindOf(c), cursor, from, end, element);
    } else if (cursor.plain) {
      value.place('string', cursor, from + 1, end - 1, element);
    } else {
      const text = cursor.decode(from + 1, end - 1);
      value.placeDecoded(text, encodeUnits(text), element);
    }
    if (sink !== undefined) field.judgePassing(sink);
    return end;
  }

  /** Has a value judged that lies outside of arrays of objects; answers 0 if it takes a closer look. */
  judge(judge: FieldJudge, from: number, c: number): number {
    const behind = judge.read(this.cursor, from, c, this.#sink!);
    const { field } = judge;
    if (behind > 0 && !field.judged) {
      this.#touch(field, null);
      field.judged = true;
    }
    return behind;
  }

  #touch(field: Field, element: ElementNode | null): void {
    if (element !== null) this.holdsElements = true;
    if (!field.present) this.touched.add(field);
  }
}

/** Follows a name that may hold dots. */
function descend(node: PathNode, name: string): PathNode | null {
  let reached: PathNode | undefined = node;
  for (const part of name.split('.')) {
    reached = node.open ? reached.obtain(part) : reached.children?.get(part);
    if (reached === undefined) return null;
  }
  return reached;
}
