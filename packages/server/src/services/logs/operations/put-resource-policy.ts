import { checkPolicy } from '../../../engine/policy/index.ts';
import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { invalidParameter } from '../errors.ts';
import { policyKeyOfCall } from '../policy-key.ts';
import { policyOutput } from '../policy-output.ts';
import type { LogsService } from '../service.ts';

interface Input {
  readonly policyName?: string;
  readonly policyDocument?: string;
  readonly resourceArn?: string;
  readonly expectedRevisionId?: string;
}

export function putResourcePolicy(service: LogsService): Operation {
  return defineOperation('PutResourcePolicy', async (input: Input, call) => {
    const { policyDocument: document } = input;
    if (document === undefined) throw invalidParameter('policyDocument must be specified.');
    const fault = checkPolicy(document);
    if (fault !== undefined) throw invalidParameter(`Invalid resource policy document: ${fault}`);
    const { scope, key } = policyKeyOfCall(service, input, call);
    const now = service.clock.now();
    const policy = await service.policies.put(scope, key, document, now, input.expectedRevisionId);
    return { resourcePolicy: policyOutput(policy), revisionId: policy.revisionId };
  });
}
