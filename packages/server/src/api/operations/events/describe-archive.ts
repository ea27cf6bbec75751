import { defineOperation, type Operation } from '../../../model/operation.ts';
import { archiveNotFound, archiveSummary } from './archive-output.ts';
import type { EventsContext } from './dependencies.ts';

/** DescribeArchive: with how much it holds at the moment. */
export function describeArchive({ archives }: EventsContext): Operation {
  return defineOperation<{ readonly ArchiveName: string }>(
    'DescribeArchive',
    async ({ ArchiveName: name }, call) => {
      const archive = archives.documents.get(call, name)?.document;
      if (!archive) throw archiveNotFound(name);
      return {
        ArchiveArn: archive.arn,
        Description: archive.description,
        EventPattern: archive.eventPattern,
        KmsKeyIdentifier: archive.kmsKeyIdentifier,
        ...archiveSummary(archive, await archives.stats(archive)),
      };
    },
  );
}
