import { validationError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { archiveHead, archiveNotFound } from './archive-output.ts';
import { untilWritten } from './change.ts';
import type { EventsContext } from './dependencies.ts';
import { parseNewPattern } from './rule-pattern.ts';

interface Input {
  readonly ArchiveName: string;
  readonly Description?: string;
  readonly EventPattern?: string;
  readonly RetentionDays?: number;
  readonly KmsKeyIdentifier?: string;
}

/** What an optional text becomes: left out it stays, empty it goes. */
const edited = (given: string | undefined, present: string | undefined): string | undefined =>
  given === undefined ? present : given || undefined;

/** UpdateArchive: a new pattern counts for new events, a new retention for all. */
export function updateArchive({ archives, quotas }: EventsContext): Operation {
  return defineOperation<Input>('UpdateArchive', async ({ ArchiveName: name, ...change }, call) => {
    if (Object.values(change).every((given) => given === undefined)) {
      throw validationError('At least one of EventPattern, RetentionDays or Description must be provided.');
    }
    if (change.EventPattern) parseNewPattern(change.EventPattern, quotas);
    return untilWritten(async () => {
      const found = archives.documents.get(call, name);
      if (!found) throw archiveNotFound(name);
      const { document: present } = found;
      const settings = {
        description: edited(change.Description, present.description),
        eventPattern: edited(change.EventPattern, present.eventPattern),
        retentionDays: change.RetentionDays ?? present.retentionDays,
        kmsKeyIdentifier: edited(change.KmsKeyIdentifier, present.kmsKeyIdentifier),
      };
      return (await archives.update(found, settings)) ? archiveHead(present) : undefined;
    });
  });
}
