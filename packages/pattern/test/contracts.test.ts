import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMatcher, EventError } from '../src/index.ts';
import type { Contract } from '../src/index.ts';
import { cityLots } from './city-lots.ts';
import { cityLotRules } from './city-lot-rules.ts';
import { RandomCases } from './random-cases.ts';
import { referenceMatches } from './reference-matcher.ts';

const CONTRACTS: readonly Contract[] = ['scan', 'trusted', 'strict'];
const PATTERNS = 300;
const EVENTS = 300;
const MUTANTS = 100_000;
const LOTS = 150;

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The paths of a value's scalars, below `path`. */
function pathsOf(value: Json, path: string, paths: Set<string>): Set<string> {
  if (Array.isArray(value)) for (const each of value) pathsOf(each, path, paths);
  else if (value === null || typeof value !== 'object') paths.add(path);
  else for (const [name, each] of Object.entries(value)) pathsOf(each, `${path}.${name}`, paths);
  return paths;
}

/** Whether two names of one object lead to the same path, which a trusted event must not have. */
function repeatsPaths(value: Json): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.some(repeatsPaths);
  const seen = new Set<string>();
  for (const [name, each] of Object.entries(value)) {
    if (repeatsPaths(each)) return true;
    for (const path of pathsOf(each, name, new Set())) {
      if (seen.has(path)) return true;
      seen.add(path);
    }
  }
  return false;
}

/** The same event with white space, or with some characters written as escapes. */
function respell(random: RandomCases, event: string): string {
  if (random.chance(0.3)) return JSON.stringify(JSON.parse(event), null, random.pick([1, '\t', '\r\n']));
  if (random.chance(0.3)) {
    return event.replace(/[a-zé](?=[^"\\{}[\]:,]*":?)/g, (c) => {
      return random.chance(0.3) ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c;
    });
  }
  return event;
}

function sameEvent(a: string, b: string): boolean {
  return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
}

for (const dense of [false, true]) {
  test(`all contracts give the answers of a naive matcher to ${dense ? 'dense' : 'wide'} events`, (t) => {
    const random = new RandomCases(dense ? 77 : 78, dense);
    const patterns = Array.from({ length: PATTERNS }, () => random.pattern());
    const matchers = CONTRACTS.map((contract) => createMatcher<number>({ contract }));
    const few = createMatcher<number>({ contract: 'trusted' });
    for (const matcher of matchers) patterns.forEach((pattern, id) => matcher.add(id, pattern));
    patterns.slice(0, 2).forEach((pattern, id) => few.add(id, pattern));
    let trusted = 0;
    let matches = 0;
    for (let i = 0; i < EVENTS; i++) {
      const plain = random.event();
      const spelled = respell(random, plain);
      // Numbers that no double holds are not carried through JSON.parse.
      const event = sameEvent(plain, spelled) && !/9007|1e400|\.0|\.\d0|-0/.test(plain) ? spelled : plain;
      const expected = patterns.flatMap((pattern, id) => (referenceMatches(pattern, event) ? [id] : []));
      matches += expected.length;
      const mayTrust = !repeatsPaths(JSON.parse(event) as Json);
      if (mayTrust) trusted++;
      for (const [index, matcher] of matchers.entries()) {
        if (CONTRACTS[index] === 'trusted' && !mayTrust) continue;
        assert.deepEqual(matcher.match(event), expected, `${CONTRACTS[index]} ${event}`);
        assert.deepEqual(matcher.match(new TextEncoder().encode(event)), expected, event);
      }
      if (mayTrust)
        assert.deepEqual(
          few.match(event),
          expected.filter((id) => id < 2),
          event,
        );
    }
    t.diagnostic(`${EVENTS} events, ${matches} matches, ${trusted} events that may be trusted`);
    assert.ok(trusted > EVENTS / 4 && matches > EVENTS);
  });
}

test(`strict matchers refuse what JSON.parse refuses, in ${MUTANTS} texts`, (t) => {
  const random = new RandomCases(9, false);
  const matchers = CONTRACTS.map((contract) => createMatcher<number>({ contract }));
  for (const matcher of matchers) {
    matcher.add(1, '{"a":{"b":[{"exists":true}]}}');
    matcher.add(2, '{"c":[{"prefix":"a"},{"numeric":[">",1]}],"é":[{"exists":false}]}');
  }
  let valid = 0;
  let event = random.event();
  for (let i = 0; i < MUTANTS; i++) {
    if (i % 20 === 0) event = respell(random, random.event());
    const text = mutate(random, event);
    const expected = isJsonObject(text);
    valid += expected ? 1 : 0;
    for (const matcher of matchers) {
      const accepted = accepts(() => matcher.match(text));
      if (matcher === matchers[2]) assert.equal(accepted, expected, text);
      else if (expected) assert.equal(accepted, true, text);
    }
  }
  t.diagnostic(`${valid} of them valid`);
  assert.ok(valid > MUTANTS / 50 && valid < MUTANTS);
});

function mutate(random: RandomCases, event: string): string {
  let text = event;
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at = random.below(text.length + 1);
    const insert = random.chance(0.7) ? random.pick(Array.from('{}[]:,"\\ue0.-+1n \n\0é\ud800\ufeff')) : '';
    text = text.slice(0, at) + insert + text.slice(at + random.below(3));
    if (random.chance(0.05)) text = text.slice(0, at);
  }
  return text;
}

function isJsonObject(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Anything but an `EventError` is a fault. */
function accepts(match: () => unknown): boolean {
  try {
    match();
    return true;
  } catch (error) {
    if (error instanceof EventError) return false;
    throw error;
  }
}

test('the customary rule sets find what a naive matcher finds', (t) => {
  const events = cityLots(LOTS, 7);
  let matches = 0;
  for (const [name, patterns] of [...cityLotRules, ['all', [...cityLotRules.values()].flat()] as const]) {
    const matchers = CONTRACTS.map((contract) => createMatcher<number>({ contract }));
    for (const matcher of matchers) patterns.forEach((pattern, id) => matcher.add(id, pattern));
    for (const event of events) {
      const expected = patterns.flatMap((pattern, id) => (referenceMatches(pattern, event) ? [id] : []));
      matches += expected.length;
      for (const matcher of matchers) assert.deepEqual(matcher.match(event), expected, `${name} ${event}`);
    }
  }
  t.diagnostic(`${matches} matches`);
});
