import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { valueOf } from './arguments.ts';
import type { Client } from './client.ts';
import { CliError, daemonError, EXIT, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { Progress } from './progress.ts';
import { findArchive } from './resources.ts';
import { readSource } from './source-text.ts';
import { timeOption } from './time-option.ts';

/** Characters that are written together. */
const CHUNK_CHARS = 65_536;

/** How the daemon's lines about an export begin. No event does. */
const ABOUT = '{"type":"';

interface About {
  readonly type: 'progress' | 'end';
  /** progress */
  readonly part?: number;
  /** end */
  readonly events?: number;
  readonly reason?: 'end' | 'gone';
}

interface Exported {
  events: number;
  whole: boolean;
}

/** `busbar archive export`. */
export async function exportArchive(
  client: Client,
  archive: string,
  invocation: Invocation,
  context: Context,
): Promise<number> {
  const { output } = context;
  const out = valueOf(invocation, 'out') ?? '-';
  const pattern = valueOf(invocation, 'pattern');
  const query = {
    from: timeOption(invocation, 'since', context),
    until: timeOption(invocation, 'until', context),
    pattern: pattern === undefined ? undefined : (await readSource(pattern, '--pattern', context)).text,
  };
  await findArchive(client, archive);
  const ended = new AbortController();
  const release = context.onInterrupt(() => ended.abort());
  const progress = Progress.start({ doing: 'exporting', items: 'events' }, invocation, context);
  const exported: Exported = { events: 0, whole: false };
  try {
    const lines = client.lines(`/archives/${encodeURIComponent(archive)}/export`, query, ended.signal);
    const chunks = chunksOf(lines, exported, progress, archive);
    if (out === '-') for await (const chunk of chunks) await output.text(output.plain(chunk));
    else await writeFile(out, chunks, () => exported.whole);
  } finally {
    progress.end();
    release();
  }
  if (!exported.whole) throw interruptedOr(ended.signal);
  if (invocation.flags['json'] === true && out !== '-')
    await output.json({ events: exported.events, file: out });
  else output.note(`events exported: ${exported.events}`);
  return EXIT.ok;
}

const interruptedOr = (signal: AbortSignal): CliError =>
  signal.aborted
    ? new CliError('it was interrupted: the export is not whole', EXIT.failed)
    : daemonError('the daemon is stopping: the export is not whole');

/** The events of an export, many lines at a time. Keeps count, and whether the end has come. */
async function* chunksOf(
  lines: AsyncIterable<string>,
  exported: Exported,
  progress: Progress,
  archive: string,
): AsyncGenerator<string> {
  let chunk = '';
  let part = 0;
  for await (const line of lines) {
    if (line.startsWith(ABOUT)) {
      const about = JSON.parse(line) as About;
      if (about.reason === 'gone') throw daemonError(`the archive ${archive} was deleted meanwhile`);
      exported.whole = about.type === 'end';
      part = about.part ?? part;
    } else {
      exported.events++;
      chunk += `${line}\n`;
    }
    if (chunk.length < CHUNK_CHARS) continue;
    yield chunk;
    chunk = '';
    progress.update({ done: exported.events, part });
  }
  if (chunk !== '') yield chunk;
  progress.update({ done: exported.events, part: exported.whole ? 1 : part });
}

/** Nothing stands under the name of the file until everything does. */
async function writeFile(path: string, chunks: AsyncIterable<string>, whole: () => boolean): Promise<void> {
  const partial = `${path}.partial`;
  try {
    const file = createWriteStream(partial, { flush: true });
    await (path.endsWith('.gz') ? pipeline(chunks, createGzip(), file) : pipeline(chunks, file));
    if (whole()) renameSync(partial, path);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${path} cannot be written: ${(error as Error).message}`, EXIT.failed);
  } finally {
    rmSync(partial, { force: true });
  }
}
