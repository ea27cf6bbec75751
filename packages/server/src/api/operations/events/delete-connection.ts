import { defineOperation, type Operation } from '../../../model/operation.ts';
import { untilWritten } from './change.ts';
import { connectionNotFound, connectionTimes } from './connection-output.ts';
import type { EventsContext } from './dependencies.ts';

/** DeleteConnection: with its secrets, at once. API destinations that use it become inactive. */
export function deleteConnection({ connections }: EventsContext): Operation {
  return defineOperation<{ readonly Name: string }>('DeleteConnection', ({ Name: name }, call) =>
    untilWritten(async () => {
      const found = connections.documents.get(call, name);
      if (!found) throw connectionNotFound(name);
      const removed = await connections.remove(found.document, found.version);
      return removed ? connectionTimes(found.document, 'DELETING') : undefined;
    }),
  );
}
