import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { entriesOf } from './book.ts';

/** Only tells an example that ends from one that hangs. */
const LIMIT_MS = 90_000;
const ALL = [101, 102, 103, 104, 105, 106, 107, 108, 109].map((number) => `order-${number}`);

const folder = mkdtempSync(join(tmpdir(), 'busbar-order-payment-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const run = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), folder], {
  encoding: 'utf8',
  timeout: LIMIT_MS,
});
const ordersOf = (service: string): string[] => entriesOf(folder, service).map(({ order }) => order);
const placeOf = (line: string): number => {
  const place = run.stdout.indexOf(line);
  assert.ok(place >= 0, `"${line}" is told`);
  return place;
};

test('the example runs to its end and complains of nothing', () => {
  assert.equal(run.stderr, '');
  assert.equal(run.status, 0, run.stdout);
});

test('over HTTP, orders are lost while payment is down', () => {
  placeOf('order-2: paid, invoiced, shipped');
  placeOf('order-3: FAILED, payment does not answer');
  placeOf('2 orders placed, 2 lost');
});

for (const service of ['payment', 'invoice', 'shipping']) {
  test(`over events, ${service} acts exactly once on every order`, () => {
    assert.deepEqual(ordersOf(service).toSorted(), ALL);
  });
}

test('what was paid right before the kill comes again, and is recognised by its key', () => {
  assert.ok(placeOf('order-103 paid') < placeOf('payment     killed'));
  assert.ok(placeOf('payment     killed') < placeOf('order-103 came again: known, nothing to do'));
});

test('invoices and parcels go out while payment is down', () => {
  const back = placeOf('Payment comes back');
  for (const order of ALL.slice(2, 7)) {
    assert.ok(placeOf(`${order} invoiced`) < back);
    assert.ok(placeOf(`${order} shipped`) < back);
  }
  assert.ok(placeOf('order-104 paid') > back);
  placeOf('invoice and shipping ran all the time, in the same process');
});

test('the stock check hears of what happens after it was added', () => {
  assert.deepEqual(ordersOf('stock-check').toSorted(), ['order-108', 'order-109']);
});
