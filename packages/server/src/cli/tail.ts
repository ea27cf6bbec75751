import { numberOf, valueOf } from './arguments.ts';
import { Client, RefusedError } from './client.ts';
import { CLIENT_OPTIONS, daemonError, EXIT, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { parseExact, stringifyExact } from './exact-json.ts';
import { checkBus } from './resources.ts';
import { readSource } from './source-text.ts';
import { timeOption } from './time-option.ts';

const MAX_EVENTS = 1_000_000_000;

/** A line of the daemon's answer. */
interface TailLine {
  readonly type: 'ready' | 'event' | 'skipped' | 'ping' | 'end';
  readonly event?: Readonly<Record<string, unknown>>;
  readonly count?: string;
  readonly reason?: string;
}

export const tail: Command = {
  name: 'tail',
  summary: 'show events as they come in',
  usage: ['tail [bus] [options]'],
  description: [
    'Reads the log of the bus (`default` unless named) from its end on, without a rule, until Ctrl-C. It never slows\n' +
      'the bus down: who reads too slowly misses events, and is told how many.',
    'Elsewhere than on a terminal, and with --json, every event is one line of JSON.',
  ],
  options: [
    { name: 'pattern', placeholder: 'P', help: 'only events that match: an event pattern, or a file of one' },
    {
      name: 'since',
      placeholder: 'T',
      help: 'begin earlier: 30s, 10m, 2h, 1d, or a time; what the bus still has',
    },
    { name: 'limit', placeholder: 'N', help: 'end after so many events' },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 0, max: 1 },
  examples: [
    'busbar tail',
    'busbar tail shop --pattern \'{"source":["shop.orders"]}\'',
    'busbar tail shop --since 10m --limit 100 --json',
  ],
  exits: { 0: 'ended by Ctrl-C or --limit' },
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const { output } = context;
  const client = Client.of(invocation, context);
  const [bus = 'default'] = invocation.positionals;
  const query = await queryOf(invocation, context, bus);
  const asJson = invocation.flags['json'] === true || !output.terminal;
  const ended = new AbortController();
  const release = context.onInterrupt(() => ended.abort());
  try {
    for await (const line of client.lines('/tail', query, ended.signal)) {
      const parsed = parseExact(line) as TailLine;
      if (parsed.type === 'end') return endOf(parsed);
      await show(parsed, asJson, context);
    }
  } catch (error) {
    if (ended.signal.aborted) return EXIT.ok;
    if (error instanceof RefusedError && error.code === 'NotFoundException') await checkBus(client, bus);
    throw error;
  } finally {
    release();
  }
  if (ended.signal.aborted) return EXIT.ok;
  throw daemonError('the daemon went away');
}

async function queryOf(invocation: Invocation, context: Context, bus: string) {
  const pattern = valueOf(invocation, 'pattern');
  const limit = numberOf(invocation, 'limit', 1, MAX_EVENTS);
  return {
    bus,
    pattern: pattern === undefined ? undefined : (await readSource(pattern, '--pattern', context)).text,
    since: timeOption(invocation, 'since', context),
    limit: limit === undefined ? undefined : String(limit),
  };
}

function endOf({ reason }: TailLine): number {
  if (reason === 'limit') return EXIT.ok;
  throw daemonError('the daemon is stopping, or the bus was deleted');
}

async function show(line: TailLine, asJson: boolean, { output }: Context): Promise<void> {
  if (line.type === 'ready' && output.terminal)
    output.note(output.style('dim', 'waiting for events; Ctrl-C ends'));
  if (line.type === 'skipped')
    output.note(`busbar tail: ${line.count} events were skipped: they came too fast`);
  if (line.type !== 'event' || !line.event) return;
  if (asJson) {
    await output.line(stringifyExact(line.event));
    return;
  }
  const text = (name: string): string => output.plain(String(line.event![name]));
  await output.line(
    `${output.style('dim', text('time'))} ${output.style('cyan', text('source'))} ` +
      `${output.style('bold', text('detail-type'))} ${output.plain(stringifyExact(line.event['detail']))}`,
  );
}
