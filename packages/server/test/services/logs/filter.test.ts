import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assert as holds, property, string } from 'fast-check';
import { ApiError } from '../../../src/model/errors.ts';
import { compileFilter } from '../../../src/services/logs/filter/index.ts';

const EVENT = JSON.stringify({
  source: 'shop.orders',
  'detail-type': 'Order Placed',
  detail: {
    total: 42.5,
    state: 'CA',
    code: '400',
    note: null,
    paid: true,
    items: [{ sku: 'a' }, { sku: 'b' }],
  },
  'odd.name': 'x',
});
const LINE = 'ERROR [main] order "17" was not placed: disk_full';

type Row = readonly [pattern: string, message: string, fits: boolean];

const table: readonly (readonly [string, readonly Row[]])[] = [
  [
    'words and phrases',
    [
      ['', LINE, true],
      ['   ', LINE, true],
      ['ERROR', LINE, true],
      ['error', LINE, false],
      ['ERROR disk_full', LINE, true],
      ['disk_full ERROR', LINE, true],
      ['ERROR missing', LINE, false],
      ['"not placed: disk"', LINE, true],
      ['"order \\"17\\""', LINE, true],
      ['"was placed"', LINE, false],
      ['ERROR -placed', LINE, false],
      ['ERROR -timeout', LINE, true],
      ['-timeout', LINE, true],
      ['-"not placed"', LINE, false],
      ['?WARN ?ERROR', LINE, true],
      ['?WARN ?INFO', LINE, false],
      ['order ?WARN', LINE, true],
      ['grüße', 'viele grüße', true],
    ],
  ],
  [
    'JSON',
    [
      ['{ $.source = "shop.orders" }', EVENT, true],
      ['{ $.source = shop.orders }', EVENT, true],
      ['{$.source="shop.orders"}', EVENT, true],
      ['{ $.source = "shop.*" }', EVENT, true],
      ['{ $.source = "*order*" }', EVENT, true],
      ['{ $.source = *.orders }', EVENT, true],
      ['{ $.source = "shop" }', EVENT, false],
      ['{ $.source != "shop" }', EVENT, true],
      ['{ $.source != "shop*" }', EVENT, false],
      ['{ $.nothing != "x" }', EVENT, false],
      ['{ $.detail-type = "Order Placed" }', EVENT, true],
      ['{ $.["odd.name"] = "x" }', EVENT, true],
      ['{ $["odd.name"] = "x" }', EVENT, true],
      ['{ $.detail.total = 42.5 }', EVENT, true],
      ['{ $.detail.total > 42 && $.detail.total <= 42.5 }', EVENT, true],
      ['{ $.detail.total >= 43 }', EVENT, false],
      ['{ $.detail.total < 4.25e1 }', EVENT, false],
      ['{ $.detail.total != 1 }', EVENT, true],
      ['{ $.detail.code = "400" }', EVENT, true],
      ['{ $.detail.code = 400 }', EVENT, false],
      ['{ $.detail.items[1].sku = "b" }', EVENT, true],
      ['{ $.detail.items[2].sku = "b" }', EVENT, false],
      ['{ $.detail.items[*].sku = "b" }', EVENT, true],
      ['{ $.detail.note IS NULL }', EVENT, true],
      ['{ $.detail.paid IS TRUE }', EVENT, true],
      ['{ $.detail.paid is false }', EVENT, false],
      ['{ $.detail.other NOT EXISTS }', EVENT, true],
      ['{ $.detail.paid NOT EXISTS }', EVENT, false],
      ['{ $.constructor NOT EXISTS }', EVENT, true],
      ['{ $.a = 1 || $.source = "shop*" && $.detail.state = "CA" }', EVENT, true],
      ['{ ($.source = "shop*" || $.a = 1) && $.detail.state = "NY" }', EVENT, false],
      ['{ $.source = "shop*" || $.a = 1 && $.detail.state = "NY" }', EVENT, true],
      ['{ $.source = "shop*" }', LINE, false],
      ['{ $.source = "shop*" }', '{ broken', false],
      ['{ $[0] = "a" }', '["a"]', true],
    ],
  ],
];

for (const [title, rows] of table) {
  describe(title, () => {
    for (const [pattern, message, fits] of rows) {
      test(`${pattern} → ${fits}`, () => assert.equal(compileFilter(pattern)(message), fits));
    }
  });
}

describe('patterns that are refused', () => {
  for (const [pattern, says] of [
    ['a-b', /Invalid character\(s\) in term 'a-b'/],
    ['"open', /quote is not closed/],
    ['-', /Invalid character/],
    ['%err.*%', /regular expressions/],
    ['{ $.a = %x% }', /regular expressions/],
    ['[ip, user]', /space-delimited/],
    ['{', /Invalid filter pattern/],
    ['{ }', /Invalid filter pattern/],
    ['{ $ = 1 }', /Invalid filter pattern/],
    ['{ $.a }', /Invalid filter pattern/],
    ['{ $.a = }', /Invalid filter pattern/],
    ['{ $.a = 1', /Invalid filter pattern/],
    ['{ $.a = 1 } more', /Invalid filter pattern/],
    ['{ ($.a = 1 }', /Invalid filter pattern/],
    ['{ $.a[x] = 1 }', /Invalid filter pattern/],
    ['{ $.a > "x" }', /compares with numbers only/],
  ] as const) {
    test(pattern, () => {
      assert.throws(
        () => compileFilter(pattern),
        (error) =>
          error instanceof ApiError && error.code === 'InvalidParameterException' && says.test(error.message),
      );
    });
  }
});

test('any text is a filter or is refused, and a filter never throws', () => {
  holds(
    property(string({ unit: 'binary', maxLength: 60 }), string(), (pattern, message) => {
      for (const text of [pattern, `{ $.${pattern} }`, `{ $.a = ${pattern} }`]) {
        try {
          const filter = compileFilter(text);
          filter(message);
          filter(EVENT);
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('many stars in a pattern stay cheap', () => {
  const matches = compileFilter(`{ $.a = "${'*a'.repeat(400)}*b" }`);
  assert.equal(matches(JSON.stringify({ a: 'a'.repeat(500_000) })), false);
});
