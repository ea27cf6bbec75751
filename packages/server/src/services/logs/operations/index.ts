import { StorageError } from '../../../engine/ports/storage.ts';
import { loadedOnCall, type Operation, type OperationLoaders } from '../../../model/operation.ts';
import { serviceUnavailable } from '../errors.ts';
import type { LogsService } from '../service.ts';

/** Every operation of the CloudWatch Logs API that is built: one file and one line each. */
export const LOGS_OPERATIONS: OperationLoaders<LogsService> = {
  CreateLogGroup: async (service) => (await import('./create-log-group.ts')).createLogGroup(service),
  CreateLogStream: async (service) => (await import('./create-log-stream.ts')).createLogStream(service),
  DeleteLogGroup: async (service) => (await import('./delete-log-group.ts')).deleteLogGroup(service),
  DeleteLogStream: async (service) => (await import('./delete-log-stream.ts')).deleteLogStream(service),
  DeleteResourcePolicy: async (service) =>
    (await import('./delete-resource-policy.ts')).deleteResourcePolicy(service),
  DeleteRetentionPolicy: async (service) =>
    (await import('./delete-retention-policy.ts')).deleteRetentionPolicy(service),
  DescribeLogGroups: async (service) => (await import('./describe-log-groups.ts')).describeLogGroups(service),
  DescribeLogStreams: async (service) =>
    (await import('./describe-log-streams.ts')).describeLogStreams(service),
  DescribeResourcePolicies: async (service) =>
    (await import('./describe-resource-policies.ts')).describeResourcePolicies(service),
  FilterLogEvents: async (service) => (await import('./filter-log-events.ts')).filterLogEvents(service),
  GetLogEvents: async (service) => (await import('./get-log-events.ts')).getLogEvents(service),
  ListTagsForResource: async (service) =>
    (await import('./list-tags-for-resource.ts')).listTagsForResource(service),
  ListTagsLogGroup: async (service) => (await import('./list-tags-log-group.ts')).listTagsLogGroup(service),
  PutLogEvents: async (service) => (await import('./put-log-events.ts')).putLogEvents(service),
  PutLogGroupDeletionProtection: async (service) =>
    (await import('./put-log-group-deletion-protection.ts')).putLogGroupDeletionProtection(service),
  PutResourcePolicy: async (service) => (await import('./put-resource-policy.ts')).putResourcePolicy(service),
  PutRetentionPolicy: async (service) =>
    (await import('./put-retention-policy.ts')).putRetentionPolicy(service),
  TagLogGroup: async (service) => (await import('./tag-log-group.ts')).tagLogGroup(service),
  TagResource: async (service) => (await import('./tag-resource.ts')).tagResource(service),
  UntagLogGroup: async (service) => (await import('./untag-log-group.ts')).untagLogGroup(service),
  UntagResource: async (service) => (await import('./untag-resource.ts')).untagResource(service),
};

/** A store that fails is a service that is not available: clients try again. */
function guarded(operation: Operation): Operation {
  return {
    name: operation.name,
    async run(input, call) {
      try {
        return await operation.run(input, call);
      } catch (error) {
        throw error instanceof StorageError ? serviceUnavailable(error) : error;
      }
    },
  };
}

/** The operations of the CloudWatch Logs API that are built; the front door answers NotImplemented for the rest. */
export function logsOperations(service: LogsService): readonly Operation[] {
  return loadedOnCall(LOGS_OPERATIONS, service).map(guarded);
}
