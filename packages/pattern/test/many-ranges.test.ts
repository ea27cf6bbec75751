import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMatcher } from '../src/index.ts';
import type { Matcher } from '../src/index.ts';
import { RandomCases } from './random-cases.ts';

interface Range {
  readonly id: number;
  readonly low: number;
  readonly high: number;
  /** `>=` or `>`, then `<=` or `<`. */
  readonly operators: readonly [string, string];
}

/** Bounds lie close together, or as far apart as numbers do, so that many are equal and sums overflow. */
const BOUNDS = [0, 1, 2, 2.5, -1, -0.1, 0.1, 100, 1e-9, 1e9, 1.7e308, -1.7e308, -1e9];

function drawRange(random: RandomCases, id: number): Range {
  const draw = (): number => (random.chance(0.3) ? random.pick(BOUNDS) : random.below(2000) / 8 - 100);
  const [a, b] = [draw(), draw()];
  const operators = [random.pick(['>=', '>']), random.pick(['<=', '<'])] as const;
  const kind = random.below(10);
  if (kind === 0) return { id, low: a, high: a, operators: ['>=', '<='] };
  if (kind === 1) return { id, low: a, high: Number.POSITIVE_INFINITY, operators };
  if (kind === 2) return { id, low: Number.NEGATIVE_INFINITY, high: a, operators };
  return a === b ? drawRange(random, id) : { id, low: Math.min(a, b), high: Math.max(a, b), operators };
}

function patternOf({ low, high, operators }: Range): string {
  if (low === high) return `{"n":[{"numeric":["=",${low}]}]}`;
  const terms: string[] = [];
  if (Number.isFinite(low)) terms.push(`"${operators[0]}",${low}`);
  if (Number.isFinite(high)) terms.push(`"${operators[1]}",${high}`);
  return `{"n":[{"numeric":[${terms.join()}]}]}`;
}

function holds({ low, high, operators: [lower, upper] }: Range, number: number): boolean {
  return (lower === '>' ? number > low : number >= low) && (upper === '<' ? number < high : number <= high);
}

/** Compares the answers for some numbers, bounds among them, with those of trying every range. */
function compare(random: RandomCases, matcher: Matcher<number>, ranges: ReadonlyMap<number, Range>): number {
  let matches = 0;
  for (let i = 0; i < 4; i++) {
    const number = random.chance(0.5) ? random.pick(BOUNDS) : random.below(4000) / 16 - 110;
    const expected = [...ranges.values()].filter((range) => holds(range, number)).map(({ id }) => id);
    assert.deepEqual(
      matcher.match(`{"n":${number}}`).toSorted((a, b) => a - b),
      expected.toSorted((a, b) => a - b),
      `${number}`,
    );
    matches += expected.length;
  }
  return matches;
}

test('hundreds of ranges that come and go are found as if each was tried', () => {
  let matches = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const random = new RandomCases(seed, true);
    const matcher = createMatcher<number>();
    const ranges = new Map<number, Range>();
    for (let id = 0; id < 1500; id++) {
      // Now there are more, now fewer of them, so that some leave before and some after others have come.
      if (ranges.size > 0 && random.chance(id % 500 < 350 ? 0.2 : 0.8)) {
        const gone = random.pick([...ranges.keys()]);
        ranges.delete(gone);
        assert.equal(matcher.remove(gone), true);
      }
      const range = drawRange(random, id);
      ranges.set(id, range);
      matcher.add(id, patternOf(range));
      if (random.chance(0.15)) matches += compare(random, matcher, ranges);
    }
    for (const id of ranges.keys()) matcher.remove(id);
    assert.deepEqual(matcher.match('{"n":1}'), []);
  }
  assert.ok(matches > 10_000, `${matches} matches`);
});

test('more ranges than one tree holds, all at once', () => {
  const random = new RandomCases(7, true);
  const matcher = createMatcher<number>();
  const ranges = new Map<number, Range>();
  for (let id = 0; id < 40_000; id++) {
    const low = random.below(1_000_000);
    const range: Range = { id, low, high: low + 1 + random.below(100), operators: ['>', '<='] };
    ranges.set(id, range);
    matcher.add(id, patternOf(range));
  }
  const find = (number: number): void => {
    const expected = [...ranges.values()].filter((range) => holds(range, number)).map(({ id }) => id);
    assert.deepEqual(matcher.match(`{"n":${number}}`), expected);
  };
  for (let i = 0; i < 20; i++) find(random.below(1_000_000));
  for (let id = 0; id < 40_000; id++) {
    if (id % 8 === 0) continue;
    ranges.delete(id);
    matcher.remove(id);
  }
  for (let i = 0; i < 20; i++) find(random.below(1_000_000));
});

test('excluded numbers that are stated, given up and stated again', () => {
  const random = new RandomCases(8, true);
  const matcher = createMatcher<string>();
  matcher.add('keeps', '{"n":[{"anything-but":[1,2,3]}],"m":[{"exists":true}],"z":["z"]}');
  for (let i = 0; i < 400; i++) {
    matcher.add('leads', '{"n":[{"anything-but":[1,2,3]}]}');
    matcher.add(`other ${i % 150}`, `{"n":[{"anything-but":[${i},${random.below(400)}]}]}`);
    const number = random.below(5);
    assert.equal(matcher.match(`{"n":${number}}`).includes('leads'), number === 0 || number === 4);
    matcher.remove('leads');
    assert.equal(matcher.match(`{"n":${number}}`).includes('leads'), false);
  }
});
