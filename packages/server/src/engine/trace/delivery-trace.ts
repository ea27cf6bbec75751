import type { DeadLetterDocument, DeadLetters } from '../deliver/dead-letter.ts';
import { deliveryId } from '../deliver/delivery-id.ts';
import type { RecentDeliveries, RecentDelivery } from '../deliver/recent-deliveries.ts';
import type { AttemptNote } from '../deliver/retry.ts';
import type { ParkedState } from '../lane/delivery.ts';
import type { Lanes } from '../lane/lanes.ts';
import type { DeadLetter, LogId, LogRecord, Storage } from '../ports/storage.ts';
import { nameInLog, readReplayLane } from '../replay/replay-log.ts';
import { readDetour } from '../route/detour.ts';
import type { Subscription } from '../route/subscription.ts';

/**
 * Where a delivery is:
 *
 *   not-routed    the router has not come to the event yet
 *   waiting       in memory, behind others or until the target's pace allows it
 *   under-way     in a send
 *   backlog       on disk and never tried: memory is full or the breaker is open
 *   parked        it failed, and is due for another attempt at `dueAt`
 *   dead-letter   it failed for good
 *   delivered     the target took it
 *   forgotten     it has ended, and how is not remembered: nothing is written of a delivery that succeeds
 */
export type DeliveryState =
  'not-routed' | 'waiting' | 'under-way' | 'backlog' | 'parked' | 'dead-letter' | 'delivered' | 'forgotten';

export interface DeliveryTrace {
  readonly deliveryId: string;
  readonly targetId: string;
  readonly target: string;
  readonly state: DeliveryState;
  /** Of a pending delivery: attempts that failed so far. */
  readonly attempts: number;
  readonly notes: readonly AttemptNote[];
  readonly dueAt?: number | undefined;
  readonly letter?: DeadLetter | undefined;
  /** Times that a target took it, as far as they are remembered: more than one after a crash, a redrive or a replay. */
  readonly delivered: readonly (Pick<RecentDelivery, 'at' | 'attempts' | 'latencyMs'> & {
    /** The ARN, where it is not the rule's target. */
    readonly to?: string | undefined;
    /** The name of the replay that brought it. */
    readonly replay?: string | undefined;
  })[];
}

export interface DeliveryTraceParts {
  readonly storage: Pick<Storage, 'parked' | 'deadLetters'>;
  readonly lanes: Lanes;
  readonly recent: RecentDeliveries;
  readonly deadLetters: Pick<DeadLetters, 'redriven'>;
}

/** The event whose delivery is followed. */
export interface Place {
  readonly log: LogId;
  /** Absent when the log has forgotten the event. */
  readonly record: LogRecord | undefined;
  /** The state of a delivery of which nothing else is known. */
  readonly otherwise: DeliveryState;
}

/** Follows the delivery of one event to one subscription. */
export async function traceDelivery(
  parts: DeliveryTraceParts,
  subscription: Subscription,
  eventId: string,
  place: Place,
): Promise<DeliveryTrace> {
  const { Id: targetId, Arn: target } = subscription.target;
  const id = deliveryId(eventId, subscription.id);
  const letter = await parts.storage.deadLetters.get(id);
  const delivered = deliveredTo(parts.recent, subscription, eventId);
  const shared = { deliveryId: id, targetId, target, letter, delivered };
  const pending = inMemory(parts.lanes, subscription, eventId) ?? (await onDisk(parts, subscription, place));
  if (pending) return { ...shared, ...pending };
  if (!letter) {
    const state = delivered.length > 0 ? 'delivered' : place.otherwise;
    return { ...shared, state, attempts: delivered.at(-1)?.attempts ?? 0, notes: [] };
  }
  const { attempts, notes } = letter.document as DeadLetterDocument;
  // A letter that is being redriven waits in a log of its own.
  const state = parts.deadLetters.redriven.has(id) ? 'waiting' : 'dead-letter';
  return { ...shared, state, attempts, notes };
}

type Pending = Pick<DeliveryTrace, 'state' | 'attempts' | 'notes' | 'dueAt'>;

function inMemory(lanes: Lanes, { id }: Subscription, eventId: string): Pending | undefined {
  for (const { delivery, underWay } of lanes.find(id)?.inMemory() ?? []) {
    if (delivery.record.eventId !== eventId || delivery.over) continue;
    const { attempts, notes = [] } = delivery;
    return { state: underWay ? 'under-way' : 'waiting', attempts, notes };
  }
  return undefined;
}

async function onDisk(
  { storage }: DeliveryTraceParts,
  { id }: Subscription,
  { log, record }: Place,
): Promise<Pending | undefined> {
  const row = record && (await storage.parked.find(id, log, record.position));
  if (!row) return undefined;
  const { attempts, notes = [] } = row.state as ParkedState;
  if (attempts === 0) return { state: 'backlog', attempts, notes };
  return { state: 'parked', attempts, notes, dueAt: row.due };
}

function deliveredTo(
  recent: RecentDeliveries,
  { id }: Subscription,
  eventId: string,
): DeliveryTrace['delivered'] {
  return recent.of(eventId).flatMap(({ lane, at, attempts, latencyMs }) => {
    const detour = readDetour(lane);
    const replayed = readReplayLane(lane);
    if ((detour?.base ?? replayed?.base ?? lane) !== id) return [];
    const replay = replayed && nameInLog(replayed.log);
    return [{ at, attempts, latencyMs, to: detour?.arn, replay }];
  });
}
