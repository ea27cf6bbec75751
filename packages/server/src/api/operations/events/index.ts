import type { Operation } from '../../../model/operation.ts';
import { createEventBus } from './create-event-bus.ts';
import { deleteEventBus } from './delete-event-bus.ts';
import { deleteRule } from './delete-rule.ts';
import { createArchive } from './create-archive.ts';
import { deleteArchive } from './delete-archive.ts';
import { describeArchive } from './describe-archive.ts';
import { listArchives } from './list-archives.ts';
import { updateArchive } from './update-archive.ts';
import { cancelReplay } from './cancel-replay.ts';
import { describeReplay } from './describe-replay.ts';
import { listReplays } from './list-replays.ts';
import { startReplay } from './start-replay.ts';
import { createConnection } from './create-connection.ts';
import { updateConnection } from './update-connection.ts';
import { describeConnection } from './describe-connection.ts';
import { deauthorizeConnection } from './deauthorize-connection.ts';
import { deleteConnection } from './delete-connection.ts';
import { listConnections } from './list-connections.ts';
import { createApiDestination } from './create-api-destination.ts';
import { updateApiDestination } from './update-api-destination.ts';
import { describeApiDestination } from './describe-api-destination.ts';
import { deleteApiDestination } from './delete-api-destination.ts';
import { listApiDestinations } from './list-api-destinations.ts';
import type { EventsContext, EventsDependencies } from './dependencies.ts';
import { describeEventBus } from './describe-event-bus.ts';
import { describeRule } from './describe-rule.ts';
import { disableRule } from './disable-rule.ts';
import { enableRule } from './enable-rule.ts';
import { listEventBuses } from './list-event-buses.ts';
import { listRuleNamesByTarget } from './list-rule-names-by-target.ts';
import { listRules } from './list-rules.ts';
import { listTagsForResource } from './list-tags-for-resource.ts';
import { listTargetsByRule } from './list-targets-by-rule.ts';
import { putEvents } from './put-events.ts';
import { putPermission } from './put-permission.ts';
import { putRule } from './put-rule.ts';
import { putTargets } from './put-targets.ts';
import { removePermission } from './remove-permission.ts';
import { removeTargets } from './remove-targets.ts';
import { Reservations } from './reservations.ts';
import { tagResource } from './tag-resource.ts';
import { testEventPattern } from './test-event-pattern.ts';
import { untagResource } from './untag-resource.ts';
import { updateEventBus } from './update-event-bus.ts';

export type { EventsDependencies } from './dependencies.ts';

type BuildOperation = (context: EventsContext) => Operation;

/** Every built operation of the Events API: one file and one line each. */
const BUILDERS: readonly BuildOperation[] = [
  createEventBus,
  describeEventBus,
  updateEventBus,
  deleteEventBus,
  listEventBuses,
  putPermission,
  removePermission,
  tagResource,
  untagResource,
  listTagsForResource,
  putRule,
  describeRule,
  listRules,
  enableRule,
  disableRule,
  deleteRule,
  listRuleNamesByTarget,
  putTargets,
  removeTargets,
  listTargetsByRule,
  putEvents,
  testEventPattern,
  createConnection,
  updateConnection,
  describeConnection,
  deauthorizeConnection,
  deleteConnection,
  listConnections,
  createApiDestination,
  updateApiDestination,
  describeApiDestination,
  deleteApiDestination,
  listApiDestinations,
  createArchive,
  updateArchive,
  describeArchive,
  deleteArchive,
  listArchives,
  startReplay,
  describeReplay,
  listReplays,
  cancelReplay,
];

/** The operations of the Events API that are built, over what they work on. */
export function eventsOperations(dependencies: EventsDependencies): readonly Operation[] {
  const context: EventsContext = { ...dependencies, reservations: new Reservations() };
  return BUILDERS.map((build) => build(context));
}
