import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { buildPattern } from '../../../scripts/pack-pattern.ts';
import * as api from '../src/index.ts';

const KILOBYTE = 1024;
const MOST_BYTES = 20 * KILOBYTE;
const MATCHING = 'createMatcher, matchesPattern, parsePattern, EventError, PatternError';

/** Bytes, minified and compressed, of what a program gets that imports these names. */
function sizeOf(names: string): number {
  const { outputFiles } = buildSync({
    stdin: { contents: `export { ${names} } from './index.ts'`, resolveDir: `${import.meta.dirname}/../src` },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

test('the released module takes at most 20 KB, compressed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pattern-size-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  await buildPattern(folder);
  const released = gzipSync(readFileSync(join(folder, 'index.js')), { level: 9 }).length;
  const matching = sizeOf(MATCHING);
  const all = sizeOf(Object.keys(api).join(', '));
  t.diagnostic(`the released module: ${released} bytes, minified and compressed`);
  t.diagnostic(`what a bundler makes of the sources: ${all} bytes, ${matching} without explanations`);
  assert.ok(released > KILOBYTE && released <= MOST_BYTES, `${released} bytes`);
});

test('the package exports what its README lists, and nothing besides', () => {
  assert.deepEqual(Object.keys(api).toSorted(), [
    'EventError',
    'Pattern',
    'PatternError',
    'createMatcher',
    'explain',
    'matchesPattern',
    'parsePattern',
  ]);
});
