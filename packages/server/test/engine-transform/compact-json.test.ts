import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compactJson, compactJsonObject } from '../../src/engine/compact-json.ts';

/** Text, and what becomes of it; undefined: not a JSON object. */
const OBJECTS: readonly (readonly [text: string, compact: string | undefined])[] = [
  ['{}', '{}'],
  [' {"a":1} ', '{"a":1}'],
  ['\t\r\n{ }\n', '{}'],
  ['{ "a" : [ 1 , 2 , { } , [ ] ] , "b" : { "c" : null } }', '{"a":[1,2,{},[]],"b":{"c":null}}'],
  // Spelling stays: numbers, escapes, order, duplicates, blanks inside strings.
  ['{"b":1.0,"a":1e3,"a":-0}', '{"b":1.0,"a":1e3,"a":-0}'],
  [
    '{"n":9007199254740993,"big":123456789012345678901234567890}',
    '{"n":9007199254740993,"big":123456789012345678901234567890}',
  ],
  ['{"s":" \\u0041\\/ \\" "}', '{"s":" \\u0041\\/ \\" "}'],
  ['{"":""}', '{"":""}'],
  ['{"é":"\u{1F68C}","lone":"\ud800"}', '{"é":"\u{1F68C}","lone":"\ud800"}'],
  ['{"a":"\u00a0"}', '{"a":"\u00a0"}'],
  // Another JSON value, or none.
  ['', undefined],
  ['null', undefined],
  ['5', undefined],
  ['"x"', undefined],
  ['[1]', undefined],
  ['{"a":1} x', undefined],
  ['{"a":1}{}', undefined],
  ['{', undefined],
  ['{"a"', undefined],
  ['{"a":', undefined],
  ['{"a":1', undefined],
  ['{"a":1,}', undefined],
  ['{,}', undefined],
  ['{"a" 1}', undefined],
  ['{a:1}', undefined],
  ["{'a':1}", undefined],
  ['{"a":[1,]}', undefined],
  ['{"a":[1 2]}', undefined],
  ['{"a":[1}', undefined],
  ['{"a":[}]', undefined],
  ['{"a":01}', undefined],
  ['{"a":1.}', undefined],
  ['{"a":.5}', undefined],
  ['{"a":+1}', undefined],
  ['{"a":-}', undefined],
  ['{"a":1e}', undefined],
  ['{"a":1e+}', undefined],
  ['{"a":NaN}', undefined],
  ['{"a":Infinity}', undefined],
  ['{"a":tru}', undefined],
  ['{"a":truex}', undefined],
  ['{"a":"\n"}', undefined],
  ['{"a":"\\x"}', undefined],
  ['{"a":"\\u00g0"}', undefined],
  ['{"a":"\\u00', undefined],
  ['{"a":"x', undefined],
  ['{"a":"\\', undefined],
  ['\ufeff{}', undefined],
  ['\u00a0{}', undefined],
  ['{"a":1}\0', undefined],
  ['{/**/}', undefined],
];

for (const [text, compact] of OBJECTS) {
  test(`object ${JSON.stringify(text).slice(0, 60)} becomes ${compact?.slice(0, 40)}`, () => {
    assert.equal(compactJsonObject(text), compact);
  });
}

test('a text that is compact already is answered itself', () => {
  const text = JSON.stringify({ a: [1, { b: 'c d' }], e: null });
  assert.equal(compactJsonObject(text), text);
});

test('any JSON value passes compactJson', () => {
  for (const text of ['null', ' true', '-1.50e+7 ', '"a b"', '[ ]']) {
    assert.equal(compactJson(text), text.replace('[ ]', '[]').trim());
  }
});

const LEVELS = 100_000;

test('hostile nesting neither crashes nor is refused', () => {
  const object = `${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`;
  assert.equal(compactJsonObject(object), object);
  const array = `{"a":${'[ '.repeat(LEVELS)}${' ]'.repeat(LEVELS)}}`;
  assert.equal(compactJsonObject(array), array.replaceAll(' ', ''));
  assert.equal(compactJsonObject('{"a":'.repeat(LEVELS)), undefined);
  assert.equal(compactJsonObject(`{"a":${'['.repeat(LEVELS)}`), undefined);
});

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test('property: whatever JSON.stringify indents is squeezed to what it writes without indenting', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 4, '\t'), (value, indent) => {
      assert.equal(compactJson(` ${JSON.stringify(value, null, indent)}\n`), JSON.stringify(value));
    }),
    { numRuns: 500 },
  );
});

test('property: a damaged text is accepted exactly when JSON.parse accepts it, and means the same', () => {
  const damage = fc.tuple(
    fc.jsonValue(),
    fc.nat(),
    fc.nat(3),
    fc.constantFrom(
      '',
      ' ',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '-',
      '0',
      '.',
      'e',
      'u',
      'n',
      '\u0001',
      '\ud800',
    ),
  );
  fc.assert(
    fc.property(damage, ([value, at, removed, inserted]) => {
      const text = JSON.stringify(value);
      const start = at % (text.length + 1);
      const damaged = text.slice(0, start) + inserted + text.slice(start + removed);
      const compact = compactJson(damaged);
      assert.equal(compact !== undefined, parses(damaged), damaged);
      if (compact !== undefined) assert.deepEqual(JSON.parse(compact), JSON.parse(damaged));
    }),
    { numRuns: 5_000 },
  );
});

test('property: texts of JSON tokens in any order are judged as JSON.parse judges them', () => {
  const token = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '1',
    '-0.5e2',
    'true',
    'null',
    ' ',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
      const text = tokens.join('');
      assert.equal(compactJson(text) !== undefined, parses(text), text);
    }),
    { numRuns: 5_000 },
  );
});
