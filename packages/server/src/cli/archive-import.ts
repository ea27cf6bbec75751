import { createReadStream, statSync } from 'node:fs';
import type { Client } from './client.ts';
import { CliError, EXIT, usageError, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { lineBatches, type LineBatch } from './line-batches.ts';
import { Progress } from './progress.ts';
import { findArchive } from './resources.ts';
import { unpacked } from './unpacked.ts';

interface Answer {
  readonly lines: number;
  readonly events: number;
  readonly added: number;
  readonly addedBytes: number;
  readonly damaged: readonly { readonly line: number; readonly reason: string }[];
  readonly damagedCount: number;
}

/** What all batches so far came to. */
interface Totals {
  lines: number;
  events: number;
  added: number;
  damaged: number;
}

/** A text and how far it is read. */
interface Source {
  readonly chunks: AsyncIterable<Buffer>;
  readonly part: () => number | undefined;
}

/** `busbar archive import`. */
export async function importArchive(
  client: Client,
  archive: string,
  file: string,
  invocation: Invocation,
  context: Context,
): Promise<number> {
  const { output } = context;
  const source = sourceOf(file, context);
  await findArchive(client, archive);
  const path = `/archives/${encodeURIComponent(archive)}/import`;
  const progress = Progress.start({ doing: 'importing', items: 'events' }, invocation, context);
  const totals: Totals = { lines: 0, events: 0, added: 0, damaged: 0 };
  let broken: string | undefined;
  try {
    for await (const batch of lineBatches(unpacked(source.chunks))) {
      await send(client, path, batch, totals, context);
      progress.update({ done: totals.events, part: source.part() });
    }
  } catch (error) {
    // What the daemon says is no fault of the file.
    if (error instanceof CliError) throw atLine(error, totals);
    broken = (error as Error).message;
  } finally {
    progress.end();
  }
  if (broken !== undefined) {
    output.note(`busbar archive: ${file} breaks off after line ${totals.lines}: ${output.plain(broken)}`);
  }
  if (invocation.flags['json'] === true) await output.json({ ...totals, whole: broken === undefined });
  else output.note(summaryOf(totals));
  return totals.damaged > 0 || broken !== undefined ? EXIT.failed : EXIT.ok;
}

const summaryOf = ({ events, added, damaged }: Totals): string =>
  `events added: ${added}; there already: ${events - added}; lines that are no events: ${damaged}`;

const atLine = ({ message, exitCode }: CliError, { lines }: Totals): CliError =>
  new CliError(
    lines === 0
      ? message
      : `${message}\nThe first ${lines} lines are in the archive; it can be imported again from the start.`,
    exitCode,
  );

async function send(
  client: Client,
  path: string,
  batch: LineBatch,
  totals: Totals,
  { output }: Context,
): Promise<void> {
  const tell = (line: number, reason: string): void =>
    output.note(`busbar archive: line ${line} is left out: ${output.plain(reason)}`);
  if ('overlong' in batch) {
    totals.damaged++;
    tell(++totals.lines, 'it is too long for an event');
    return;
  }
  const answer = await client.postLines<Answer>(path, batch.lines);
  for (const { line, reason } of answer.damaged) tell(totals.lines + line, reason);
  const untold = answer.damagedCount - answer.damaged.length;
  if (untold > 0) output.note(`busbar archive: ${untold} further lines up to ${totals.lines + answer.lines}`);
  totals.lines += answer.lines;
  totals.events += answer.events;
  totals.added += answer.added;
  totals.damaged += answer.damagedCount;
}

function sourceOf(file: string, { input }: Context): Source {
  if (file === '-') return { chunks: input, part: () => undefined };
  try {
    const { size } = statSync(file);
    const stream = createReadStream(file);
    return { chunks: stream, part: () => (size === 0 ? 1 : stream.bytesRead / size) };
  } catch (error) {
    throw usageError(`\`${file}\` cannot be read: ${(error as Error).message}`);
  }
}
