import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { policyKeyOfCall } from '../policy-key.ts';
import type { LogsService } from '../service.ts';

interface Input {
  readonly policyName?: string;
  readonly resourceArn?: string;
  readonly expectedRevisionId?: string;
}

export function deleteResourcePolicy(service: LogsService): Operation {
  return defineOperation('DeleteResourcePolicy', async (input: Input, call) => {
    const { scope, key } = policyKeyOfCall(service, input, call);
    await service.policies.remove(scope, key, input.expectedRevisionId);
    return undefined;
  });
}
