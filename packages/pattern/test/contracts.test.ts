import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMatcher } from '../src/index.ts';
import { cityLots } from './city-lots.ts';
import { cityLotRules } from './city-lot-rules.ts';
import { checkContracts, checkMutants, checkRepeats, MODES } from './contract-checks.ts';
import { referenceMatches } from './reference-matcher.ts';

const PATTERNS = 300;
const EVENTS = 120;
const MUTANTS = 25_000;
const LOTS = 150;

for (const dense of [false, true]) {
  test(`all contracts give the answers of a naive matcher to ${dense ? 'dense' : 'wide'} events`, (t) => {
    const { matches, trusted } = checkContracts(dense ? 77 : 78, dense, PATTERNS, EVENTS);
    t.diagnostic(`${EVENTS} events, ${matches} matches, ${trusted} events that may be trusted`);
    assert.ok(trusted > EVENTS / 4 && matches > EVENTS);
  });
}

test('small sets of patterns get the same answers', () => {
  for (let seed = 1; seed <= 100; seed++) checkContracts(seed, seed % 2 === 0, 1 + (seed % 4), 12);
});

test('of repeated names every value counts, whether or not all is read', (t) => {
  let matches = 0;
  for (let seed = 1; seed <= 150; seed++) matches += checkRepeats(seed, 20);
  t.diagnostic(`${matches} matches`);
  assert.ok(matches > 300);
});

test('a condition that leads to one pattern holds for others, too', () => {
  for (const mode of MODES) {
    const matcher = createMatcher<number>(mode);
    matcher.add(1, '{"a":[{"prefix":"x"},"y"]}');
    matcher.add(2, '{"a":[{"prefix":"x"},"z"],"b":[1]}');
    for (let i = 0; i < 4; i++) assert.deepEqual(matcher.match('{"a":"xx","b":1}'), [1, 2]);
  }
});

test('what is passed over by searching for names is not missed', () => {
  const matcher = createMatcher<number>();
  matcher.add(1, '{"o":{"name":["b"]}}');
  for (const rest of [
    '"o":{"name":"b"}',
    '"o":{"n\\u0061me":"b"}',
    '"o.name":"b"',
    '"\\u006f.name":"b"',
    '"x":["name"],"o":[{"name":"b"}]',
  ])
    assert.deepEqual(matcher.match(`{"o":{"name":"a"},${rest}}`), [1], rest);
  assert.deepEqual(matcher.match('{"o":{"name":"a","x":"name"},"p":{"name":"b"},"name":"b"}'), []);
  assert.deepEqual(matcher.match('{"o":{"name":"a","name":"b"}}'), [1]);
  assert.deepEqual(matcher.match('{"o":[{"name":"a"},{"name":"b"}]}'), [1]);
});

test(`strict matchers refuse what JSON.parse refuses, in ${MUTANTS} texts`, (t) => {
  const valid = checkMutants(9, MUTANTS);
  t.diagnostic(`${valid} of them valid`);
  assert.ok(valid > MUTANTS / 50 && valid < MUTANTS);
});

test('the customary rule sets find what a naive matcher finds', (t) => {
  const events = cityLots(LOTS, 7);
  let matches = 0;
  for (const [name, patterns] of [...cityLotRules, ['all', [...cityLotRules.values()].flat()] as const]) {
    const matchers = MODES.map((mode) => createMatcher<number>(mode));
    for (const matcher of matchers) patterns.forEach((pattern, id) => matcher.add(id, pattern));
    for (const event of events) {
      const expected = patterns.flatMap((pattern, id) => (referenceMatches(pattern, event) ? [id] : []));
      matches += expected.length;
      for (const matcher of matchers) assert.deepEqual(matcher.match(event), expected, `${name} ${event}`);
    }
  }
  t.diagnostic(`${matches} matches`);
});
