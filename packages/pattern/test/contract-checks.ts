/** Checks of all contracts against `JSON.parse` and a naive matcher, over random patterns and events. */
import assert from 'node:assert/strict';
import { createMatcher, EventError } from '../src/index.ts';
import type { Contract, MatcherOptions } from '../src/index.ts';
import { cityLots } from './city-lots.ts';
import { RandomCases } from './random-cases.ts';
import { referenceMatches } from './reference-matcher.ts';
import { ThoroughMatcher } from './thorough-matcher.ts';

export const CONTRACTS: readonly Contract[] = ['scan', 'trusted', 'strict'];

/** The ways to read events: by the scanner alone, with judged fields, and by a program made at the first event. */
const WAYS: readonly MatcherOptions[] = [
  { settleAfter: Number.POSITIVE_INFINITY },
  { settleAfter: 2, generate: false },
  { settleAfter: 2 },
];

/** Every contract in every way. */
export const MODES: readonly (MatcherOptions & { contract: Contract })[] = CONTRACTS.flatMap((contract) =>
  WAYS.map((way) => ({ contract, ...way })),
);

/** Patterns whose answers are found by the thorough search as well. */
const THOROUGH = 30;

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

/** What a run of checks has seen. */
export interface Tally {
  events: number;
  matches: number;
  /** Events that may be trusted. */
  trusted: number;
}

/**
 * Has every contract match `events` events with `count` patterns at once, and with the first two alone, and compares
 * the answers with those of a naive matcher.
 */
export function checkContracts(seed: number, dense: boolean, count: number, events: number): Tally {
  const random = new RandomCases(seed, dense);
  const patterns = Array.from({ length: count }, () => random.pattern());
  const matchers = MODES.map((mode) => createMatcher<number>(mode));
  const few = MODES.map((mode) => createMatcher<number>(mode));
  for (const matcher of matchers) patterns.forEach((pattern, id) => matcher.add(id, pattern));
  for (const matcher of few) patterns.slice(0, 2).forEach((pattern, id) => matcher.add(id, pattern));
  const thorough = new ThoroughMatcher(patterns.slice(0, THOROUGH));
  const tally: Tally = { events, matches: 0, trusted: 0 };
  for (let i = 0; i < events; i++) {
    const plain = random.event();
    const spelled = respell(random, plain);
    // Numbers that no double holds are not carried through JSON.parse.
    const event = sameEvent(plain, spelled) && !/9007|1e400|\.0|\.\d0|-0/.test(plain) ? spelled : plain;
    const expected = patterns.flatMap((pattern, id) => (referenceMatches(pattern, event) ? [id] : []));
    const expectedOfFew = expected.filter((id) => id < 2);
    tally.matches += expected.length;
    const mayTrust = !repeatsPaths(JSON.parse(event) as Json);
    if (mayTrust) tally.trusted++;
    assert.deepEqual(
      thorough.match(event),
      expected.filter((id) => id < THOROUGH),
      `seed ${seed}, thoroughly ${event}`,
    );
    for (const [index, mode] of MODES.entries()) {
      if (mode.contract === 'trusted' && !mayTrust) continue;
      const told = `seed ${seed}, ${JSON.stringify(mode)} ${event}`;
      assert.deepEqual(matchers[index]!.match(event), expected, told);
      assert.deepEqual(matchers[index]!.match(new TextEncoder().encode(event)), expected, told);
      assert.deepEqual(few[index]!.match(event), expectedOfFew, told);
    }
  }
  return tally;
}

/** One object's text with the fields of another one behind its own, so that names occur twice. */
function merge(first: string, second: string): string {
  const comma = first === '{}' || second === '{}' ? '' : ',';
  return `${first.slice(0, -1)}${comma}${second.slice(1)}`;
}

/**
 * Has matchers with few patterns read events in which names occur twice, on any level and spelled in any way, and
 * compares those that may pass over what follows with those that read all of it. Answers the number of matches.
 */
export function checkRepeats(seed: number, events: number): number {
  const random = new RandomCases(seed, true);
  const patterns = Array.from({ length: 1 + (seed % 4) }, () => random.pattern());
  const modes = MODES.filter(({ contract }) => contract !== 'trusted');
  const matchers = modes.map((mode) => createMatcher<number>(mode));
  for (const matcher of matchers) patterns.forEach((pattern, id) => matcher.add(id, pattern));
  const reading = matchers[modes.findIndex(({ contract }) => contract === 'strict')]!;
  let matches = 0;
  for (let i = 0; i < events; i++) {
    const [a, b, c, d] = Array.from({ length: 4 }, () => random.event());
    const nested = `{"a":${merge(a!, b!)},"b":[${c},${d}],"a.b":${a}}`;
    const event = merge(random.pick([a!, nested]), respell(random, random.pick([b!, nested, '{}'])));
    const expected = reading.match(event);
    matches += expected.length;
    for (const [index, matcher] of matchers.entries()) {
      const told = `seed ${seed}, ${JSON.stringify(modes[index])} ${event}`;
      assert.deepEqual(matcher.match(event), expected, told);
      assert.deepEqual(matcher.match(new TextEncoder().encode(event)), expected, told);
    }
  }
  return matches;
}

/** Damages texts and compares what is refused with what `JSON.parse` refuses; answers how many are valid. */
export function checkMutants(seed: number, count: number): number {
  const random = new RandomCases(seed, false);
  const lots = cityLots(20, seed);
  const matchers = MODES.map((mode) => createMatcher<number>(mode));
  for (const matcher of matchers) {
    matcher.add(1, '{"a":{"b":[{"exists":true}]},"properties":{"STREET":[{"anything-but":"x"}]}}');
    matcher.add(2, '{"c":[{"prefix":"a"},{"numeric":[">",1]}],"é":[{"exists":false}]}');
    matcher.add(3, '{"geometry":{"coordinates":{"x":[{"numeric":[">",-122.41]}]}}}');
  }
  let valid = 0;
  let event = random.event();
  for (let i = 0; i < count; i++) {
    if (i % 20 === 0) event = random.chance(0.1) ? random.pick(lots) : respell(random, random.event());
    const text = mutate(random, event);
    const expected = isJsonObject(text);
    valid += expected ? 1 : 0;
    for (const [index, { contract }] of MODES.entries()) {
      const accepted = accepts(() => matchers[index]!.match(text));
      if (contract === 'strict' || expected)
        assert.equal(accepted, expected, `seed ${seed}, ${contract} ${text}`);
    }
  }
  return valid;
}

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

/** Checks random patterns and events for so many minutes; answers what was seen, and the seed behind the last one. */
export function fuzz(minutes: number, firstSeed: number): Tally & { seed: number } {
  const end = performance.now() + minutes * 60_000;
  const total = { events: 0, matches: 0, trusted: 0 };
  let seed = firstSeed;
  for (; performance.now() < end; seed++) {
    const count = [1, 3, 30, 300][seed % 4]!;
    const { events, matches, trusted } = checkContracts(seed, seed % 3 === 0, count, count === 300 ? 40 : 60);
    checkRepeats(seed, 100);
    total.events += events;
    total.matches += matches;
    total.trusted += trusted;
  }
  return { ...total, seed };
}
