import { defineOperation, type Operation } from '../../../model/operation.ts';
import { destinationNotFound, destinationSummary } from './connection-output.ts';
import type { EventsContext } from './dependencies.ts';

/** DescribeApiDestination. */
export function describeApiDestination({ connections }: EventsContext): Operation {
  return defineOperation<{ readonly Name: string }>(
    'DescribeApiDestination',
    async ({ Name: name }, call) => {
      const found = connections.destinations.get(call, name);
      if (!found) throw destinationNotFound(name, 'Failed to describe the api-destination(s). ');
      const { document: destination } = found;
      return {
        ...destinationSummary(destination, connections.stateOf(destination)),
        Description: destination.description,
      };
    },
  );
}
