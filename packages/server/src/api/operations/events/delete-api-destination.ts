import { defineOperation, type Operation } from '../../../model/operation.ts';
import { untilWritten } from './change.ts';
import { destinationNotFound } from './connection-output.ts';
import type { EventsContext } from './dependencies.ts';

/** DeleteApiDestination: also while rules have it as a target, whose deliveries fail from then on. */
export function deleteApiDestination({ connections }: EventsContext): Operation {
  return defineOperation<{ readonly Name: string }>('DeleteApiDestination', ({ Name: name }, call) =>
    untilWritten(async () => {
      const found = connections.destinations.get(call, name);
      if (!found) throw destinationNotFound(name);
      return (await connections.destinations.remove(found.document, found.version)) ? {} : undefined;
    }),
  );
}
