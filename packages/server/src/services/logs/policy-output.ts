import type { LogPolicy } from './policies.ts';

/** A resource policy as the API shows it. */
export const policyOutput = (policy: LogPolicy): object => ({
  policyName: policy.name,
  policyDocument: policy.document,
  lastUpdatedTime: policy.updatedAt,
  policyScope: policy.resourceArn === undefined ? 'ACCOUNT' : 'RESOURCE',
  resourceArn: policy.resourceArn,
  revisionId: policy.revisionId,
});
