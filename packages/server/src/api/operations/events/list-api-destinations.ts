import { defineOperation, type Operation } from '../../../model/operation.ts';
import { paginate } from '../pagination.ts';
import { destinationSummary } from './connection-output.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly NamePrefix?: string;
  readonly ConnectionArn?: string;
  readonly NextToken?: string;
  readonly Limit?: number;
}

/** ListApiDestinations: by name. */
export function listApiDestinations({ connections }: EventsContext): Operation {
  return defineOperation<Input>('ListApiDestinations', async (input, call) => {
    const { NamePrefix: prefix = '', ConnectionArn: connection } = input;
    const found = connections.destinations
      .list(call)
      .filter(
        (each) =>
          each.name.startsWith(prefix) && (connection === undefined || each.connectionArn === connection),
      );
    const page = paginate(found, ({ name }) => name, {
      limit: input.Limit,
      token: input.NextToken,
      question: ['ListApiDestinations', call.account, call.region, input.NamePrefix, connection],
    });
    return {
      ApiDestinations: page.items.map((each) => destinationSummary(each, connections.stateOf(each))),
      NextToken: page.nextToken,
    };
  });
}
