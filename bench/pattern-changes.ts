// What it costs to change rules while events are matched, in the thread's own CPU time.
import { createMatcher } from '../packages/pattern/src/index.ts';
import type { ManyRules } from './pattern-many-rules.ts';
import type { Cell } from './table.ts';
import { worked } from './worked.ts';

/** Rules that come and go while the rest is there. */
const CHANGED = 10_000;

/** Takes the time of single calls, and keeps the longest. */
class Stopwatch {
  longest = 0;
  total = 0;

  time(work: () => unknown): void {
    const started = worked();
    work();
    const spent = worked() - started;
    this.total += spent;
    if (spent > this.longest) this.longest = spent;
  }
}

/**
 * Fills a matcher, then removes and adds one rule after the other, with a match between any two. Answers additions a
 * second while it is filled, then additions and removals a second with all rules there, and the longest addition, removal
 * and match in milliseconds.
 */
export function changeRules({ name, patterns }: ManyRules, event: string): Cell[] {
  const texts = patterns();
  const matcher = createMatcher<number>({ contract: 'trusted' });
  const started = worked();
  texts.forEach((text, id) => matcher.add(id, text));
  const filled = texts.length / (worked() - started);
  const [adding, removing, matching] = [new Stopwatch(), new Stopwatch(), new Stopwatch()];
  matching.time(() => matcher.match(event));
  const step = Math.max(1, Math.floor(texts.length / CHANGED));
  let changes = 0;
  for (let id = 0; id < texts.length; id += step, changes++) {
    removing.time(() => matcher.remove(id));
    matching.time(() => matcher.match(event));
    adding.time(() => matcher.add(id, texts[id]!));
    matching.time(() => matcher.match(event));
  }
  return [
    name,
    filled * 1000,
    (changes * 1000) / adding.total,
    (changes * 1000) / removing.total,
    adding.longest,
    removing.longest,
    matching.longest,
  ];
}
