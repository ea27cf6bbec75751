/** Chance that can be repeated: the same seed makes the same choices (mulberry32). */
export class Seeded {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number at least 0, below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Printable ASCII. */
  word(length: number): string {
    return String.fromCharCode(...Array.from({ length }, () => 33 + this.below(94)));
  }
}

/** The seed of a run: BUSBAR_TEST_SEED repeats an earlier one. Short runs always have the same, soaks a new one each. */
export const seedOfRun = (fallback: number): number => Number(process.env['BUSBAR_TEST_SEED'] ?? fallback);
