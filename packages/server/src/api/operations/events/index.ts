import { loadedOnCall, type Operation, type OperationLoaders } from '../../../model/operation.ts';
import type { EventsContext, EventsDependencies } from './dependencies.ts';
import { putEvents } from './put-events.ts';
import { Reservations } from './reservations.ts';

export type { EventsDependencies } from './dependencies.ts';

/** Every built operation of the Events API, one file and one line each. PutEvents is called by everybody. */
export const EVENTS_OPERATIONS: OperationLoaders<EventsContext> = {
  CreateEventBus: async (context) => (await import('./create-event-bus.ts')).createEventBus(context),
  DescribeEventBus: async (context) => (await import('./describe-event-bus.ts')).describeEventBus(context),
  UpdateEventBus: async (context) => (await import('./update-event-bus.ts')).updateEventBus(context),
  DeleteEventBus: async (context) => (await import('./delete-event-bus.ts')).deleteEventBus(context),
  ListEventBuses: async (context) => (await import('./list-event-buses.ts')).listEventBuses(context),
  PutPermission: async (context) => (await import('./put-permission.ts')).putPermission(context),
  RemovePermission: async (context) => (await import('./remove-permission.ts')).removePermission(context),
  TagResource: async (context) => (await import('./tag-resource.ts')).tagResource(context),
  UntagResource: async (context) => (await import('./untag-resource.ts')).untagResource(context),
  ListTagsForResource: async (context) =>
    (await import('./list-tags-for-resource.ts')).listTagsForResource(context),
  PutRule: async (context) => (await import('./put-rule.ts')).putRule(context),
  DescribeRule: async (context) => (await import('./describe-rule.ts')).describeRule(context),
  ListRules: async (context) => (await import('./list-rules.ts')).listRules(context),
  EnableRule: async (context) => (await import('./enable-rule.ts')).enableRule(context),
  DisableRule: async (context) => (await import('./disable-rule.ts')).disableRule(context),
  DeleteRule: async (context) => (await import('./delete-rule.ts')).deleteRule(context),
  ListRuleNamesByTarget: async (context) =>
    (await import('./list-rule-names-by-target.ts')).listRuleNamesByTarget(context),
  PutTargets: async (context) => (await import('./put-targets.ts')).putTargets(context),
  RemoveTargets: async (context) => (await import('./remove-targets.ts')).removeTargets(context),
  ListTargetsByRule: async (context) =>
    (await import('./list-targets-by-rule.ts')).listTargetsByRule(context),
  TestEventPattern: async () => (await import('./test-event-pattern.ts')).testEventPattern(),
  CreateConnection: async (context) => (await import('./create-connection.ts')).createConnection(context),
  UpdateConnection: async (context) => (await import('./update-connection.ts')).updateConnection(context),
  DescribeConnection: async (context) =>
    (await import('./describe-connection.ts')).describeConnection(context),
  DeauthorizeConnection: async (context) =>
    (await import('./deauthorize-connection.ts')).deauthorizeConnection(context),
  DeleteConnection: async (context) => (await import('./delete-connection.ts')).deleteConnection(context),
  ListConnections: async (context) => (await import('./list-connections.ts')).listConnections(context),
  CreateApiDestination: async (context) =>
    (await import('./create-api-destination.ts')).createApiDestination(context),
  UpdateApiDestination: async (context) =>
    (await import('./update-api-destination.ts')).updateApiDestination(context),
  DescribeApiDestination: async (context) =>
    (await import('./describe-api-destination.ts')).describeApiDestination(context),
  DeleteApiDestination: async (context) =>
    (await import('./delete-api-destination.ts')).deleteApiDestination(context),
  ListApiDestinations: async (context) =>
    (await import('./list-api-destinations.ts')).listApiDestinations(context),
  CreateArchive: async (context) => (await import('./create-archive.ts')).createArchive(context),
  UpdateArchive: async (context) => (await import('./update-archive.ts')).updateArchive(context),
  DescribeArchive: async (context) => (await import('./describe-archive.ts')).describeArchive(context),
  DeleteArchive: async (context) => (await import('./delete-archive.ts')).deleteArchive(context),
  ListArchives: async (context) => (await import('./list-archives.ts')).listArchives(context),
  StartReplay: async (context) => (await import('./start-replay.ts')).startReplay(context),
  DescribeReplay: async (context) => (await import('./describe-replay.ts')).describeReplay(context),
  ListReplays: async (context) => (await import('./list-replays.ts')).listReplays(context),
  CancelReplay: async (context) => (await import('./cancel-replay.ts')).cancelReplay(context),
};

/** The operations of the Events API that are built, over what they work on. */
export function eventsOperations(dependencies: EventsDependencies): readonly Operation[] {
  const context: EventsContext = { ...dependencies, reservations: new Reservations() };
  return [putEvents(context), ...loadedOnCall(EVENTS_OPERATIONS, context)];
}
