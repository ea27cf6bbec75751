import { valueOf } from './arguments.ts';
import { Client } from './client.ts';
import { CLIENT_OPTIONS, EXIT, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { entryOf, parseEvents, type Entry } from './events.ts';
import { checkBus } from './resources.ts';
import { readSource } from './source-text.ts';
import { limits } from '../model/limits.ts';

/** Leaves room for times and resources, which count too. */
const BATCH_BYTES = limits.putEventsRequestBytes - 65_536;

interface EntryResult {
  readonly EventId?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

export const put: Command = {
  name: 'put',
  summary: 'publish events',
  usage: ['put <json|file|-> [options]'],
  description: [
    'Takes one event, a list of them, or one a line; `-` reads standard input. An event is written as rules see it\n' +
      '(source, detail-type, detail, and time and resources if you like; id, account and region are assigned anew)\n' +
      'or as an entry of PutEvents (Source, DetailType, Detail as a text or an object, EventBusName …).',
    'Prints the ids, one a line.',
  ],
  options: [
    { name: 'bus', placeholder: 'B', help: 'the bus of events that name none (default: default)' },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 1, max: 1 },
  examples: [
    'busbar put --bus shop \'{"source":"shop.orders","detail-type":"OrderPlaced","detail":{"total":420}}\'',
    'busbar put events.json',
    'zcat events.ndjson.gz | busbar put -',
  ],
  exits: { 0: 'all were published', 1: 'some were not; standard error tells which and why' },
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const { output } = context;
  const { text, from } = await readSource(invocation.positionals[0]!, 'the event', context);
  const events = parseEvents(text, from);
  const bus = valueOf(invocation, 'bus');
  const entries = events.map((event, index) => entryOf(event, bus, `event ${index + 1} of ${from}`));
  const client = Client.of(invocation, context);
  // The service takes events for a bus that is not there and drops them; who types them wants to know.
  if (bus !== undefined) await checkBus(client, bus);
  const results: EntryResult[] = [];
  for (const batch of batchesOf(entries)) {
    const answer = await client.events<{ Entries: EntryResult[] }>('PutEvents', { Entries: batch });
    results.push(...answer.Entries);
    if (invocation.flags['json'] !== true) await report(answer.Entries, results.length, context);
  }
  const failed = results.filter(({ EventId }) => EventId === undefined).length;
  if (invocation.flags['json'] === true) {
    await output.json({ published: results.length - failed, failed, results });
  } else if (failed > 0) output.note(`busbar put: ${failed} of ${results.length} events were not published`);
  return failed > 0 ? EXIT.failed : EXIT.ok;
}

async function report(batch: readonly EntryResult[], total: number, { output }: Context): Promise<void> {
  for (const [index, { EventId, ErrorCode, ErrorMessage }] of batch.entries()) {
    if (EventId !== undefined) await output.line(EventId);
    else output.note(`event ${total - batch.length + index + 1}: ${ErrorCode}: ${ErrorMessage}`);
  }
}

/** As many entries as one call takes, in number and in size. */
function batchesOf(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  let batch: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entry));
    if (batch.length > 0 && (batch.length === limits.putEventsEntries || bytes + size > BATCH_BYTES)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
