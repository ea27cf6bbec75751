import { createMatcher } from '@busbar/pattern';
import type { ArchivedEvent } from '../ports/archive-storage.ts';
import type { ArchiveScan } from './scans.ts';

/** What is compared: the patterns have been checked. */
export interface BacktestPatterns {
  readonly candidate: string;
  /** What a rule matches as it is. */
  readonly present: string | undefined;
}

/** `gained`: only the candidate matches; `lost`: only the present pattern does; `matched`: the candidate does, and there is no other. */
export type Change = 'matched' | 'gained' | 'lost';

export interface BacktestCounts {
  readonly scanned: number;
  /** Events that the candidate matches, and of these and others those that are changes. */
  readonly matched: number;
  readonly present: number;
  readonly gained: number;
  readonly lost: number;
}

export interface Example {
  readonly change: Change;
  readonly event: string;
}

/** After each batch: the counts so far, and the examples among its events. `ended` comes last. */
export interface BacktestStep {
  readonly counts: BacktestCounts;
  readonly examples: readonly Example[];
  readonly ended: 'end' | 'gone' | undefined;
}

/**
 * Tells which archived events a pattern would match, beside the one that a rule has. Rejects with the store's error.
 *
 * @param show how many examples of each change are wanted: the first ones.
 */
export async function* backtest(
  scan: ArchiveScan,
  patterns: BacktestPatterns,
  show: number,
): AsyncGenerator<BacktestStep> {
  const compare = comparisonOf(patterns);
  const counts = { scanned: 0, matched: 0, present: 0, gained: 0, lost: 0 };
  const left = { matched: show, gained: show, lost: show };
  for (;;) {
    const step = await scan.next();
    if ('ended' in step) {
      yield { counts: { ...counts }, examples: [], ended: step.ended };
      return;
    }
    const examples: Example[] = [];
    for (const { event } of step.events) {
      counts.scanned++;
      const { matched, present } = compare(event);
      if (matched) counts.matched++;
      if (present) counts.present++;
      const change = changeOf(matched, present, patterns);
      if (change === undefined) continue;
      if (change !== 'matched') counts[change]++;
      if (left[change]-- > 0) examples.push({ change, event });
    }
    yield { counts: { ...counts }, examples, ended: undefined };
  }
}

/** Both patterns are looked for in one pass. */
function comparisonOf({ candidate, present }: BacktestPatterns) {
  const matcher = createMatcher<'candidate' | 'present'>();
  matcher.add('candidate', candidate);
  if (present !== undefined) matcher.add('present', present);
  return (event: ArchivedEvent['event']) => {
    const found = matcher.match(event);
    return { matched: found.includes('candidate'), present: found.includes('present') };
  };
}

function changeOf(matched: boolean, present: boolean, patterns: BacktestPatterns): Change | undefined {
  if (patterns.present === undefined) return matched ? 'matched' : undefined;
  if (matched === present) return undefined;
  return matched ? 'gained' : 'lost';
}
