import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseExact, stringifyExact } from '../../src/cli/exact-json.ts';
import { Output } from '../../src/cli/output.ts';
import { closest, editDistance } from '../../src/cli/suggest.ts';
import { timeOf } from '../../src/cli/time-option.ts';
import { clientEnvironment, wantsColor } from '../../src/config.ts';

test('edit distance', () => {
  const rows: [string, string, number][] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['on-ordr', 'on-order', 1],
    ['statsu', 'status', 1],
    ['put', 'up', 2],
    ['kitten', 'sitting', 3],
  ];
  for (const [a, b, distance] of rows) {
    assert.equal(editDistance(a, b), distance, `${a} ${b}`);
    assert.equal(editDistance(b, a), distance, `${b} ${a}`);
  }
});

test('only what comes close is suggested', () => {
  const names = ['on-order', 'on-payment', 'nightly', 'a'];
  assert.equal(closest('on-ordr', names), 'on-order');
  assert.equal(closest('ON-ORDER', names), 'on-order');
  assert.equal(closest('nighlty', names), 'nightly');
  assert.equal(closest('billing', names), undefined);
  assert.equal(closest('x'.repeat(100_000), names), undefined);
});

test('JSON comes out as it went in', () => {
  for (const text of ['{"a":12345678901234567890,"b":1.0,"c":[1e3,-0,0.1]}', '"12"', '{"n":{"x":1E400}}']) {
    assert.equal(stringifyExact(parseExact(text)), text);
  }
  fc.assert(
    fc.property(fc.json(), (text) => {
      assert.deepEqual(JSON.parse(stringifyExact(parseExact(text))), JSON.parse(text));
    }),
  );
});

test('times of --since', () => {
  const now = Date.UTC(2026, 0, 2);
  assert.equal(timeOf('90s', 'since', now), now - 90_000);
  assert.equal(timeOf('1d', 'since', now), Date.UTC(2026, 0, 1));
  assert.equal(timeOf('2026-01-01T12:00:00Z', 'since', now), Date.UTC(2026, 0, 1, 12));
  for (const wrong of ['', '5', '1w', 'noon', '9999999999999d']) {
    assert.throws(() => timeOf(wrong, 'since', now), /--since/);
  }
});

function outputOf(terminal: boolean, color: boolean): { output: Output; text: () => string } {
  const out = new PassThrough();
  return {
    output: new Output({ out, err: out, terminal, color, statusColumns: undefined }),
    text: () => (out.read() as Buffer).toString(),
  };
}

const ROWS = [
  ['shop', '1'],
  ['a\u001b[31m\tb', '22'],
] as const;

test('a table has columns on a terminal and tabs elsewhere', async () => {
  const people = outputOf(true, true);
  await people.output.table(['BUS', 'LAG'], ROWS);
  assert.equal(people.text(), '\u001b[2mBUS       LAG\u001b[22m\nshop      1\na\ufffd[31m b  22\n');
  const programs = outputOf(false, false);
  await programs.output.table(['BUS', 'LAG'], ROWS);
  assert.equal(programs.text(), 'shop\t1\na\u001b[31m b\t22\n');
});

test('colours are for those who want them', () => {
  assert.equal(outputOf(true, true).output.style('red', 'x'), '\u001b[31mx\u001b[39m');
  assert.equal(outputOf(true, false).output.style('red', 'x'), 'x');
  assert.equal(wantsColor({ NO_COLOR: '1' }), false);
  assert.equal(wantsColor({ NO_COLOR: '' }), true);
  assert.equal(wantsColor({ TERM: 'dumb' }), false);
});

test('the environment', () => {
  assert.deepEqual(clientEnvironment({}), { url: undefined, region: undefined, credentials: undefined });
  assert.deepEqual(
    clientEnvironment({
      AWS_ENDPOINT_URL: '',
      BUSBAR_URL: 'http://b',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'k',
      AWS_SECRET_ACCESS_KEY: 's',
    }),
    {
      url: 'http://b',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'k', secretAccessKey: 's', sessionToken: undefined },
    },
  );
});
