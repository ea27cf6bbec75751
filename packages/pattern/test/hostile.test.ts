import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createMatcher,
  EventError,
  explain,
  matchesPattern,
  parsePattern,
  PatternError,
} from '../src/index.ts';
import { canAgree } from '../src/match/array-consistency.ts';
import { noteShared } from '../src/match/combined.ts';
import { EventScanner } from '../src/match/event-scanner.ts';
import { LeafStore } from '../src/match/leaf-store.ts';
import { MAX_EVENT_DEPTH, MAX_PATTERN_DEPTH, MAX_WILDCARD_CONFIGURATIONS } from '../src/limits.ts';
import { mostComplexity, wildcardComplexity } from '../src/wildcard/complexity.ts';
import { fitsGlob, parseGlob } from '../src/wildcard/glob.ts';
import type { Glob } from '../src/wildcard/glob.ts';

function glob(text: string): Glob {
  const parsed = parseGlob(text);
  assert.ok(typeof parsed !== 'string');
  return parsed;
}

/** An object that nests `levels` objects, itself included, around a value. */
function nest(levels: number, value: string): string {
  return `${'{"a":'.repeat(levels)}${value}${'}'.repeat(levels)}`;
}

test('an event may nest very deeply where no pattern reads', () => {
  const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
  assert.equal(matchesPattern('{"x":[1]}', `{"deep":${deep},"x":1}`), true);
  const objects = nest(200_000, '1');
  assert.equal(matchesPattern('{"x":[1]}', `{"deep":${objects},"x":1}`), true);
});

test('an event is read to the limit of levels, and skipped below', () => {
  const reads = (levels: number): boolean => {
    const path = Array.from({ length: levels }, () => 'a').join('.');
    return matchesPattern(`{"${path}":[1]}`, nest(levels, '1'));
  };
  assert.equal(reads(MAX_EVENT_DEPTH), true);
  assert.equal(reads(MAX_EVENT_DEPTH + 1), false);
  assert.equal(matchesPattern('{"a":[1]}', `{"a":${'['.repeat(100_000)}1${']'.repeat(100_000)}}`), false);
  assert.equal(matchesPattern('{"a":[1]}', `{"a":${'['.repeat(900)}1${']'.repeat(900)}}`), true);
});

test('a program made for the rules reads to the same limits', () => {
  for (const contract of ['scan', 'trusted', 'strict'] as const) {
    const matcher = createMatcher<number>({ contract, settleAfter: 2 });
    matcher.add(1, '{"a":{"b":[1]}}');
    const within = (opening: string, levels: number, closing: string): number[] =>
      matcher.match(
        `{"z":${opening.repeat(levels)}2${closing.repeat(levels)},"a":${'['.repeat(levels)}{"b":1}${']'.repeat(levels)}}`,
      );
    for (let time = 0; time < 3; time++) {
      assert.deepEqual(within('{"y":[', 10_000, ']}'), []);
      assert.deepEqual(within('{"y":[', MAX_EVENT_DEPTH - 2, ']}'), [1]);
      assert.deepEqual(within('{"y":', MAX_EVENT_DEPTH - 1, '}'), []);
      assert.deepEqual(within('[', 3, ']'), [1]);
    }
  }
});

test('explaining a deep event does not overflow the stack', () => {
  const event = `{"x":${nest(100_000, '1')},"${'a.'.repeat(100_000)}z":1}`;
  assert.equal(explain('{"y":{"z":[1]}}', event).matched, false);
});

test('a pattern nests to a limit', () => {
  parsePattern(nest(MAX_PATTERN_DEPTH - 1, '[1]'));
  assert.throws(() => parsePattern(nest(MAX_PATTERN_DEPTH, '[1]')), PatternError);
  assert.throws(() => parsePattern('{"$or":['.repeat(50_000)), PatternError);
  assert.throws(() => parsePattern('['.repeat(100_000)), PatternError);
});

test('long dotted names come and go', () => {
  const matcher = createMatcher<string>();
  matcher.add('long', `{"${'a.'.repeat(100_000)}z":[1]}`);
  assert.deepEqual(matcher.match(`{"${'a.'.repeat(100_000)}z":1}`), ['long']);
  assert.equal(matcher.remove('long'), true);
});

test('no field name reaches the prototype', () => {
  const matcher = createMatcher<string>();
  for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    matcher.add(name, `{"${name}":{"polluted":["yes"]}}`);
    assert.deepEqual(matcher.match(`{"${name}":{"polluted":"yes"}}`), [name]);
    assert.deepEqual(matcher.match('{"polluted":"yes"}'), []);
    assert.equal(explain(`{"${name}":["x"]}`, `{"${name}":{"polluted":"yes"}}`).matched, false);
  }
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('lone surrogates are characters like others', () => {
  assert.equal(matchesPattern('{"a":["\\ud800"]}', '{"a":"\\ud800"}'), true);
  assert.equal(matchesPattern('{"a":["\\ud800"]}', '{"a":"\\ud801"}'), false);
  assert.equal(matchesPattern('{"a":[{"wildcard":"*\\udc00"}]}', '{"a":"x\udc00"}'), true);
  assert.equal(matchesPattern('{"a":[{"equals-ignore-case":"\ud83dX"}]}', '{"a":"\ud83dx"}'), true);
  assert.equal(matchesPattern('{"\ud83d":[1]}', '{"\ud83d":1}'), true);
  assert.equal(matchesPattern('{"\ud83d":[1]}', '{"\ufffd":1}'), false);
  assert.throws(() => matchesPattern('{"a":[1]}', '{"a":1}\ud83d'), EventError);
});

test('huge numbers are compared, and cost no more than their text', () => {
  const digits = '9'.repeat(100_000);
  assert.equal(matchesPattern(`{"a":[${digits}]}`, `{"a":${digits}}`), true);
  assert.equal(matchesPattern(`{"a":[${digits}]}`, `{"a":${digits}0}`), false);
  assert.equal(matchesPattern('{"a":[0]}', '{"a":0e999999999999999999999}'), true);
  assert.equal(matchesPattern('{"a":[0]}', '{"a":1e-999999999999999999999}'), false);
  assert.equal(matchesPattern('{"a":[{"numeric":[">",0]}]}', `{"a":0.${'0'.repeat(50_000)}1}`), false);
  assert.equal(matchesPattern('{"a":[1]}', `{"a":1.${'0'.repeat(100_000)}}`), true);
});

test('text from patterns and events is never a regular expression', () => {
  assert.equal(matchesPattern('{"a":[{"wildcard":"(a+)+*$"}]}', '{"a":"(a+)+b$"}'), true);
  assert.equal(matchesPattern('{"a":[{"wildcard":"a.c"}]}', '{"a":"abc"}'), false);
  assert.equal(matchesPattern('{"(a|b)*":[{"prefix":".*"}]}', '{"(a|b)*":".*x"}'), true);
});

/** A text that counts the characters that are looked at to find something in it. */
class CountingText extends String {
  steps = 0;

  override indexOf(searched: string, from = 0): number {
    const at = super.indexOf(searched, from);
    this.steps += (at < 0 ? this.length : at + searched.length) - from + 1;
    return at;
  }
}

test('matching a wildcard takes steps linear in the value', (t) => {
  for (const text of ['*b*a*', '*a*b*a*b*', '*a*a*a*a*b*', '*aab*aab*']) {
    const value = new CountingText('a'.repeat(100_000));
    assert.equal(fitsGlob(value as unknown as string, glob(text)), false);
    assert.ok(
      value.steps > value.length && value.steps <= 2 * value.length,
      `${text} took ${value.steps} steps`,
    );
    t.diagnostic(`${text}: ${value.steps} steps for ${value.length} characters`);
  }
});

test('judging the complexity of a wildcard takes bounded steps', (t) => {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const texts = [
    `*${'a'.repeat(4000)}`,
    `*${letters.repeat(150)}*${letters.split('').toReversed().join('').repeat(150)}`,
    `*${'ab'.repeat(2000)}*`,
    '*a'.repeat(2000),
    `*${Array.from({ length: 60 }, (_, i) => letters.slice(i % 13, (i % 13) + 13)).join('')}*q*r*s*t*u`,
    `*${letters}*${letters.slice(1)}*${letters.slice(2)}*${letters.slice(3)}*${letters.slice(4)}`,
  ];
  // Each step puts the states that it reached in order.
  const { toSorted } = Array.prototype;
  let steps = 0;
  const count = function (this: unknown[], ...given: Parameters<typeof toSorted>): unknown[] {
    steps++;
    return toSorted.apply(this, given);
  };
  Object.defineProperty(Array.prototype, 'toSorted', { value: count, configurable: true, writable: true });
  t.after(() => {
    Object.defineProperty(Array.prototype, 'toSorted', {
      value: toSorted,
      configurable: true,
      writable: true,
    });
  });
  for (const text of texts) {
    steps = 0;
    const complexity = wildcardComplexity([glob(text)], 10);
    assert.ok(steps > 10 && steps <= 13 * MAX_WILDCARD_CONFIGURATIONS, `${text.slice(0, 30)} took ${steps}`);
    t.diagnostic(`${text.slice(0, 20)}… (${text.length}): complexity ${complexity}, ${steps} steps`);
  }
});

test('no wildcard is more complex than its characters allow', () => {
  let texts = [''];
  for (let length = 1; length <= 7; length++) {
    texts = texts.flatMap((text) => (text.endsWith('*') ? ['a', 'b'] : ['a', 'b', '*']).map((c) => text + c));
    for (const text of texts) {
      assert.ok(wildcardComplexity([glob(text)], 100) <= mostComplexity([glob(text)]), text);
      const pair = [glob(text), glob(`*b${text}`)].slice(0, text.startsWith('*') ? 1 : 2);
      assert.ok(wildcardComplexity(pair, 100) <= mostComplexity(pair), text);
    }
  }
});

test('wildcards on one path add up, those of a list and of other paths do not', () => {
  const wild = (text: string): string => `{"wildcard":"${text}"}`;
  const accept = (pattern: string): unknown => parsePattern(pattern);
  assert.equal(wildcardComplexity([glob('*x*'), glob('*y*')], 100), 4);
  accept(`{"a":[${wild('*x*')},${wild('*y*')},${wild('*z*')}]}`);
  assert.throws(() => accept(`{"a":[${['*x*', '*y*', '*z*', '*w*'].map(wild).join()}]}`), PatternError);
  accept(`{"a":[${['*x*', '*y*'].map(wild).join()}],"b":[${['*x*', '*y*', '*z*'].map(wild).join()}]}`);
  accept('{"a":[{"anything-but":{"wildcard":["*x*","*y*","*z*","*w*"]}}]}');
  accept(`{"a":[${['*x*', '*x*', '*x*', '*x*'].map(wild).join()}]}`);
});

test('$or expands to a limit, before memory is spent on it', () => {
  const group = (count: number): string => {
    return `"$or":[${Array.from({ length: count }, (_, i) => `{"a":[${i}]}`).join()}]`;
  };
  assert.equal(parsePattern(`{${group(1000)}}`).combinations.length, 1000);
  assert.throws(() => parsePattern(`{${group(1001)}}`), PatternError);
  const ten = (name: string): string => `"${name}":{${group(10)}}`;
  assert.equal(parsePattern(`{${ten('x')},${ten('y')},${ten('z')}}`).combinations.length, 1000);
  assert.throws(() => parsePattern(`{${['x', 'y', 'z', 'w'].map(ten).join()}}`), PatternError);
  assert.throws(
    () => parsePattern(`{${Array.from({ length: 100 }, (_, i) => ten(`f${i}`)).join()}}`),
    PatternError,
  );
});

test('choosing among many array elements does not multiply', (t) => {
  const fields = ['b', 'c', 'd', 'e'];
  const elements = Array.from({ length: 4000 }, (_, i) => `{"${fields[i % 4]}":1,"x":[{"y":${i}},{"y":0}]}`);
  const pattern = parsePattern(`{"a":{${fields.map((name) => `"${name}":[1]`).join()},"x":{"y":[0]}}}`);
  const store = new LeafStore(false);
  const leaves = pattern.combinations[0]!.map((leaf) => store.share(leaf));
  noteShared(leaves, 1);
  const scanner = new EventScanner('scan');
  scanner.scan(`{"a":[${elements.join()}]}`, store.root);
  let tests = 0;
  for (const leaf of leaves) {
    const index = leaf.field.elementsOf(leaf, 1);
    const within = index.within.bind(index);
    index.within = (node) => {
      tests++;
      return within(node);
    };
  }
  assert.equal(canAgree(leaves, 1, scanner.elements), false);
  assert.ok(tests <= 4000 * fields.length, `${tests} lookups`);
  t.diagnostic(`${elements.length} elements: ${tests} lookups`);
});

test('paths made to interleave end in an answer', () => {
  const event = (count: number): string => {
    const many = (element: (i: number) => string): string =>
      Array.from({ length: count }, (_, i) => element(i)).join();
    return `{"x":[${many((i) => `[1,{"p":${i}}]`)}],"x-k":[${many((i) => `{"y":1,"z":${i}}`)}]}`;
  };
  const pattern = (z: number, p: number): string => `{"x":[1],"x-k.y":[1],"x-k.z":[${z}],"x.p":[${p}]}`;
  assert.equal(matchesPattern(pattern(-1, -1), event(5000)), false);
  assert.equal(matchesPattern(pattern(77, 55), event(100)), true);
  assert.equal(matchesPattern(pattern(77, -1), event(100)), false);
});

test('arrays repeated under one key end in an answer', () => {
  const array = `"a":[${Array.from({ length: 30 }, (_, i) => `{"b":1,"k${i}":1}`).join()}]`;
  const event = `{${Array.from({ length: 30 }, () => array).join()}}`;
  const pattern = `{"a":{"b":[1],"c":[1],${Array.from({ length: 20 }, (_, i) => `"k${i}":[1]`).join()}}}`;
  assert.equal(matchesPattern(pattern, event), false);
  const repeated = Array.from({ length: 30 }, (_, i) => `"a":[{"k${i}":1},{"k${i}":2}]`).join();
  const impossible = `{"a":{"z":{"y":[1]},${Array.from({ length: 20 }, (_, i) => `"k${i}":[1,2]`).join()}}}`;
  assert.equal(matchesPattern(impossible, `{${repeated},"a":[{"z":{"y":2}}]}`), false);
  const last = `{"a":{"zz":[{"anything-but":1}],${Array.from({ length: 20 }, (_, i) => `"k${i}":[1,2]`).join()}}}`;
  assert.equal(matchesPattern(last, `{${repeated},"a":[{"zz":1},{"zz":[2,1]}]}`), true);
});

function isJsonObject(text: string): boolean {
  try {
    return /^\s*\{/.test(text) && typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

test('what is not an event is refused, and the matcher goes on', () => {
  const matchers = [256, 1].map((settleAfter) => createMatcher<number>({ contract: 'strict', settleAfter }));
  for (const matcher of matchers) {
    matcher.add(1, '{"a":[1]}');
    assert.deepEqual(matcher.match('{"b":1,"a":1}'), [1]);
  }
  const texts = [
    '',
    '[]',
    '1',
    '"x"',
    'null',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '{"a":[1,]}',
    '{"b":[1}',
  ];
  texts.push('{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":1e}', '{"a":-}', '{"a":+1}', '{"a":tru}', '{"a":NaN}');
  texts.push(
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\n"}',
    '{"a":"x}',
    '{"b":"x}',
    "{'a':1}",
    '{a:1}',
    '{"a" 1}',
  );
  texts.push(
    '{"a":1}x',
    '{"a":1}{}',
    '{"b":{"c":1]}',
    '{"b":{"c"}}',
    '{"b":{,}}',
    '{"b":[1 2]}',
    '\ufeff{"a":1}',
  );
  texts.push(
    '{"b":01}',
    '{"b":1.}',
    '{"b":-}',
    '{"b":nul}',
    '{"b":"\\q"}',
    '{"b":"\u0001"}',
    '{"a\n":1}',
    '{"\\z":1}',
  );
  for (const text of texts) {
    assert.equal(isJsonObject(text), false, `${text} is an event`);
    for (const matcher of matchers) {
      assert.throws(() => matcher.match(text), EventError, text);
      assert.throws(() => matcher.match(new TextEncoder().encode(text)), EventError, text);
    }
  }
  const notUtf8 = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
  for (const matcher of matchers) {
    assert.throws(() => matcher.match(notUtf8), EventError);
    assert.deepEqual(matcher.match('{"a":1}'), [1]);
  }
});
