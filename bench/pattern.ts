// What a matcher costs compared with `JSON.parse` of the same strings, in alternating rounds on one thread:
// `node bench/pattern.ts [--quick] [word …]`, the words choosing rows. Only the ratios carry over between machines.
import { createMatcher, type Matcher } from '../packages/pattern/src/index.ts';
import { cityLots } from '../packages/pattern/test/city-lots.ts';
import { cityLotRules } from '../packages/pattern/test/city-lot-rules.ts';
import { manyRules } from './pattern-many-rules.ts';
import { printTable, type Cell } from './table.ts';
import { worked } from './worked.ts';

const CONTRACTS = ['trusted', 'scan', 'strict'] as const;
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const quick = process.argv.includes('--quick');
const EVENTS = 2000;
const WARM_UP_MS = quick ? 300 : 500;
const ROUND_MS = quick ? 40 : 60;
const ROUNDS = quick ? 8 : 25;

const events = cityLots(EVENTS);
let checksum = 0;

const chosen = (name: string): boolean => words.length === 0 || words.some((word) => name.includes(word));

/** Nanoseconds an event, over as many events as fit into the time. */
function pass(work: (event: string) => unknown, milliseconds: number): number {
  const started = worked();
  let done = 0;
  let elapsed = 0;
  do {
    for (let i = 0; i < 200; i++) if (work(events[(done + i) % EVENTS]!) === undefined) checksum++;
    done += 200;
    elapsed = worked() - started;
  } while (elapsed < milliseconds);
  return (elapsed * 1e6) / done;
}

const parse = (event: string): unknown => JSON.parse(event);

/** How many times faster than `JSON.parse` the matcher is, of alternating rounds the best of each. */
function ratioOf(matcher: Matcher<unknown>): number {
  const match = (event: string): unknown => matcher.match(event);
  pass(match, WARM_UP_MS);
  pass(parse, WARM_UP_MS / 4);
  let parsed = Number.POSITIVE_INFINITY;
  let matched = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    parsed = Math.min(parsed, pass(parse, ROUND_MS));
    matched = Math.min(matched, pass(match, ROUND_MS));
  }
  return parsed / matched;
}

function measure(name: string, patterns: readonly string[]): Cell[] {
  return [
    name,
    ...CONTRACTS.map((contract) => {
      const matcher = createMatcher<number>({ contract });
      patterns.forEach((pattern, id) => matcher.add(id, pattern));
      return ratioOf(matcher);
    }),
  ];
}

function benchRuleSets(): void {
  const sets = [...cityLotRules, ['ALL FOURTEEN', [...cityLotRules.values()].flat()] as const];
  const rows = sets.filter(([name]) => chosen(name)).map(([name, patterns]) => measure(name, patterns));
  if (rows.length > 0) printTable('Rule sets, times JSON.parse', ['rules', ...CONTRACTS], rows);
}

function benchManyRules(): void {
  const rows: Cell[][] = [];
  for (const { name, patterns } of manyRules()) {
    if (!chosen(name)) continue;
    const texts = patterns();
    const before = heap();
    const matcher = createMatcher<number>({ contract: 'trusted' });
    const started = performance.now();
    texts.forEach((text, id) => matcher.add(id, text));
    const seconds = (performance.now() - started) / 1000;
    matcher.match(events[0]!);
    const bytes = (heap() - before) / texts.length;
    rows.push([name, ratioOf(matcher), texts.length / seconds, bytes]);
  }
  if (rows.length > 0)
    printTable('Many rules, trusted', ['rules', 'times JSON.parse', 'added/s', 'bytes/rule'], rows);
}

/** Bytes in use; only meaningful with `node --expose-gc`. */
function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

benchRuleSets();
benchManyRules();
if (checksum > 0) console.log(checksum);
