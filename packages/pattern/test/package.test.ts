import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';
import { buildSync } from 'esbuild';
import * as api from '../src/index.ts';

const KILOBYTE = 1024;
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

test('a program that matches loads at most 22 KB, with explanations 24 KB', (t) => {
  const matching = sizeOf(MATCHING);
  const all = sizeOf(Object.keys(api).join(', '));
  t.diagnostic(`${matching} bytes to match, ${all} with explanations, minified and compressed`);
  assert.ok(matching > KILOBYTE && matching <= 22 * KILOBYTE, `${matching} bytes to match`);
  assert.ok(all <= 24 * KILOBYTE, `${all} bytes in all`);
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
