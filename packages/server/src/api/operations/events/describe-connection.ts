import { defineOperation, type Operation } from '../../../model/operation.ts';
import { connectionNotFound, connectionSummary } from './connection-output.ts';
import type { EventsContext } from './dependencies.ts';

/** DescribeConnection: what is public of it. */
export function describeConnection({ connections }: EventsContext): Operation {
  return defineOperation<{ readonly Name: string }>('DescribeConnection', async ({ Name: name }, call) => {
    const found = connections.documents.get(call, name);
    if (!found) throw connectionNotFound(name, 'Failed to describe the connection(s). ');
    const { document: connection } = found;
    return {
      ...connectionSummary(connection),
      Description: connection.description,
      SecretArn: connection.secretArn,
      KmsKeyIdentifier: connection.kmsKeyIdentifier,
      AuthParameters: connection.shownParameters,
    };
  });
}
