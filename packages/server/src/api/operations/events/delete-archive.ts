import { defineOperation, type Operation } from '../../../model/operation.ts';
import { archiveNotFound } from './archive-output.ts';
import { untilWritten } from './change.ts';
import type { EventsContext } from './dependencies.ts';

/** DeleteArchive: with its events and its rule. */
export function deleteArchive({ archives }: EventsContext): Operation {
  return defineOperation<{ readonly ArchiveName: string }>('DeleteArchive', ({ ArchiveName: name }, call) =>
    untilWritten(async () => {
      const found = archives.documents.get(call, name);
      if (!found) throw archiveNotFound(name);
      return (await archives.remove(found)) ? {} : undefined;
    }),
  );
}
