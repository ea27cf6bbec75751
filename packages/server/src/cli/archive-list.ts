import type { Client } from './client.ts';
import { EXIT, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { resourceOf } from './dead-letters.ts';

interface ListedArchive {
  readonly ArchiveName: string;
  readonly EventSourceArn: string;
  readonly RetentionDays: number;
  readonly EventCount: number;
  readonly SizeBytes: number;
  /** Seconds since the epoch. */
  readonly CreationTime: number;
}

interface Page {
  readonly Archives: readonly ListedArchive[];
  readonly NextToken?: string;
}

const MILLISECONDS = 1_000;
const BYTES_PER_MEGABYTE = 1_048_576;

/** `busbar archive list`. */
export async function listArchives(
  client: Client,
  invocation: Invocation,
  { output }: Context,
): Promise<number> {
  const archives: ListedArchive[] = [];
  for (let token: string | undefined; ;) {
    const page = await client.events<Page>('ListArchives', token === undefined ? {} : { NextToken: token });
    archives.push(...page.Archives);
    token = page.NextToken;
    if (token === undefined) break;
  }
  if (invocation.flags['json'] === true) await output.json(archives);
  else if (archives.length === 0) output.note('no archives');
  else {
    await output.table(
      ['ARCHIVE', 'BUS', 'EVENTS', 'MB', 'DAYS', 'MADE'],
      archives.map((archive) => [
        archive.ArchiveName,
        resourceOf(archive.EventSourceArn).replace(/^event-bus\//, ''),
        String(archive.EventCount),
        (archive.SizeBytes / BYTES_PER_MEGABYTE).toFixed(1),
        archive.RetentionDays === 0 ? 'all' : String(archive.RetentionDays),
        new Date(archive.CreationTime * MILLISECONDS).toISOString(),
      ]),
    );
  }
  return EXIT.ok;
}
