/**
 * Writes the program that reads events for one tree of paths: a function for each object and each array on the way, with the
 * names that came so far as numbers in the order in which they came.
 *
 * It is the scanner's walk (`event-scanner.ts`) with everything settled beforehand that the tree and the contract
 * decide, and it leaves to the scanner whatever is not as expected. No text of a pattern or an event becomes part
 * of it: names are compared as numbers, and everything else is handed over as constants.
 */
import { MAX_EVENT_DEPTH } from '../../limits.ts';
import type { Contract } from '../contract.ts';
import type { ExpectedName } from '../name-order.ts';
import type { PathNode } from '../path-trie.ts';

/** With more names than these the program would be large, and slow to compile. */
const MOST_NAMES = 512;

/** Members that the program names; the comments have them renamed with the members themselves. */
const SKIP_SPACE = /* @__KEY__ */ 'skipSpace';
const READ_OTHER = /* @__KEY__ */ 'readOther';
const UNCLOSED = /* @__KEY__ */ 'unclosed';
const SKIP_VALUE = /* @__KEY__ */ 'skipValue';
const IS_ALL = /* @__KEY__ */ 'isAll';
const READ_VALUE = /* @__KEY__ */ 'readValue';
const OPEN_ARRAYS = /* @__KEY__ */ 'openArrays';
const JUDGE = /* @__KEY__ */ 'judge';
const FIRST = /* @__KEY__ */ 'first';
const LAST_AT = /* @__KEY__ */ 'lastAt';
const LAST = /* @__KEY__ */ 'last';

export class ReaderSource {
  /** What the program's functions find in `C`. */
  readonly constants: unknown[] = [];
  readonly #contract: Contract;
  readonly #functions: string[] = [];
  readonly #objects = new Map<PathNode, number>();
  #names = 0;

  constructor(root: PathNode, contract: Contract) {
    this.#contract = contract;
    this.#addNode(root, 1);
  }

  /** The body of a function of `S`, the scanner, `T`, its cursor, `P`, `Q` and `D`, which pass scalars, texts and digits, and `C`; null if there would be too much. */
  get text(): string | null {
    if (this.#names > MOST_NAMES) return null;
    const constants = this.constants.map((_, index) => `const c${index}=C[${index}];`);
    return `${constants.join('')}${this.#functions.join('')}return o0`;
  }

  #constant(value: unknown): string {
    return `c${this.constants.push(value) - 1}`;
  }

  #nodeName(node: PathNode): string {
    const at = this.constants.indexOf(node);
    return at < 0 ? this.#constant(node) : `c${at}`;
  }

  /** Adds the functions of a node, and answers its number. */
  #addNode(node: PathNode, depth: number): number {
    const number = this.#objects.size;
    this.#objects.set(node, number);
    const cases: string[] = [];
    const names = node.names.list;
    for (const [index, name] of names.entries()) {
      if (++this.#names > MOST_NAMES) break;
      cases.push(this.#case(node, depth, name, index));
    }
    const N = this.#nodeName(node);
    this.#functions.push(
      `function o${number}(B,W,i,d){let k=0,t=0,e,c=B[i];` +
        `if(c!==34){if(c<33)c=B[i=T.${SKIP_SPACE}(i)];if(c===125)return i+1}` +
        `for(;;){switch(k){${cases.join('')}default:` +
        `if(B[i]!==34&&(c=T.${SKIP_SPACE}(i))>i){i=c;continue}` +
        `if(k>0&&t<i){t=i;k=0;continue}` +
        `i=S.${READ_OTHER}(${N},i,d);${this.#after(node, depth)}}` +
        `c=B[i];if(c<33)c=B[i=T.${SKIP_SPACE}(i)];i++;if(c===125)return i;if(c!==44)T.${UNCLOSED}(i-1)}}`,
    );
    if (node.elementsMatter === 0 && node.parent !== null)
      this.#functions.push(this.#array(node, depth, number));
    return number;
  }

  #case(node: PathNode, depth: number, name: ExpectedName, index: number): string {
    const test = name.words
      .map((word, index) => `W.getInt32(i+${name.offsetOf(index)},true)===${word}`)
      .join('&&');
    const { child } = name;
    const value =
      child === null
        ? `c===34&&B[e=Q(B,i+1)]===34?e+1:P(B,W,i,c)||T.${SKIP_VALUE}(i,c)`
        : this.#value(child, depth + 1);
    const after = child === null || child.owner !== null ? '' : this.#after(node, depth);
    return (
      `case ${index}:if(${test}){i+=${name.length};c=B[i];if(c<33)c=B[i=T.${SKIP_SPACE}(i)];` +
      `i=${value};${after}k=${index + 1};if(B[i]!==44)break;i++}`
    );
  }

  /** What follows a value that may have told something. */
  #after(node: PathNode, depth: number): string {
    return this.#contract === 'strict' || node.owner !== null
      ? ''
      : `if(d===${depth}&&S.${IS_ALL}(${this.#nodeName(node)},i))return i;`;
  }

  /** The value that starts with `c`. */
  #value(node: PathNode, depth: number): string {
    const number = this.#objects.get(node) ?? this.#addNode(node, depth);
    const { field } = node;
    const slow = `S.${READ_VALUE}(${this.#nodeName(node)},i,c,null,d)`;
    let value = slow;
    if (field === null) value = `P(B,W,i,c)||${slow}`;
    else if (field.judge !== null) value = `S.${JUDGE}(${this.#constant(field.judge)},i,c)||${slow}`;
    if (node.elementsMatter === 0) value = `c===91&&d<${MAX_EVENT_DEPTH}?a${number}(B,W,i+1,d+1):${value}`;
    const judge = field?.judge;
    if (judge) {
      const J = this.#constant(judge);
      value =
        `${J}.round===S.round&&W.getInt32(i,true)===${J}.${FIRST}&&W.getInt32(i+${J}.${LAST_AT},true)===${J}.${LAST}&&` +
        `(B[e=D(W,i+${J}.${LAST_AT}+4)]|32)!==101?e:${value}`;
    }
    return node.names.first === null
      ? value
      : `c===123&&d<${MAX_EVENT_DEPTH}?o${number}(B,W,i+1,d+1):${value}`;
  }

  #array(node: PathNode, depth: number, number: number): string {
    return (
      `function a${number}(B,W,i,d){let c,e;if(B[i]<33)i=T.${SKIP_SPACE}(i);if(B[i]===93)return i+1;` +
      `S.${OPEN_ARRAYS}++;for(;;){c=B[i];if(c<33)c=B[i=T.${SKIP_SPACE}(i)];i=${this.#value(node, depth)};` +
      `c=B[i];if(c<33)c=B[i=T.${SKIP_SPACE}(i)];i++;if(c===44)continue;if(c!==93)T.${UNCLOSED}(i-1);` +
      `S.${OPEN_ARRAYS}--;return i}}`
    );
  }
}
