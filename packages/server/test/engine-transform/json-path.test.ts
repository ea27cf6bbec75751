import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJsonPath } from '../../src/engine/transform/json-path.ts';
import { createPathReader } from '../../src/engine/transform/path-set.ts';

const EVENT =
  '{"detail-type":"T","detail":{"a":{"b":1.0},"list":[1,"two",{"k":"v1"},{"k":"v2"},[7,8]],"empty":[],"n":null,' +
  '"t":true,"s":"q\\"\\u0041","x y":5,"a/b_c-d":6,"dup":1,"dup":{"in":2},"esc\\u0061ped":9}}';

const VALUES: readonly (readonly [path: string, value: string | undefined])[] = [
  ['$', EVENT],
  ['$.detail-type', '"T"'],
  ["$['detail-type']", '"T"'],
  ['$["detail-type"]', '"T"'],
  ['$.detail.a', '{"b":1.0}'],
  ['$.detail.a.b', '1.0'],
  ["$['detail']['a'].b", '1.0'],
  ['$.detail.list[0]', '1'],
  ['$.detail.list[1]', '"two"'],
  ['$.detail.list[4][1]', '8'],
  ['$.detail.list[99]', undefined],
  ['$.detail.list[*]', '[1,"two",{"k":"v1"},{"k":"v2"},[7,8]]'],
  ['$.detail.list[*].k', '["v1","v2"]'],
  ['$.detail.list[*][0]', '[7]'],
  ['$.detail.list[*].nothing', '[]'],
  ['$.detail.empty[*]', '[]'],
  ['$.detail.empty[0]', undefined],
  ['$.detail.a[*]', undefined],
  ['$.detail.nothing[*]', undefined],
  ['$.detail.n', 'null'],
  ['$.detail.t', 'true'],
  ['$.detail.s', '"q\\"\\u0041"'],
  ['$.detail.s.length', undefined],
  ["$.detail['x y']", '5'],
  ['$.detail.a/b_c-d', '6'],
  ['$.detail.dup', '{"in":2}'],
  ['$.detail.dup.in', '2'],
  ['$.detail.escaped', '9'],
  ['$.nothing.at.all', undefined],
  ['$.__proto__', undefined],
  ['$.constructor', undefined],
];

for (const [path, value] of VALUES) {
  test(`${path} leads to ${value?.slice(0, 40)}`, () => {
    assert.deepEqual(createPathReader([parseJsonPath(path)!])(EVENT), [value]);
  });
}

test('all paths together answer what each answers alone', () => {
  const read = createPathReader(VALUES.map(([path]) => parseJsonPath(path)!));
  assert.deepEqual(
    read(EVENT),
    VALUES.map(([, value]) => value),
  );
});

for (const path of [
  '',
  'detail',
  '.detail',
  '$detail',
  '$.',
  '$..a',
  '$.a.',
  '$[',
  '$[]',
  '$[-1]',
  '$[0:2]',
  '$[?(@.a)]',
  '$.*',
  "$['a",
  "$['a'",
  '$.a b',
  '$.length()',
  '$.a[01x]',
]) {
  test(`${JSON.stringify(path)} is no path`, () => assert.equal(parseJsonPath(path), undefined));
}

test('hostile texts take no more time than others', () => {
  assert.equal(parseJsonPath(`$['${'\\'.repeat(200_000)}`), undefined);
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  assert.deepEqual(createPathReader([parseJsonPath('$.a.b')!])(deep), [undefined]);
  const duplicates = `{${'"a":[1,2],'.repeat(50_000)}"a":[3]}`;
  assert.deepEqual(createPathReader([parseJsonPath('$.a[*]')!])(duplicates), ['[3]']);
});

function valueAt(value: unknown, names: readonly (string | number)[]): unknown {
  let at = value;
  for (const name of names) {
    if (typeof at !== 'object' || at === null) return undefined;
    if (Array.isArray(at) !== (typeof name === 'number') || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string | number, unknown>)[name];
  }
  return at;
}

test('property: definite paths find what walking the parsed value finds', () => {
  const name = fc.constantFrom('a', 'b', 'c d');
  const step = fc.oneof(name, fc.nat(2));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.string(), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  }));
  fc.assert(
    fc.property(value, fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 4 }), (document, paths) => {
      const texts = paths.map(
        (names) =>
          `$${names.map((item) => (typeof item === 'number' ? `[${item}]` : `['${item}']`)).join('')}`,
      );
      const read = createPathReader(texts.map((text) => parseJsonPath(text)!));
      const found = read(JSON.stringify(document)).map((text) =>
        text === undefined ? undefined : JSON.parse(text),
      );
      assert.deepEqual(
        found,
        paths.map((names) => valueAt(document, names)),
      );
    }),
    { numRuns: 1_000 },
  );
});
