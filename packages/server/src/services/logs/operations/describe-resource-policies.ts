import { limits } from '../../../model/limits.ts';
import { defineOperation } from '../../../model/operation.ts';
import type { Call, Operation } from '../../../model/operation.ts';
import { invalidParameter } from '../errors.ts';
import { groupByArn } from '../group-of-call.ts';
import { openToken, sealToken } from '../page-token.ts';
import type { Question } from '../page-token.ts';
import type { LogPolicy } from '../policies.ts';
import { policyOutput } from '../policy-output.ts';
import type { LogsService } from '../service.ts';

interface Input {
  readonly nextToken?: string;
  readonly limit?: number;
  readonly resourceArn?: string;
  readonly policyScope?: 'ACCOUNT' | 'RESOURCE';
}

function select(service: LogsService, input: Input, call: Call): LogPolicy[] {
  const scope = input.policyScope ?? (input.resourceArn === undefined ? 'ACCOUNT' : 'RESOURCE');
  if (scope === 'ACCOUNT') {
    if (input.resourceArn !== undefined) {
      throw invalidParameter('resourceArn can be specified with the policy scope RESOURCE only.');
    }
    return service.policies.list(call).filter(({ name }) => name !== undefined);
  }
  if (input.resourceArn === undefined) {
    return service.policies.list(call).filter(({ resourceArn }) => resourceArn !== undefined);
  }
  const group = groupByArn(service, input.resourceArn);
  return service.policies.list(group).filter(({ resourceArn }) => resourceArn === group.arn);
}

const keyOf = ({ name, resourceArn }: LogPolicy): string => name ?? resourceArn ?? '';

export function describeResourcePolicies(service: LogsService): Operation {
  return defineOperation('DescribeResourcePolicies', async (input: Input, call) => {
    const { nextToken, limit = limits.logDescribePage, policyScope, resourceArn } = input;
    const question: Question = ['policies', call.account, call.region, policyScope, resourceArn];
    const after = nextToken === undefined ? '' : openToken(question, nextToken);
    const rest = select(service, input, call)
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      .filter((policy) => keyOf(policy) > after);
    const page = rest.slice(0, limit);
    return {
      resourcePolicies: page.map(policyOutput),
      ...(rest.length > page.length && { nextToken: sealToken(question, keyOf(page.at(-1)!)) }),
    };
  });
}
