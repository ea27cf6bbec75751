import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { CallNote } from './functions/book.ts';

/** Only tells an example that ends from one that hangs. */
const LIMIT_MS = 230_000;
const ALL = Array.from({ length: 500 }, (_, index) => `order-${index + 1}`).toSorted();

const folder = mkdtempSync(join(tmpdir(), 'busbar-order-functions-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const run = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), folder], {
  encoding: 'utf8',
  timeout: LIMIT_MS,
});
const callsOf = (service: string): CallNote[] =>
  readFileSync(join(folder, `${service}.calls`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CallNote);

test('the example runs to its end and complains of nothing', () => {
  assert.equal(run.stderr, '');
  assert.equal(run.status, 0, run.stdout);
});

for (const service of ['payment', 'invoice', 'shipping']) {
  test(`${service}: all 500 orders, each acted upon once`, () => {
    assert.deepEqual(readdirSync(join(folder, service)).toSorted(), ALL);
    const acted = callsOf(service).filter(({ first }) => first);
    assert.deepEqual(acted.map(({ order }) => order).toSorted(), ALL);
  });
}

test('the payment that was under way when its process was killed comes again, to another process', () => {
  const [before, again] = callsOf('payment').filter(({ order }) => order === 'order-250');
  assert.equal(before?.first, true);
  assert.equal(again?.first, false);
  assert.notEqual(again.pid, before.pid);
});

test('invoice and shipping are not disturbed', () => {
  for (const service of ['invoice', 'shipping']) {
    assert.equal(new Set(callsOf(service).map(({ pid }) => pid)).size, 1, service);
  }
});

test('it is told', () => {
  const told = ['500 orders placed', 'killed (kill -9)', 'order-250 came again', 'No order is lost.'];
  for (const line of told) assert.ok(run.stdout.includes(line), line);
});
