import { createMatcher } from '@busbar/pattern';
import type { ReplayPlan } from '../../model/replay.ts';

/** An event of an archive, as far as it is chosen by. */
export interface Selectable {
  readonly eventId: string;
  readonly event: string;
}

/** Which events of an archive a replay takes. The pattern has been checked. */
export function selectionOf({
  pattern,
  eventId,
}: Pick<ReplayPlan, 'pattern' | 'eventId'>): (event: Selectable) => boolean {
  if (pattern === undefined) return (event) => eventId === undefined || event.eventId === eventId;
  const matcher = createMatcher<true>();
  matcher.add(true, pattern);
  return ({ eventId: id, event }) =>
    (eventId === undefined || id === eventId) && matcher.match(event).length > 0;
}
