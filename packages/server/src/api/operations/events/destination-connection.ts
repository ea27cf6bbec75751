import { resourceNotFound } from '../../../model/errors.ts';
import type { Call } from '../../../model/operation.ts';
import type { EventsContext } from './dependencies.ts';

/** The connection that an API destination names must be there, in the same account and region. */
export function requireConnection({ connections }: EventsContext, call: Call, arn: string): void {
  const connection = connections.documents.ofArn(arn)?.document;
  if (connection?.account !== call.account || connection.region !== call.region) {
    throw resourceNotFound(`Connection '${arn}' does not exist.`);
  }
}
