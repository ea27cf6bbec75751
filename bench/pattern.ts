// What a matcher costs compared with `JSON.parse` of the same strings, in alternating rounds on one thread, over events that
// stay in memory: `node --expose-gc bench/pattern.ts [--quick] [word …]`, the words choosing rows. Only the ratios carry over
// between machines.
import { createMatcher } from '../packages/pattern/src/index.ts';
import { cityLots } from '../packages/pattern/test/city-lots.ts';
import { cityLotRules } from '../packages/pattern/test/city-lot-rules.ts';
import { changeRules } from './pattern-changes.ts';
import { eventForms } from './pattern-events.ts';
import { manyRules } from './pattern-many-rules.ts';
import { timesParse } from './pattern-ratio.ts';
import { printTable, type Cell } from './table.ts';
import { worked } from './worked.ts';

const CONTRACTS = ['trusted', 'scan', 'strict'] as const;
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const EVENTS = 1000;

const texts = cityLots(EVENTS);

const chosen = (name: string): boolean => words.length === 0 || words.some((word) => name.includes(word));

function measure<Event extends string | Uint8Array>(
  name: string,
  patterns: readonly string[],
  from: readonly string[],
  events: readonly Event[],
): Cell[] {
  return [
    name,
    ...CONTRACTS.map((contract) => {
      const matcher = createMatcher<number>({ contract });
      patterns.forEach((pattern, id) => matcher.add(id, pattern));
      return timesParse(from, events, (event) => matcher.match(event));
    }),
  ];
}

function print(title: string, head: readonly string[], rows: readonly Cell[][]): void {
  if (rows.length > 0) printTable(title, head, rows);
}

function benchRuleSets(): void {
  const sets = [...cityLotRules, ['ALL FOURTEEN', [...cityLotRules.values()].flat()] as const];
  const rows = sets
    .filter(([name]) => chosen(name))
    .map(([name, patterns]) => measure(name, patterns, texts, texts));
  print('Rule sets, times JSON.parse', ['rules', ...CONTRACTS], rows);
}

function benchEventForms(): void {
  const rows: Cell[][] = [];
  for (const { name, texts: events, patterns } of eventForms(EVENTS)) {
    const bytes = events.map((event) => Buffer.from(event));
    if (chosen(`events: ${name}`)) rows.push(measure(`${name}, strings`, patterns, events, events));
    if (chosen(`events: ${name}`)) rows.push(measure(`${name}, bytes`, patterns, events, bytes));
  }
  print('Forms of events, times JSON.parse of strings', ['events', ...CONTRACTS], rows);
}

function benchManyRules(): void {
  const rows: Cell[][] = [];
  for (const { name, patterns } of manyRules()) {
    if (!chosen(name)) continue;
    const rules = patterns();
    const before = heap();
    const matcher = createMatcher<number>({ contract: 'trusted' });
    const started = worked();
    rules.forEach((text, id) => matcher.add(id, text));
    const seconds = (worked() - started) / 1000;
    matcher.match(texts[0]!);
    const bytes = (heap() - before) / rules.length;
    rows.push([
      name,
      timesParse(texts, texts, (event) => matcher.match(event)),
      rules.length / seconds,
      bytes,
    ]);
  }
  print('Many rules, trusted', ['rules', 'times JSON.parse', 'added/s', 'bytes/rule'], rows);
}

function benchChanges(): void {
  const rows: Cell[][] = [];
  for (const rules of manyRules()) {
    if (chosen(`changes: ${rules.name}`) && / 10+$/.test(rules.name))
      rows.push(changeRules(rules, texts[0]!));
  }
  print(
    'Rules that come and go',
    ['rules', 'filled/s', 'added/s', 'removed/s', 'longest add ms', 'remove', 'match'],
    rows,
  );
}

/** Bytes in use; only meaningful with `node --expose-gc`. */
function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

benchRuleSets();
benchEventForms();
benchManyRules();
benchChanges();
