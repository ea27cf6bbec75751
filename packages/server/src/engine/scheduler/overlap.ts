import type { OverlapPolicy } from '../../model/schedule.ts';

/** What a schedule's timer remembers of ticks that came while an earlier execution was still being tried. */
export interface OverlapMemory {
  /** The tick that waits for the end of the execution before it. */
  readonly buffered?: number;
  /** Ticks that were left out, and the time of the latest of them. */
  readonly skipped?: number;
  readonly skippedTick?: number;
}

/** What becomes of the ticks that are due. */
export interface OverlapVerdict {
  readonly fire: readonly number[];
  readonly memory: OverlapMemory;
}

/**
 * Lets ticks through as the policy has it. `instants` are due now, ascending; there are several after an outage only, and the
 * latest of them then stands for those that cannot be fired. One that waits already keeps its place.
 */
export function judgeOverlap(
  policy: OverlapPolicy | undefined,
  instants: readonly number[],
  pending: boolean,
  { buffered, skipped = 0, skippedTick }: OverlapMemory,
): OverlapVerdict {
  const waiting = buffered === undefined ? instants : [buffered, ...instants];
  // Under another policy the one that waited is due like any other.
  if (policy === undefined) return { fire: waiting, memory: memoryOf(undefined, skipped, skippedTick) };
  const [first, latest] = [waiting[0], waiting.at(-1)];
  let fire: number | undefined;
  let kept: number | undefined;
  if (policy === 'SKIP') fire = pending ? undefined : latest;
  else if (pending) kept = buffered ?? latest;
  else {
    fire = first;
    kept = latest === first ? undefined : latest;
  }
  const left = waiting.filter((instant) => instant !== fire && instant !== kept);
  return {
    fire: fire === undefined ? [] : [fire],
    memory: memoryOf(kept, skipped + left.length, left.at(-1) ?? skippedTick),
  };
}

const memoryOf = (
  buffered: number | undefined,
  skipped: number,
  skippedTick: number | undefined,
): OverlapMemory => ({
  ...(buffered !== undefined && { buffered }),
  ...(skipped > 0 && { skipped, skippedTick: skippedTick! }),
});
