// The package by itself: in a real browser, and in a bare JavaScript context.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { findChromium, withPage } from './chromium.ts';
import type { Judgement } from './judge.ts';
import { servePage } from './page-server.ts';

const CASES = [
  'literals',
  'numbers',
  'strings',
  'anything-but',
  'exists',
  'arrays',
  'structure',
  'or',
  'addresses',
];
/** Only tells a page that reports from one that does not. */
const LIMIT_MS = 60_000;

function assertAllRight(judgements: readonly Judgement[]): number {
  assert.equal(judgements.length, CASES.length);
  for (const [index, { checked, wrong }] of judgements.entries()) {
    assert.deepEqual(wrong, [], CASES[index]);
    assert.ok(checked > 0, CASES[index]);
  }
  return judgements.reduce((sum, { checked }) => sum + checked, 0);
}

const PAGE = `<!doctype html><title>cases</title><script type="module">
  const report = (value) => fetch('/report', { method: 'POST', body: JSON.stringify(value) });
  try {
    const { judge } = await import('/test/browser/judge.ts');
    const judgements = [];
    for (const name of ${JSON.stringify(CASES)}) {
      judgements.push(judge((await (await fetch('/cases/' + name + '.json')).json()).rows));
    }
    await report({ judgements, browser: navigator.userAgent, absent: [typeof process, typeof Buffer] });
  } catch (error) {
    await report({ error: String(error) });
  }
</script>`;

interface PageReport {
  readonly error?: string;
  readonly judgements: readonly Judgement[];
  readonly browser: string;
  readonly absent: readonly string[];
}

const chromium = findChromium();
const skip =
  chromium === undefined &&
  'SKIPPED: there is no Chromium, and only root can install it (apt-get install chromium)';

test('the cases hold in Chromium', { skip, timeout: LIMIT_MS }, async (t) => {
  await using server = await servePage(PAGE);
  const report = (await withPage(chromium!, server.url, () => server.report)) as PageReport;
  assert.equal(report.error, undefined);
  assert.deepEqual(report.absent, ['undefined', 'undefined']);
  const rows = assertAllRight(report.judgements);
  t.diagnostic(`${rows} rows in ${report.browser}`);
});

test('the cases hold without any global of Node', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--experimental-vm-modules',
    '--no-warnings',
    join(import.meta.dirname, 'bare-context.ts'),
    ...CASES,
  ]);
  const report = JSON.parse(stdout) as PageReport;
  assert.deepEqual(report.absent, ['undefined', 'undefined', 'undefined', 'undefined']);
  t.diagnostic(`${assertAllRight(report.judgements)} rows`);
});
