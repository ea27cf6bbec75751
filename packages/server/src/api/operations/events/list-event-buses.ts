import { DEFAULT_BUS } from '../../../engine/catalog.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { paginate } from '../pagination.ts';
import { busSummary } from './bus-output.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly NamePrefix?: string;
  readonly NextToken?: string;
  readonly Limit?: number;
}

/** ListEventBuses: by name, the default bus among them. */
export function listEventBuses({ catalog }: EventsContext): Operation {
  return defineOperation<Input>('ListEventBuses', async (input, call) => {
    await catalog.resolveBus(call, DEFAULT_BUS);
    const prefix = input.NamePrefix ?? '';
    const buses = catalog.buses(call).map(({ document }) => document);
    const page = paginate(
      buses.filter(({ name }) => name.startsWith(prefix)),
      ({ name }) => name,
      {
        limit: input.Limit,
        token: input.NextToken,
        question: ['ListEventBuses', call.account, call.region, input.NamePrefix],
      },
    );
    return { EventBuses: page.items.map(busSummary), NextToken: page.nextToken };
  });
}
