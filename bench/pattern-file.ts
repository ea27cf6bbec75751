// Matches the events of a file, one a line, with the customary rule sets: `node bench/pattern-file.ts FILE`. Prints how often
// each pattern matches, and the time of one cold pass over the whole file beside the one that `JSON.parse` takes.
import { readFileSync } from 'node:fs';
import { createMatcher } from '../packages/pattern/src/index.ts';
import { cityLotRules } from '../packages/pattern/test/city-lot-rules.ts';
import { printTable, type Cell } from './table.ts';
import { worked } from './worked.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node bench/pattern-file.ts FILE');
const bytes = readFileSync(file);

/** Hands every line to `take`, and answers the milliseconds that were spent there. */
function pass(take: (event: string) => void): number {
  let spent = 0;
  for (let from = 0; from < bytes.length;) {
    const events: string[] = [];
    while (events.length < 1000 && from < bytes.length) {
      const end = bytes.indexOf(10, from);
      events.push(bytes.toString('utf8', from, end < 0 ? bytes.length : end));
      from = end < 0 ? bytes.length : end + 1;
    }
    const started = worked();
    for (const event of events) take(event);
    spent += worked() - started;
  }
  return spent;
}

const rows: Cell[][] = [];
const parsed = pass((event) => void JSON.parse(event));
for (const [name, patterns] of [
  ...cityLotRules,
  ['ALL FOURTEEN', [...cityLotRules.values()].flat()] as const,
]) {
  const matcher = createMatcher<number>({ contract: 'scan' });
  patterns.forEach((pattern, id) => matcher.add(id, pattern));
  const counts = patterns.map(() => 0);
  const spent = pass((event) => {
    for (const id of matcher.match(event)) counts[id]!++;
  });
  rows.push([name, parsed / spent, counts.join(' ')]);
}
printTable('One pass, scan', ['rules', 'times JSON.parse', 'matches of each pattern'], rows);
