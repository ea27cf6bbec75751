/**
 * Collects the rules that an event matches, each once, and answers their ids in the order in which they were added.
 *
 * Every rule has a bit, in that order, and a second row of bits tells which words of the first are not zero. So no rule
 * is compared with another one, and an event costs a step for a thousand rules that it does not match.
 */
import type { Combined } from './combined.ts';

/** Bits without a rule that are put up with. */
const FEW = 64;

export class MatchedRules<Id> {
  /** The combinations of each rule: the first, which leads to the others. */
  readonly #rules = new Map<Id, Combined>();
  /** By the rule's bit; removed rules leave holes. */
  #ids: (Id | undefined)[] = [];
  #bits = new Int32Array(1);
  #words = new Int32Array(1);

  get size(): number {
    return this.#rules.size;
  }

  /** The combinations of an id's rule. */
  get(id: Id): Combined | undefined {
    return this.#rules.get(id);
  }

  /** Gives a new rule its bit. */
  set(id: Id, rule: Combined): void {
    if (this.#ids.length > FEW && this.#ids.length > 2 * this.#rules.size) this.#closeHoles();
    this.#rules.set(id, rule);
    this.#give(id, rule);
  }

  delete(id: Id): void {
    this.#ids[this.#rules.get(id)!.rule] = undefined;
    this.#rules.delete(id);
  }

  #give(id: Id, rule: Combined): void {
    const bit = this.#ids.push(id) - 1;
    for (let combined: Combined | null = rule; combined !== null; combined = combined.next) {
      combined.rule = bit;
      combined.entry?.renumber();
    }
    const word = bit >> 5;
    if (word >= this.#bits.length) this.#bits = new Int32Array(2 * this.#bits.length);
    if (word >> 5 >= this.#words.length) this.#words = new Int32Array(2 * this.#words.length);
  }

  #closeHoles(): void {
    this.#ids = [];
    for (const [id, rule] of this.#rules) this.#give(id, rule);
  }

  /** Whether the event at hand matches the rule with this bit. */
  has(bit: number): boolean {
    return (this.#bits[bit >> 5]! & (1 << (bit & 31))) !== 0;
  }

  /** Notes that the event at hand matches the rule with this bit. */
  add(bit: number): void {
    const word = bit >> 5;
    this.#bits[word]! |= 1 << (bit & 31);
    this.#words[word >> 5]! |= 1 << (word & 31);
  }

  /** The ids of the rules, which are forgotten. */
  take(): Id[] {
    const ids: Id[] = [];
    const words = this.#words;
    const bits = this.#bits;
    for (let i = 0; i < words.length; i++) {
      let left = words[i]!;
      if (left === 0) continue;
      words[i] = 0;
      while (left !== 0) {
        const word = 32 * i + lowest(left);
        left &= left - 1;
        let rules = bits[word]!;
        bits[word] = 0;
        while (rules !== 0) {
          ids.push(this.#ids[32 * word + lowest(rules)]!);
          rules &= rules - 1;
        }
      }
    }
    return ids;
  }
}

/** The position of the lowest bit that is set. */
function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
