/** What is particular to programs made for rules; that they answer alike, `contracts.test.ts` and others check. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { createMatcher, parsePattern } from '../src/index.ts';
import { EventScanner } from '../src/match/event-scanner.ts';
import { makeReader } from '../src/match/generate/make-reader.ts';
import { ReaderSource } from '../src/match/generate/reader-source.ts';
import { FieldJudge } from '../src/match/judge/field-judge.ts';
import { LeafStore } from '../src/match/leaf-store.ts';
import { cityLots } from './city-lots.ts';
import { cityLotRules } from './city-lot-rules.ts';

/** Everything that the programs are written with. */
const PROGRAM = /^[\w\s{}[\]()=<>!&|?:;,.+-]*$/;
const WORDS = /[A-Za-z_]\w*/g;

const HOSTILE = [
  ');globalThis.polluted=1;(',
  '${globalThis.polluted=1}',
  '*/globalThis.polluted=1/*',
  '`;globalThis.polluted=1;`',
  '\u2028globalThis.polluted=1',
  "'+(globalThis.polluted=1)+'",
  '__proto__',
  'constructor',
  '0',
];

function object(value: (name: string) => string): string {
  return `{${HOSTILE.map((name) => `${JSON.stringify(name)}:${value(name)}`).join()}}`;
}

test('no text of a pattern or an event is part of a program', () => {
  const pattern = parsePattern(
    object((name) => `{"x":[${JSON.stringify(name)},{"prefix":"${'polluted'}"}]}`),
  );
  const event = object((name) => `{"unread":{"polluted":1},"x":${JSON.stringify(name)}}`);
  const store = new LeafStore(false);
  const fields = pattern.combinations[0]!.map((leaf) => store.share(leaf).field);
  const scanner = new EventScanner('scan');
  scanner.scan(event, store.root);
  scanner.release();
  for (const field of fields) field.judge = FieldJudge.of(field);
  const { text } = new ReaderSource(store.root, 'scan');
  assert.ok(text !== null && PROGRAM.test(text));
  const words = new Set(text.match(WORDS));
  for (const known of text.match(/\b[aoc]\d+\b/g) ?? []) words.delete(known);
  const told = [...words].toSorted().join(' ');
  assert.equal(
    told,
    'B C D P Q S T W break c case const continue d default e first for function getInt32 i if ' +
      'isAll judge k last lastAt let null openArrays readOther readValue return round skipSpace skipValue ' +
      'switch t true unclosed',
  );
  const matcher = createMatcher<number>({ settleAfter: 2 });
  matcher.add(
    1,
    object((name) => `{"x":[${JSON.stringify(name)}]}`),
  );
  for (let time = 0; time < 5; time++) assert.deepEqual(matcher.match(event), [1]);
  assert.equal((globalThis as Record<string, unknown>)['polluted'], undefined);
});

test('rules that change give up what was made for them', () => {
  for (const contract of ['scan', 'trusted', 'strict'] as const) {
    const matcher = createMatcher<string>({ contract, settleAfter: 3 });
    const match = (expected: string[]): void => {
      for (let time = 0; time < 20; time++) {
        assert.deepEqual(matcher.match('{"a":{"b":"xyz","c":5},"d":[1,{"e":2}]}'), expected);
        assert.deepEqual(matcher.match('{"d":[{"e":7}],"a":{"c":9,"b":"none"}}'), []);
      }
    };
    match([]);
    matcher.add('prefix', '{"a":{"b":[{"prefix":"x"}]}}');
    match(['prefix']);
    matcher.add('range', '{"a":{"c":[{"numeric":["<",6]}]},"d":{"e":[2]}}');
    match(['prefix', 'range']);
    matcher.remove('prefix');
    match(['range']);
    matcher.add('range', '{"a":{"c":[{"numeric":["<",5]}]}}');
    match([]);
    matcher.add('suffix', '{"a":{"b":[{"suffix":"z"}],"c":[{"anything-but":9}]}}');
    match(['suffix']);
  }
});

test('rules may change while names are learned anew', () => {
  const matcher = createMatcher<number>({ settleAfter: 2 });
  matcher.add(1, '{"a":[{"prefix":"x"}]}');
  // Each event has a name that no program expects; at some time the scanner takes over to learn.
  for (let i = 0; i < 2000; i++) {
    const event = `{"name-${i}":1,"a":"xyz"}`;
    assert.deepEqual(matcher.match(event), [1]);
    if (i < 1000 || i % 16 !== 0) continue;
    matcher.add(1, '{"a":[{"suffix":"x"}]}');
    assert.deepEqual(matcher.match(event), []);
    matcher.add(1, '{"a":[{"suffix":"z"}]}');
    for (let time = 0; time < 3; time++) assert.deepEqual(matcher.match(event), [1]);
  }
  const relearning = createMatcher<number>({ settleAfter: 2 });
  relearning.add(1, '{"a":[{"prefix":"x"}]}');
  for (let i = 0; i < 1040; i++) assert.deepEqual(relearning.match(`{"name-${i}":1,"a":"xyz"}`), [1]);
  relearning.add(2, '{"a":[{"prefix":"x"}]}');
  relearning.add(3, '{"a":[{"prefix":"xy"}]}');
  assert.deepEqual(relearning.match('{"a":"xyz"}'), [1, 2, 3]);
});

test('names that come later are learned', () => {
  const { root, share } = leafStore('{"a":{"b":["x"]}}');
  share();
  const scanner = new EventScanner('scan');
  scanner.reader = makeReader(scanner, root);
  assert.ok(scanner.reader !== null);
  const event = '{"first":1,"a":{"second":2,"b":"x"}}';
  scanner.scan(event, root);
  scanner.release();
  assert.equal(scanner.surprises, 2);
  scanner.reader = null;
  scanner.scan(event, root);
  scanner.release();
  scanner.reader = makeReader(scanner, root);
  for (const shape of [event, '{"a":{"b":"x"}}', ' { "a":\n{"second": [2] , "b":"y"}, "first":{}}']) {
    scanner.scan(shape, root);
    scanner.release();
  }
  assert.equal(scanner.surprises, 2);
});

function leafStore(pattern: string): { root: LeafStore['root']; share: () => void } {
  const store = new LeafStore(false);
  const leaves = parsePattern(pattern).combinations[0]!;
  return { root: store.root, share: () => leaves.forEach((leaf) => store.share(leaf)) };
}

test('a matcher does without programs where they must not be made', () => {
  const patterns = [...cityLotRules.values()].flat();
  const events = cityLots(20, 5);
  const script = `
    import { createMatcher } from ${JSON.stringify(import.meta.resolve('../src/index.ts'))};
    const [patterns, events] = ${JSON.stringify([patterns, events])};
    const matcher = createMatcher({ settleAfter: 3 });
    patterns.forEach((pattern, id) => matcher.add(id, pattern));
    let forbidden = false;
    try { new Function('return 1'); } catch { forbidden = true; }
    console.log(JSON.stringify([forbidden, events.map((event) => matcher.match(event))]));
  `;
  const answer = execFileSync(
    process.execPath,
    ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script],
    { encoding: 'utf8' },
  );
  const matcher = createMatcher<number>({ settleAfter: Number.POSITIVE_INFINITY });
  patterns.forEach((pattern, id) => matcher.add(id, pattern));
  assert.deepEqual(JSON.parse(answer), [true, events.map((event) => matcher.match(event))]);
});
