import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { groupExists, invalidParameter } from '../errors.ts';
import type { LogsService } from '../service.ts';
import { checkTagKeys } from '../tags.ts';
import type { LogTags } from '../tags.ts';

interface Input {
  readonly logGroupName: string;
  readonly kmsKeyId?: string;
  readonly tags?: LogTags;
  readonly logGroupClass?: string;
  readonly deletionProtectionEnabled?: boolean;
}

export function createLogGroup(service: LogsService): Operation {
  return defineOperation('CreateLogGroup', async (input: Input, call) => {
    const { logGroupName: name, tags = {} } = input;
    if (name.startsWith('aws/'))
      throw invalidParameter('Log groups starting with AWS/ are reserved for AWS.');
    checkTagKeys(tags);
    const created = await service.groups.create({
      account: call.account,
      region: call.region,
      name,
      createdAt: service.clock.now(),
      class: input.logGroupClass ?? 'STANDARD',
      kmsKeyId: input.kmsKeyId,
      deletionProtection: input.deletionProtectionEnabled,
      tags,
    });
    if (!created) throw groupExists();
    return undefined;
  });
}
