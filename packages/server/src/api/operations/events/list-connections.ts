import { defineOperation, type Operation } from '../../../model/operation.ts';
import { paginate } from '../pagination.ts';
import { connectionSummary } from './connection-output.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly NamePrefix?: string;
  readonly ConnectionState?: string;
  readonly NextToken?: string;
  readonly Limit?: number;
}

/** ListConnections: by name. */
export function listConnections({ connections }: EventsContext): Operation {
  return defineOperation<Input>('ListConnections', async (input, call) => {
    const { NamePrefix: prefix = '', ConnectionState: state } = input;
    const found = connections.documents
      .list(call)
      .filter((each) => each.name.startsWith(prefix) && (state === undefined || each.state === state));
    const page = paginate(found, ({ name }) => name, {
      limit: input.Limit,
      token: input.NextToken,
      question: ['ListConnections', call.account, call.region, input.NamePrefix, state],
    });
    return { Connections: page.items.map(connectionSummary), NextToken: page.nextToken };
  });
}
