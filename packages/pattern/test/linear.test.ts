import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMatcher, parsePattern } from '../src/index.ts';
import type { MatcherOptions } from '../src/index.ts';

/** Reads of the event's bytes and of values' texts. */
let steps = 0;

/** The buffers behind those that count. */
const plainOf = new WeakMap<object, Uint8Array>();

/**
 * From here on, buffers are made so that every read of them is counted. What needs the buffer itself, such as the text
 * encoder, gets it and counts once a byte.
 */
function countReads(): () => void {
  const { Uint8Array: Plain } = globalThis;
  const encode = Object.getOwnPropertyDescriptor(TextEncoder.prototype, 'encodeInto')!;
  const read = Object.getOwnPropertyDescriptor(DataView.prototype, 'getInt32')!;
  function Counting(length: number): Uint8Array {
    const plain = new Plain(length);
    const counting = new Proxy(plain, {
      get(target, name) {
        if (typeof name === 'string' && /^\d+$/.test(name)) steps++;
        const found = Reflect.get(target, name, target) as unknown;
        if (typeof found !== 'function') return found;
        return (...given: unknown[]) => {
          if (name === 'subarray') steps += (given[1] as number) - (given[0] as number);
          return found.apply(target, given) as unknown;
        };
      },
    });
    plainOf.set(counting, plain);
    return counting;
  }
  Object.assign(globalThis, { Uint8Array: Counting });
  replace(DataView.prototype, 'getInt32', read, (call) => {
    steps++;
    return call;
  });
  replace(TextEncoder.prototype, 'encodeInto', encode, ([text, bytes]) => [
    text,
    plainOf.get(bytes as object) ?? bytes,
  ]);
  return () => {
    Object.assign(globalThis, { Uint8Array: Plain });
    Object.defineProperty(TextEncoder.prototype, 'encodeInto', encode);
    Object.defineProperty(DataView.prototype, 'getInt32', read);
  };
}

/** Has calls of a method pass through `adapt`. */
function replace(
  on: object,
  name: string,
  method: PropertyDescriptor,
  adapt: (call: unknown[]) => unknown[],
): void {
  Object.defineProperty(on, name, {
    ...method,
    value(this: unknown, ...call: unknown[]): unknown {
      return Reflect.apply(method.value as () => unknown, this, adapt(call));
    },
  });
}

/** A matcher whose conditions count the length of every text that they are tried on. */
function countingMatcher(options: MatcherOptions, patterns: readonly string[]): (event: string) => number {
  const restore = countReads();
  const matcher = createMatcher<number>(options);
  patterns.forEach((text, id) => {
    const pattern = parsePattern(text);
    for (const { conditions } of pattern.combinations.flat()) {
      for (const condition of conditions) {
        const original = condition.test.bind(condition);
        condition.test = (value) => {
          steps += value.text.length + 1;
          return original(value);
        };
      }
    }
    matcher.add(id, pattern);
  });
  restore();
  return (event) => {
    // The buffer grows with the event.
    const again = countReads();
    try {
      matcher.match(event);
      steps = 0;
      matcher.match(event);
    } finally {
      again();
    }
    return steps;
  };
}

const wild = (...texts: string[]): string[] =>
  texts.map((text) => `{"a":[{"wildcard":${JSON.stringify(text)}}]}`);

/** Rule sets that could tempt a matcher into doing things again and again. */
const RULE_SETS: Readonly<Record<string, readonly string[]>> = {
  exact: ['{"a":["x"]}', '{"b":{"c":["y"]}}'],
  wildcards: wild('*ab*ab*c*', '*a*', '*aab*aab*', 'a*b*a', '*b*a*b*c', '*aaaa*b*'),
  exclusions: [
    '{"a":[{"anything-but":{"wildcard":["*ab*ab*c*","*a*b*d*"]}}]}',
    '{"a":[{"anything-but":{"prefix":["aaaaaaaaab","ab"]}}]}',
    '{"a":[{"anything-but":{"suffix":["baaaaaaaaa","ba"]}}]}',
  ],
  affixes: [
    `{"a":[{"prefix":"${'a'.repeat(300)}b"}]}`,
    `{"a":[{"suffix":"b${'a'.repeat(300)}"}]}`,
    '{"a":[{"prefix":{"equals-ignore-case":"AB"}},{"suffix":{"equals-ignore-case":"É"}}]}',
  ],
  numbers: ['{"a":[{"numeric":[">",1.5,"<",2.5]}]}', '{"a":[{"numeric":["=",37.25]}]}', '{"a":[1e400]}'],
  arrays: ['{"a":{"b":["x"],"c":["y"]}}', '{"a":{"b":["z"],"d":[{"exists":false}]}}'],
  others: [
    '{"a":[{"cidr":"10.0.0.0/8"},"10.0.0.1"]}',
    '{"a":[{"exists":false}],"b":[null]}',
    '{"a.b.c":[1]}',
  ],
};

const times = (count: number, part: (index: number) => string, between = ','): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(between);

/** Events of a size that grows with the number. */
const EVENTS: Readonly<Record<string, (size: number) => string>> = {
  'one long string': (size) => `{"a":"${'ab'.repeat(size * 4)}"}`,
  'one long string of a single character': (size) => `{"a":"${'a'.repeat(size * 8)}"}`,
  'one long string of escapes': (size) => `{"a":"${'\\u0061b'.repeat(size)}"}`,
  'one long number': (size) => `{"a":1.${'9'.repeat(size * 8)}}`,
  'many strings': (size) => `{"a":[${times(size, (i) => `"ab${i % 7}"`)}]}`,
  'many numbers': (size) => `{"a":[${times(size, (i) => `${i % 90}.25163608838`)}]}`,
  'many objects': (size) => `{"a":[${times(size, (i) => `{"b":"x","c":"${i}"}`)}]}`,
  'many names': (size) => `{${times(size, (i) => `"n${i}":1`)},"a":"x","b":{"c":"y"}}`,
  'one name repeated': (size) => `{${times(size, () => '"a":"x","b":{"c":"y"}')}}`,
  'objects left early': (size) => `{"b":[${times(size, () => '{"c":"y","d":[1,{"e":"]"}]}')}],"a":"x"}`,
  'deep nesting': (size) => `{"z":${'[{"y":'.repeat(size)}1${'}]'.repeat(size)},"a":"x"}`,
  'long dotted names': (size) => `{"a.${'b.'.repeat(size * 2)}c":"x","a":"x"}`,
};

const SMALL = 300;
const FACTOR = 8;

const settled: readonly MatcherOptions[] = [{ settleAfter: 1 }, { settleAfter: 1, generate: false }];
const ways: readonly MatcherOptions[] = [{}, ...settled].flatMap((way) =>
  (['scan', 'trusted', 'strict'] as const).map((contract) => ({ contract, ...way })),
);

for (const options of ways) {
  test(`${JSON.stringify(options)}: steps grow as the event does, for every kind of rule`, (t) => {
    let most = 0;
    for (const [rules, patterns] of Object.entries(RULE_SETS)) {
      const count = countingMatcher(options, patterns);
      for (const [kind, event] of Object.entries(EVENTS)) {
        const small = event(SMALL);
        const large = event(SMALL * FACTOR);
        const [few, many] = [count(small), count(large)];
        // A small event costs a little besides its length.
        const allowed = ((few + 200) * large.length * 1.25) / small.length;
        // A program knows a few names; it compares others with each of these.
        const known = options.settleAfter === undefined ? 0 : 4 * large.length;
        assert.ok(
          many <= Math.max(allowed, known),
          `${rules}, ${kind}: ${few} steps for ${small.length}, ${many} for ${large.length}`,
        );
        most = Math.max(most, many / large.length);
      }
    }
    t.diagnostic(`at most ${most.toFixed(1)} steps a character`);
    assert.ok(most > 0.01);
  });
}
