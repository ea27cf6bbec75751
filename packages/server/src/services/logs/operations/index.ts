import { StorageError } from '../../../engine/ports/storage.ts';
import type { Operation } from '../../../model/operation.ts';
import { serviceUnavailable } from '../errors.ts';
import type { LogsService } from '../service.ts';
import { createLogGroup } from './create-log-group.ts';
import { createLogStream } from './create-log-stream.ts';
import { deleteLogGroup } from './delete-log-group.ts';
import { deleteLogStream } from './delete-log-stream.ts';
import { deleteResourcePolicy } from './delete-resource-policy.ts';
import { deleteRetentionPolicy } from './delete-retention-policy.ts';
import { describeLogGroups } from './describe-log-groups.ts';
import { describeLogStreams } from './describe-log-streams.ts';
import { describeResourcePolicies } from './describe-resource-policies.ts';
import { filterLogEvents } from './filter-log-events.ts';
import { getLogEvents } from './get-log-events.ts';
import { listTagsForResource } from './list-tags-for-resource.ts';
import { listTagsLogGroup } from './list-tags-log-group.ts';
import { putLogEvents } from './put-log-events.ts';
import { putLogGroupDeletionProtection } from './put-log-group-deletion-protection.ts';
import { putResourcePolicy } from './put-resource-policy.ts';
import { putRetentionPolicy } from './put-retention-policy.ts';
import { tagLogGroup } from './tag-log-group.ts';
import { tagResource } from './tag-resource.ts';
import { untagLogGroup } from './untag-log-group.ts';
import { untagResource } from './untag-resource.ts';

const factories: readonly ((service: LogsService) => Operation)[] = [
  createLogGroup,
  createLogStream,
  deleteLogGroup,
  deleteLogStream,
  deleteResourcePolicy,
  deleteRetentionPolicy,
  describeLogGroups,
  describeLogStreams,
  describeResourcePolicies,
  filterLogEvents,
  getLogEvents,
  listTagsForResource,
  listTagsLogGroup,
  putLogEvents,
  putLogGroupDeletionProtection,
  putResourcePolicy,
  putRetentionPolicy,
  tagLogGroup,
  tagResource,
  untagLogGroup,
  untagResource,
];

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
  return factories.map((make) => guarded(make(service)));
}
