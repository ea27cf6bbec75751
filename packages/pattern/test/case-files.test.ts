import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { createMatcher, explain, matchesPattern, parsePattern, PatternError } from '../src/index.ts';
import { MAX_WILDCARD_COMPLEXITY } from '../src/limits.ts';
import { mostComplexity, wildcardComplexity } from '../src/wildcard/complexity.ts';
import { parseGlob } from '../src/wildcard/glob.ts';
import { readCaseFile, readRows } from './case-file.ts';
import type { CaseRow, GeneratedMatrix, GeneratedPair } from './case-file.ts';

/** How many rows each file is known to hold, so that none gets lost. */
const KNOWN_ROWS: Record<string, number> = {
  literals: 33,
  numbers: 58,
  strings: 49,
  'anything-but': 67,
  exists: 35,
  arrays: 25,
  structure: 48,
  or: 46,
  addresses: 44,
  recorded: 76,
};

function readError(pattern: string): PatternError {
  try {
    parsePattern(pattern);
  } catch (error) {
    assert.ok(error instanceof PatternError, String(error));
    return error;
  }
  return assert.fail('the pattern is accepted');
}

function checkError(row: CaseRow): void {
  const error = readError(row.pattern);
  assert.equal(error.reason, row.error);
  assert.equal(error.message, row.error);
  if (row.column === undefined) return;
  const line = row.line ?? (row.column === 0 ? 0 : 1);
  assert.deepEqual({ line: error.line, column: error.column }, { line, column: row.column });
  const position = `\n at [Source: (String)"${row.pattern}"; line: ${line}, column: ${row.column}]`;
  const positions = row.positions ?? 1;
  assert.equal(error.describe(), `${row.error}${position.repeat(positions)}`);
}

function checkMatch(row: CaseRow): void {
  const { pattern, event = '', match } = row;
  const matcher = createMatcher<string>();
  matcher.add('it', pattern);
  assert.equal(matchesPattern(pattern, event), match);
  const settled = createMatcher<string>({ settleAfter: 2 });
  settled.add('it', pattern);
  for (let time = 0; time < 3; time++) assert.deepEqual(settled.match(event), match === true ? ['it'] : []);
  assert.deepEqual(matcher.match(event), match === true ? ['it'] : []);
  assert.deepEqual(matcher.match(new TextEncoder().encode(event)), match === true ? ['it'] : []);
  assert.equal(explain(pattern, event).matched, match);
}

for (const [file, known] of Object.entries(KNOWN_ROWS)) {
  test(`cases/${file}.json: ${known} rows`, () => {
    const rows = readRows<CaseRow>(file);
    assert.equal(rows.length, known);
    for (const row of rows) {
      try {
        if (row.error === undefined) checkMatch(row);
        else checkError(row);
      } catch (error) {
        throw new Error(`row "${row.name}" ${JSON.stringify(row)}`, { cause: error });
      }
    }
  });
}

test('every case file is read', () => {
  const files = readdirSync(new URL('../cases/', import.meta.url)).map((name) => name.replace('.json', ''));
  const others = ['generated-matrix', 'generated-pairs', 'wildcard-complexity'];
  assert.deepEqual(files.toSorted(), [...Object.keys(KNOWN_ROWS), ...others].toSorted());
});

test('cases/generated-pairs.json: 2,988 pairs', (t) => {
  const rows = readRows<GeneratedPair>('generated-pairs');
  assert.equal(rows.length, 2988);
  let invalid = 0;
  let matching = 0;
  for (const [pattern, event, match] of rows) {
    if (match === null) {
      readError(pattern);
      invalid++;
      continue;
    }
    assert.equal(matchesPattern(pattern, event), match, `${pattern}\n${event}`);
    matching += match ? 1 : 0;
  }
  assert.equal(invalid, 237);
  t.diagnostic(`${rows.length} pairs: ${matching} match, ${invalid} patterns invalid`);
});

test('cases/generated-matrix.json: 297 patterns and 300 events in one matcher', (t) => {
  const { patterns, events, matches } = readCaseFile<GeneratedMatrix>('generated-matrix');
  assert.deepEqual([patterns.length, events.length, matches.length], [297, 300, 300]);
  const matcher = createMatcher<number>();
  patterns.forEach((pattern, index) => matcher.add(index, pattern));
  let matching = 0;
  events.forEach((event, index) => {
    const expected = matches[index]!.toSorted((a, b) => a - b);
    assert.deepEqual(matcher.match(event), expected, event);
    matching += expected.length;
  });
  assert.equal(matching, 1467);
  t.diagnostic(`${patterns.length * events.length} answers, ${matching} of them matches`);
});

test('cases/wildcard-complexity.json: 18 rows', () => {
  const rows = readRows<{ wildcard: string; complexity: number }>('wildcard-complexity');
  assert.equal(rows.length, 18);
  for (const { wildcard, complexity } of rows) {
    const glob = parseGlob(wildcard);
    assert.ok(typeof glob !== 'string');
    assert.equal(wildcardComplexity([glob], 1000), complexity, wildcard);
    assert.ok(mostComplexity([glob]) >= complexity, wildcard);
    const accept = (): unknown => parsePattern(JSON.stringify({ a: [{ wildcard }] }));
    if (complexity <= MAX_WILDCARD_COMPLEXITY) accept();
    else assert.throws(accept, /^PatternError: Rule is too complex/);
  }
});
