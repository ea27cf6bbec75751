// Where the time of a matcher goes: `node bench/pattern-profile.ts [word …]`, the words choosing rule sets. A table for each contract tells
// the nanoseconds an event by function, from samples of one thread (functions that were inlined count by themselves), beside those of
// `JSON.parse`: what the benchmark misses is explained by them.
import { Session, type Profiler } from 'node:inspector/promises';
import { basename } from 'node:path';
import { createMatcher, type Contract } from '../packages/pattern/src/index.ts';
import { cityLots } from '../packages/pattern/test/city-lots.ts';
import { cityLotRules } from '../packages/pattern/test/city-lot-rules.ts';
import { printTable, type Cell } from './table.ts';
import { worked } from './worked.ts';

const CONTRACTS = ['trusted', 'scan', 'strict'] as const;
const WARM_UP_MS = 700;
/** The fastest of so many rounds counts: a busy machine slows some down. */
const ROUNDS = 6;
const ROUND_MS = 700;
const SAMPLE_US = 100;
/** What never takes as much is put together as the rest. */
const LEAST_SHARE = 0.04;
const REST = 'the rest';

const words = process.argv.slice(2);
const events = cityLots(1_000);

/** Nanoseconds by function. */
type Times = ReadonlyMap<string, number>;

/** Nanoseconds an event. */
function workFor(milliseconds: number, work: (event: string) => unknown): number {
  const started = worked();
  let done = 0;
  while (worked() - started < milliseconds) {
    for (const event of events) work(event);
    done += events.length;
  }
  return ((worked() - started) * 1e6) / done;
}

/** The rules' own programs are functions without a file: `o3` reads an object, `a3` an array. */
function nameOf({ functionName, url }: Profiler.ProfileNode['callFrame']): string {
  if (url === '' && /^o\d+$/.test(functionName)) return 'programs for objects';
  if (url === '' && /^a\d+$/.test(functionName)) return 'programs for arrays';
  // Partly the engine's, partly Node's.
  if (functionName === 'encodeInto') return 'TextEncoder.encodeInto';
  if (url === import.meta.url) return 'the loop around it';
  return url === '' ? functionName : `${functionName}, ${basename(url)}`;
}

function timesOf({ nodes, samples = [] }: Profiler.Profile, total: number): Times {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const id of samples) {
    const name = names.get(id)!;
    times.set(name, (times.get(name) ?? 0) + total / samples.length);
  }
  return times;
}

async function profile(patterns: readonly string[], contract: Contract): Promise<Times> {
  const matcher = createMatcher<number>({ contract });
  patterns.forEach((pattern, id) => matcher.add(id, pattern));
  const match = (event: string): unknown => matcher.match(event);
  workFor(WARM_UP_MS, match);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  let fastest = { total: Infinity, times: new Map() as Times };
  for (let round = 0; round < ROUNDS; round++) {
    await session.post('Profiler.start');
    const total = workFor(ROUND_MS, match);
    const { profile: taken } = await session.post('Profiler.stop');
    if (total < fastest.total) fastest = { total, times: timesOf(taken, total) };
  }
  session.disconnect();
  return fastest.times;
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, one) => total + one, 0);

/** A row a function, those that take most first. */
function rowsOf(columns: readonly Times[]): Cell[][] {
  const totals = columns.map((times) => sum(times.values()));
  const isLarge = (name: string): boolean =>
    columns.some((times, column) => (times.get(name) ?? 0) >= totals[column]! * LEAST_SHARE);
  const names = new Set(columns.flatMap((times) => [...times.keys()]).filter(isLarge));
  const rows = [...names]
    .map((name) => ({ name, times: columns.map((times) => times.get(name) ?? 0) }))
    .toSorted((left, right) => sum(right.times) - sum(left.times));
  const rest = totals.map((total, column) => total - sum(rows.map(({ times }) => times[column]!)));
  const body = [...rows, { name: REST, times: rest }, { name: 'together', times: totals }];
  return body.map(({ name, times }) => [name, ...times.map(Math.round)]);
}

const all = [...cityLotRules, ['ALL FOURTEEN', [...cityLotRules.values()].flat()] as const];
const sets = all.filter(([name]) => words.length === 0 || words.includes(name));
workFor(WARM_UP_MS, JSON.parse);
for (const contract of CONTRACTS) {
  const columns: Times[] = [];
  for (const [, patterns] of sets) columns.push(await profile(patterns, contract));
  const parsed = Array.from({ length: ROUNDS }, () => workFor(ROUND_MS, JSON.parse));
  const parse = Math.round(Math.min(...parsed));
  const head = ['function, file', ...sets.map(([name]) => name)];
  printTable(`${contract}, nanoseconds an event; JSON.parse takes ${parse}`, head, rowsOf(columns));
}
