import { invalidParameter } from './errors.ts';
import { groupByArn } from './group-of-call.ts';
import type { PolicyKey } from './policies.ts';
import type { LogsService } from './service.ts';
import type { Scope } from '../../model/resources.ts';

/** Which policy a call means, and where: a group's policy stands where the group does. */
export function policyKeyOfCall(
  service: LogsService,
  input: { readonly policyName?: string; readonly resourceArn?: string },
  call: Scope,
): { readonly scope: Scope; readonly key: PolicyKey } {
  const { policyName: name, resourceArn } = input;
  if (resourceArn !== undefined) {
    const group = groupByArn(service, resourceArn);
    return { scope: group, key: { resourceArn: group.arn } };
  }
  if (name === undefined || name === '') throw invalidParameter('policyName must be specified.');
  return { scope: call, key: { name } };
}
