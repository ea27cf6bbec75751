import { defineOperation } from '../../../model/operation.ts';

/** GetCallerIdentity: who signed the call. Never refused, so that clients can find out whose credentials they use. */
export const getCallerIdentity = defineOperation(
  'GetCallerIdentity',
  async (_input: object, { principal }) => ({
    Account: principal.account,
    Arn: principal.arn,
    UserId: principal.accessKeyId,
  }),
);
