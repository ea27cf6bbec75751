import { parseArn } from '../../model/arn.ts';
import type { AdminRequest } from './admin-route.ts';

/** Whether the caller may see a resource, told by the account in its ARN. */
export function maySee(request: Pick<AdminRequest, 'seesAll' | 'caller'>, arn: string): boolean {
  return request.seesAll || parseArn(arn)?.account === request.caller.account;
}
