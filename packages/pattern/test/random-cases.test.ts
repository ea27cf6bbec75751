import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMatcher, explain, matchesPattern, parsePattern } from '../src/index.ts';
import type { Matcher } from '../src/index.ts';
import { RandomCases } from './random-cases.ts';
import { referenceMatches } from './reference-matcher.ts';
import { ThoroughMatcher } from './thorough-matcher.ts';

const PAIRS = 40_000;
const ROUNDS = 12;
const PATTERNS_AT_ONCE = 400;
const EVENTS_A_ROUND = 40;

const thoroughlyMatches = (pattern: string, event: string): boolean =>
  new ThoroughMatcher([pattern]).match(event).length > 0;

test(`${PAIRS} random pairs get the answer of a naive matcher`, (t) => {
  const wide = new RandomCases(1, false);
  const dense = new RandomCases(3, true);
  let matching = 0;
  let explained = 0;
  for (let i = 0; i < PAIRS; i++) {
    const random = i % 2 === 0 ? wide : dense;
    const pattern = random.pattern();
    const event = random.event();
    const told = `pattern ${pattern}\nevent ${event}`;
    const expected = referenceMatches(pattern, event);
    const matcher = createMatcher<number>();
    matcher.add(i, pattern);
    assert.deepEqual(matcher.match(event), expected ? [i] : [], told);
    const settled = createMatcher<number>({ settleAfter: 2 });
    settled.add(i, pattern);
    for (let time = 0; time < 3; time++) assert.deepEqual(settled.match(event), expected ? [i] : [], told);
    assert.equal(matchesPattern(parsePattern(pattern), event), expected, told);
    assert.equal(thoroughlyMatches(pattern, event), expected, told);
    matching += expected ? 1 : 0;
    if (i % 4 > 1) continue;
    assert.equal(explain(pattern, event).matched, expected, told);
    explained++;
  }
  assert.ok(matching > PAIRS / 12, `only ${matching} pairs match`);
  t.diagnostic(`${PAIRS} pairs compared with the naive matcher, ${matching} match, ${explained} explained`);
});

test('a name that leads into an array and past it is looked at on both ways', () => {
  const pattern = '{"b":{"a":[1],"c":{"x":[{"exists":false}],"y":[1]}}}';
  const array = '"b":[{"a":1,"c":{"y":1}}]';
  for (const past of ['"b":{"c":[{"x":2}]}', '"b.c":[{"x":2}]']) {
    for (const event of [`{${array},${past}}`, `{${past},${array}}`]) {
      assert.equal(thoroughlyMatches(pattern, event), false, event);
      assert.equal(matchesPattern(pattern, event), false, event);
    }
  }
  assert.equal(thoroughlyMatches(pattern, `{${array},"c":[{"x":2}]}`), true);
});

interface Held {
  readonly pattern: string;
  readonly alone: Matcher<number>;
}

test(`${PATTERNS_AT_ONCE} patterns in one matcher answer as each alone, while they come and go`, (t) => {
  let answers = 0;
  let matches = 0;
  let changes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const random = new RandomCases(round, round % 2 === 0);
    const together = createMatcher<number>({ settleAfter: 1 });
    const held = new Map<number, Held>();
    for (let i = 0; i < EVENTS_A_ROUND; i++) {
      changes += change(random, together, held, i === 0 ? PATTERNS_AT_ONCE : 40);
      const event = random.event();
      const expected = [...held]
        .filter(([id, { alone }]) => alone.match(event).includes(id))
        .map(([id]) => id);
      assert.deepEqual(
        together.match(event).toSorted((a, b) => a - b),
        expected.toSorted((a, b) => a - b),
        event,
      );
      assert.equal(together.size, held.size);
      answers += held.size;
      matches += expected.length;
    }
    for (const id of held.keys()) assert.equal(together.remove(id), true);
    assert.deepEqual(together.match(random.event()), []);
  }
  t.diagnostic(
    `${answers} answers compared, ${matches} of them matches, after ${changes} additions and removals`,
  );
});

/** Adds patterns, replacing some, and removes others. */
function change(
  random: RandomCases,
  together: Matcher<number>,
  held: Map<number, Held>,
  count: number,
): number {
  for (let i = 0; i < count; i++) {
    const id = random.below(PATTERNS_AT_ONCE * 1.5);
    if (held.has(id) && random.chance(0.5)) {
      held.delete(id);
      assert.equal(together.remove(id), true);
      assert.equal(together.remove(id), false);
      continue;
    }
    const pattern = random.pattern();
    const alone = createMatcher<number>({ settleAfter: 2 });
    alone.add(id, pattern);
    held.set(id, { pattern, alone });
    together.add(id, pattern);
  }
  return count;
}
