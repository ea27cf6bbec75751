/** Seeded random patterns and events over small pools, so that many of them meet. */
export class RandomCases {
  #state: number;
  readonly #names: readonly string[];
  readonly #strings: readonly string[];
  readonly #dense: boolean;

  /** `dense` draws from so few names and strings that arrays of alike objects are common. */
  constructor(seed: number, dense: boolean) {
    this.#state = seed >>> 0;
    this.#dense = dense;
    this.#names = dense ? NAMES.slice(0, 3) : NAMES;
    this.#strings = dense ? STRINGS.slice(0, 4) : STRINGS;
  }

  /** A pattern text; always valid. Two wildcards at most, since those on one path add up to a limit. */
  pattern(): string {
    for (;;) {
      const names = this.some(this.#names, 1, 3);
      const fields = names.map((name) => `${JSON.stringify(name)}:${this.#node(2)}`);
      if (this.chance(0.25)) fields.splice(this.below(fields.length + 1), 0, this.#or(2));
      if (fields.join().split('"wildcard"').length <= 3) return `{${fields.join()}}`;
    }
  }

  /** An event text. */
  event(): string {
    const names = this.#dense ? this.#names : this.some(this.#names, 1, 5);
    return `{${names.map((name) => `${JSON.stringify(name)}:${this.#value(3)}`).join()}}`;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 4294967296) * limit);
  }

  chance(probability: number): boolean {
    return this.below(1_000_000) < probability * 1_000_000;
  }

  pick<T>(pool: readonly T[]): T {
    return pool[this.below(pool.length)]!;
  }

  /** Between `least` and `most` different members of the pool. */
  some<T>(pool: readonly T[], least: number, most: number): T[] {
    const chosen = new Set<T>();
    const count = least + this.below(most - least + 1);
    for (let i = 0; i < count; i++) chosen.add(this.pick(pool));
    return [...chosen];
  }

  #node(depth: number): string {
    if (depth === 0 || this.chance(0.6)) return this.#leaf();
    const fields = this.some(this.#names, 1, 2).map(
      (name) => `${JSON.stringify(name)}:${this.#node(depth - 1)}`,
    );
    if (this.chance(0.1)) fields.push(this.#or(1));
    return `{${fields.join()}}`;
  }

  #or(depth: number): string {
    const branches = Array.from({ length: 2 + this.below(2) }, () => {
      const names = this.some(this.#names, 1, 2);
      return `{${names.map((name) => `${JSON.stringify(name)}:${this.#node(depth - 1)}`).join()}}`;
    });
    return `"$or":[${branches.join()}]`;
  }

  #leaf(): string {
    const alternatives = Array.from({ length: (this.#dense ? 2 : 1) + this.below(3) }, () =>
      this.#alternative(),
    );
    return `[${alternatives.join()}]`;
  }

  #alternative(): string {
    const text = (): string => JSON.stringify(this.pick(this.#strings));
    const full = (): string => JSON.stringify(this.pick(this.#strings.slice(1)));
    const folded = (): string => (this.chance(0.3) ? `{"equals-ignore-case":${text()}}` : text());
    switch (this.below(14)) {
      case 0:
        return `{"prefix":${folded()}}`;
      case 1:
        return `{"suffix":${folded()}}`;
      case 2:
        return `{"equals-ignore-case":${text()}}`;
      case 3:
        return `{"wildcard":${JSON.stringify(this.pick(WILDCARDS))}}`;
      case 4:
        return `{"numeric":${this.#range()}}`;
      case 5:
        return `{"cidr":${JSON.stringify(this.pick(BLOCKS))}}`;
      case 6:
      case 7:
        return `{"exists":${this.chance(0.5)}}`;
      case 8:
        return `{"anything-but":${this.#excluded(text, full)}}`;
      case 9:
        return this.pick(NUMBERS);
      case 10:
        return this.pick(['true', 'false', 'null']);
      case 11:
        return `{"exactly":${text()}}`;
      default:
        return text();
    }
  }

  #excluded(text: () => string, full: () => string): string {
    switch (this.below(6)) {
      case 0:
        return text();
      case 1:
        return `[${text()},${text()}]`;
      case 2:
        return this.chance(0.5) ? this.pick(DOUBLES) : `[${this.pick(DOUBLES)},${this.pick(DOUBLES)}]`;
      case 3:
        return `{"${this.pick(['prefix', 'suffix'])}":${this.chance(0.5) ? full() : `[${full()},${full()}]`}}`;
      case 4:
        return `{"equals-ignore-case":[${text()},${text()}]}`;
      default:
        return `{"wildcard":${JSON.stringify(this.pick(WILDCARDS))}}`;
    }
  }

  #range(): string {
    const [low, high] = [this.below(DOUBLES.length), this.below(DOUBLES.length)];
    if (low < high && this.chance(0.5)) {
      return `["${this.pick(['>', '>='])}",${DOUBLES[low]},"${this.pick(['<', '<='])}",${DOUBLES[high]}]`;
    }
    return `["${this.pick(['=', '<', '<=', '>', '>='])}",${DOUBLES[low]}]`;
  }

  #value(depth: number): string {
    const kind = this.#dense && depth > 1 ? this.below(7) : this.below(10);
    if (depth > 0 && kind < 2) {
      const names = this.some(this.#names, 0, this.#dense ? 9 : 4);
      return `{${names.map((name) => `${JSON.stringify(name)}:${this.#value(depth - 1)}`).join()}}`;
    }
    if (depth > 0 && kind < 5) {
      return `[${Array.from({ length: this.below(4) }, () => this.#value(depth - 1)).join()}]`;
    }
    if (kind < 8) return JSON.stringify(this.pick(this.#strings));
    if (kind < 9) return this.pick(NUMBERS);
    return this.pick(['true', 'false', 'null']);
  }
}

const NAMES = ['a', 'b', 'c', 'a.b', 'é', '__proto__'] as const;
const STRINGS = [
  '',
  'a',
  'ab',
  'AB',
  'aba',
  'É',
  'é',
  'ß',
  '5',
  'true',
  '😀x',
  '10.0.0.1',
  '2001:DB8:0::1',
].concat(['2001:db8::1', '10.0.0.9', 'a*b', 'a\\b', 'K', 'x.png']);
const WILDCARDS = ['*', 'a*', '*b', 'a*a', '*.png', 'a\\*b', 'a\\\\*', '*b*', '😀*', '', 'ab', '*0.0.*'];
const BLOCKS = ['10.0.0.0/8', '10.0.0.0/29', '0.0.0.0/0', '2001:db8::/32', '2001:db8::/127', '::/0'];
/** Ascending, and each exactly a double. */
const DOUBLES = ['-5e9', '-1.5', '0', '0.10', '1', '1.50', '2', '3e2', '5000000000'];
const NUMBERS = [
  ...DOUBLES,
  '-0',
  '1.0',
  '300',
  '300.0',
  '0.1',
  '9007199254740993',
  '9007199254740992',
  '1e400',
];
