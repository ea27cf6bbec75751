import { createMatcher } from '@busbar/pattern';
import type { ReplayPlan } from '../../model/replay.ts';

/** An event of an archive, as far as it is chosen by. */
export interface Selectable {
  readonly eventId: string;
  readonly event: string;
}

/** Which events of an archive a replay takes; undefined when its pattern, which was checked once, is understood no more. */
export function selectionOf({
  pattern,
  eventId,
}: Pick<ReplayPlan, 'pattern' | 'eventId'>): ((event: Selectable) => boolean) | undefined {
  if (pattern === undefined) return (event) => eventId === undefined || event.eventId === eventId;
  const matcher = createMatcher<true>();
  try {
    matcher.add(true, pattern);
  } catch {
    return undefined;
  }
  return ({ eventId: id, event }) =>
    (eventId === undefined || id === eventId) && matcher.match(event).length > 0;
}
