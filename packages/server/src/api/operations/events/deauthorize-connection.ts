import { defineOperation, type Operation } from '../../../model/operation.ts';
import { connectionNotFound, connectionTimes } from './connection-output.ts';
import type { EventsContext } from './dependencies.ts';

/** DeauthorizeConnection: takes its secrets away. */
export function deauthorizeConnection({ connections }: EventsContext): Operation {
  return defineOperation<{ readonly Name: string }>('DeauthorizeConnection', async ({ Name: name }, call) => {
    const found = connections.documents.get(call, name);
    const updated = found && (await connections.deauthorize(found.document));
    if (!updated) throw connectionNotFound(name);
    return connectionTimes(updated, 'DEAUTHORIZING');
  });
}
