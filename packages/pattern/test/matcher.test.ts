import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createMatcher, EventError, matchesPattern, parsePattern, PatternError } from '../src/index.ts';
import { foldedKey } from '../src/case-folding.ts';
import { EventScanner } from '../src/match/event-scanner.ts';
import { LeafStore } from '../src/match/leaf-store.ts';
import { operators } from '../src/operators/list.ts';
import { ThoroughMatcher } from './thorough-matcher.ts';

test('ids come back in the order in which they were added', () => {
  const matcher = createMatcher<string>();
  matcher.add('z', '{"a":[{"exists":true}]}');
  matcher.add('b', '{"a":[1]}');
  matcher.add('m', '{"b":[{"exists":false}]}');
  matcher.add('a', '{"a":[2]}');
  assert.deepEqual(matcher.match('{"a":1}'), ['z', 'b', 'm']);
  assert.equal(matcher.size, 4);
});

test('an id appears once, however many combinations match', () => {
  const matcher = createMatcher<number>();
  matcher.add(1, '{"$or":[{"a":[1,2]},{"b":[1]},{"a":[{"exists":true}]}]}');
  assert.deepEqual(matcher.match('{"a":[1,2],"b":1}'), [1]);
});

test('adding an id again replaces its pattern', () => {
  const matcher = createMatcher<string>();
  matcher.add('x', '{"a":[1]}');
  matcher.add('x', '{"a":[2]}');
  assert.equal(matcher.size, 1);
  assert.deepEqual(matcher.match('{"a":1}'), []);
  assert.deepEqual(matcher.match('{"a":2}'), ['x']);
});

test('an invalid pattern changes nothing', () => {
  const matcher = createMatcher<string>();
  matcher.add('x', '{"a":[1]}');
  assert.throws(() => matcher.add('x', '{"a":[]}'), PatternError);
  assert.throws(() => matcher.add('y', '{'), PatternError);
  assert.deepEqual(matcher.match('{"a":1}'), ['x']);
  assert.equal(matcher.size, 1);
});

test('a parsed pattern is as good as its text, in several matchers', () => {
  const pattern = parsePattern('{"a":["x"]}');
  const first = createMatcher<string>();
  const second = createMatcher<string>();
  first.add('1', pattern);
  second.add('2', pattern);
  first.remove('1');
  assert.deepEqual(first.match('{"a":"x"}'), []);
  assert.deepEqual(second.match('{"a":"x"}'), ['2']);
  assert.equal(matchesPattern(pattern, '{"a":"x"}'), true);
});

test('bytes and text get the same answer', () => {
  const event = '{"é":{"日本":"😀"},"k":"v"}';
  const matcher = createMatcher<number>();
  matcher.add(1, '{"é":{"日本":["😀"]}}');
  matcher.add(2, '{"k":["v"]}');
  assert.deepEqual(matcher.match(event), [1, 2]);
  assert.deepEqual(matcher.match(new TextEncoder().encode(event)), [1, 2]);
});

test('an event error counts characters', () => {
  const offset = (event: string | Uint8Array): number => {
    try {
      matchesPattern('{"a":[1]}', event);
    } catch (error) {
      return error instanceof EventError ? error.offset : -1;
    }
    return assert.fail('accepted');
  };
  for (const text of ['{"b":1,}', '{"é":1,}', '{"日":1,}']) {
    assert.equal(offset(text), 7, text);
    assert.equal(offset(new TextEncoder().encode(text)), 7, text);
  }
});

test('large events, and small ones after them', () => {
  const matcher = createMatcher<number>();
  matcher.add(1, '{"z":["é"]}');
  const large = `{"x":"${'é'.repeat(2_000_000)}","z":"é"}`;
  for (const event of [large, '{"z":"é"}', '{"z":"e"}']) {
    const expected = event === '{"z":"e"}' ? [] : [1];
    assert.deepEqual(matcher.match(event), expected);
    assert.deepEqual(matcher.match(new TextEncoder().encode(event)), expected);
  }
});

test('10,000 exact rules: only those are tested whose value occurs', (t) => {
  const matcher = createMatcher<number>();
  let tests = 0;
  for (let i = 0; i < 10_000; i++) {
    const pattern = parsePattern(`{"source":["shared"],"detail":{"k":["value-${i}"]}}`);
    for (const leaf of pattern.combinations[0]!) {
      for (const condition of leaf.conditions) {
        const original = condition.test.bind(condition);
        condition.test = (value) => {
          tests++;
          return original(value);
        };
      }
    }
    matcher.add(i, pattern);
  }
  assert.deepEqual(matcher.match('{"source":"shared","detail":{"k":"value-7777"}}'), [7777]);
  t.diagnostic(`${tests} tests`);
  assert.ok(tests <= 4, `${tests} tests`);
});

test('rules that share an exact value are found through something else that they do not share', () => {
  const matcher = createMatcher<number>();
  let tests = 0;
  for (let i = 0; i < 2000; i++) {
    const block = `10.0.${i >> 8}.${i & 255}/31`;
    const pattern = parsePattern(
      `{"a":[{"cidr":"${block}"}],"k":[{"prefix":"value-${i}."}],"source":["shared"]}`,
    );
    const condition = pattern.combinations[0]![0]!.conditions[0]!;
    const original = condition.test.bind(condition);
    condition.test = (value) => {
      tests++;
      return original(value);
    };
    matcher.add(i, pattern);
  }
  assert.deepEqual(matcher.match('{"a":"10.0.0.77","k":"value-77.x","source":"shared"}'), [77]);
  assert.ok(tests <= 20, `${tests} tests`);
});

test('alike conditions are tested once on each value', () => {
  const matcher = createMatcher<number>();
  let tests = 0;
  for (let i = 0; i < 100; i++) {
    const pattern = parsePattern('{"a":[{"prefix":"x"}]}');
    const condition = pattern.combinations[0]![0]!.conditions[0]!;
    const original = condition.test.bind(condition);
    condition.test = (value) => {
      tests++;
      return original(value);
    };
    matcher.add(i, pattern);
  }
  assert.equal(matcher.match('{"a":["y","xy","z"]}').length, 100);
  assert.ok(tests <= 3, `${tests} tests`);
});

test('removing patterns gives everything back', () => {
  const store = new LeafStore(false);
  const texts = [
    '{"a":[1],"b":{"c":["x",{"prefix":"y"}]}}',
    '{"b":{"c":["x"],"d.e":[null]},"":[1]}',
    '{"a":[1]}',
  ];
  const leaves = texts.flatMap((text) =>
    parsePattern(text)
      .combinations.flat()
      .map((leaf) => store.share(leaf)),
  );
  assert.equal(store.size, 5);
  for (const leaf of leaves) store.unshare(leaf);
  assert.equal(store.size, 0);
  assert.equal(store.root.children, null);
  assert.equal(store.root.field, null);
});

test('nothing of an event is kept', () => {
  const store = new LeafStore(false);
  const [leaf] = parsePattern('{"a":{"b":["x"]}}').combinations[0]!.map((each) => store.share(each));
  const scanner = new EventScanner('scan');
  scanner.scan('{"a":[{"b":"x"},{"b":"y"}]}', store.root);
  assert.deepEqual(leaf!.conditions[0]!.satisfying(1), [0]);
  assert.equal(leaf!.field.values.length, 2);
  scanner.release();
  assert.equal(leaf!.field.values.length, 0);
  assert.equal(leaf!.field.holdsElements, false);
  assert.equal(scanner.touched.count, 0);
});

test('a field without values in one event has its own elements in the next', () => {
  const matcher = new ThoroughMatcher(['{"a":{"x":[1],"y":[{"exists":false}]}}']);
  assert.deepEqual(matcher.match('{"a":[{"x":1}]}'), [0]);
  assert.deepEqual(matcher.match('{"a":[{"x":1,"y":1}]}'), []);
  assert.deepEqual(matcher.match('{"a":[{"x":1,"y":1},{"x":1}]}'), [0]);
});

test('whether arrays repeat is found out for each event', () => {
  // The second one has elements of arrays at a.b told apart.
  const patterns = ['{"a":[1],"a.b":[{"exists":false}]}', '{"a.b":{"x":[1],"y":[1]}}'];
  const matcher = new ThoroughMatcher(patterns);
  assert.deepEqual(matcher.match('{"a":1}'), [0]);
  assert.deepEqual(matcher.match('{"a.b":[[2]],"a":[[1]]}'), []);
});

test('a pattern may hold a very long string with escapes', () => {
  const units = 4_000_000;
  for (const escape of ['\\n', '\\u0041']) {
    const parsed = parsePattern(`{"a":["${`a${escape}`.repeat(units)}"]}`);
    assert.equal(parsed.combinations[0]![0]!.path, 'a');
  }
});

test('an error quotes at most 500 characters of the pattern', () => {
  const read = (text: string): string => {
    try {
      parsePattern(text);
    } catch (error) {
      return (error as PatternError).describe();
    }
    return assert.fail('accepted');
  };
  const text = `{"a":["${'x'.repeat(600)}",[]]}`;
  const quoted = `"${text.slice(0, 500)}"[truncated ${text.length - 500} chars]`;
  assert.equal(
    read(text),
    'Match value must be String, number, true, false, or null\n' +
      ` at [Source: (String)${quoted}; line: 1, column: ${text.length - 2}]`,
  );
});

test('a pattern tells what a server asks of it', () => {
  const pattern = parsePattern(
    '{"source":["a","b"],"detail-type":["t",{"prefix":"u"}],"$or":[{"x":{"y":["z"]}},{"w":[{"wildcard":"*"}]}]}',
  );
  assert.equal(pattern.usesWildcard, true);
  assert.equal(pattern.combinations.length, 2);
  assert.deepEqual(pattern.literalStrings('source'), ['a', 'b']);
  for (const path of ['absent', 'detail-type', 'x.y', 'w']) {
    assert.equal(pattern.literalStrings(path), undefined, path);
  }
  assert.equal(parsePattern('{"a":[{"prefix":"*"}]}').usesWildcard, false);
  assert.equal(parsePattern('{"a":[{"anything-but":{"wildcard":"*"}}]}').usesWildcard, true);
  assert.deepEqual(parsePattern('{"$or":[{"a":["10.0.0.1"]},{"a":["b"]}]}').literalStrings('a'), [
    '10.0.0.1',
    'b',
  ]);
});

test('every operator is in the specification, with an argument that it takes', () => {
  const specification = readFileSync(`${import.meta.dirname}/../PATTERNS.md`, 'utf8');
  for (const name of operators.keys()) {
    const [, argument] = new RegExp(`^\\| \`${name}\` .*\\| \`(.+?)\` \\|$`, 'm').exec(specification)!;
    const pattern = parsePattern(`{"a":[{"${name}":${argument}}]}`);
    assert.ok(pattern.combinations[0]![0]!.conditions[0]!.describe().length > 0, name);
  }
});

test('characters that are equal ignoring case have one folded key', () => {
  const single = (c: string, mapped: string): string => (mapped.length === c.length ? mapped : c);
  for (let code = 0; code < 0x1ffff; code++) {
    const c = String.fromCodePoint(code);
    assert.equal(foldedKey(single(c, c.toLowerCase())), foldedKey(c), `lower case of U+${code.toString(16)}`);
    assert.equal(foldedKey(single(c, c.toUpperCase())), foldedKey(c), `upper case of U+${code.toString(16)}`);
  }
});
