import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Client } from './client.ts';
import { CliError, daemonError, EXIT, usageError, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { Progress } from './progress.ts';
import { queryOf } from './replay-rehearse.ts';
import type { ReplayWish } from './replay-start.ts';

/** What stands around an event in a line of the daemon's. */
const EVENT_PREFIX = '{"type":"event","event":';
const STANDARD_OUTPUT = '-';

/** `busbar replay start --to-file`: the events as they are, one a line. */
export async function replayToFile(
  client: Client,
  archive: string,
  wish: ReplayWish & { readonly name: string | undefined },
  file: string,
  invocation: Invocation,
  context: Context,
): Promise<number> {
  if (wish.bus !== undefined) throw usageError('either `--to-bus` or `--to-file`, not both');
  const { output } = context;
  const sink = file === STANDARD_OUTPUT ? undefined : await open(file);
  const write = (line: string): Promise<void> => (sink ? writeTo(sink, line) : output.line(line));
  const progress = Progress.start({ doing: 'replaying', items: 'events' }, invocation, context);
  try {
    const count = await copy(client, `/archives/${encodeURIComponent(archive)}/replayed`, wish, {
      write,
      progress,
      context,
    });
    progress.end();
    if (sink) await close(sink);
    if (invocation.flags['json'] === true && sink) await output.json({ file, events: count });
    else output.note(`events written: ${count}`);
    return EXIT.ok;
  } finally {
    progress.end();
    sink?.destroy();
  }
}

interface Copying {
  readonly write: (line: string) => Promise<void>;
  readonly progress: Progress;
  readonly context: Context;
}

/** Answers how many events there were. Throws when the daemon breaks off: something is missing then. */
async function copy(
  client: Client,
  path: string,
  wish: ReplayWish & { readonly name: string | undefined },
  { write, progress, context }: Copying,
): Promise<number> {
  const ended = new AbortController();
  const release = context.onInterrupt(() => ended.abort());
  let count = 0;
  try {
    for await (const line of client.lines(path, queryOf(wish), ended.signal)) {
      if (line.startsWith(EVENT_PREFIX)) {
        await write(line.slice(EVENT_PREFIX.length, -1));
        progress.update({ done: ++count });
      } else if (line.startsWith('{"type":"end"')) return count;
    }
  } finally {
    release();
  }
  const why = ended.signal.aborted ? 'interrupted' : 'the daemon went away';
  throw daemonError(`${why}: there are more than these ${count} events`);
}

async function open(file: string): Promise<WriteStream> {
  const stream = createWriteStream(file);
  try {
    await once(stream, 'open');
  } catch (error) {
    throw usageError(`\`${file}\` cannot be written: ${(error as Error).message}`);
  }
  // Told by the write or the end that fails.
  stream.on('error', () => undefined);
  return stream;
}

async function writeTo(stream: WriteStream, line: string): Promise<void> {
  if (stream.errored) throw failed(stream);
  if (stream.write(`${line}\n`)) return;
  try {
    await once(stream, 'drain');
  } catch {
    throw failed(stream);
  }
}

async function close(stream: WriteStream): Promise<void> {
  stream.end();
  try {
    if (!stream.writableFinished) await once(stream, 'finish');
  } catch {
    throw failed(stream);
  }
}

const failed = (stream: WriteStream): CliError =>
  new CliError(`\`${String(stream.path)}\` cannot be written: ${stream.errored?.message}`, EXIT.failed);
