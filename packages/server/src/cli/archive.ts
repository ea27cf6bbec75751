import { Client } from './client.ts';
import { CLIENT_OPTIONS, usageError, type Command, type Invocation } from './command.ts';
import { exportArchive } from './archive-export.ts';
import { importArchive } from './archive-import.ts';
import type { Context } from './context.ts';

export const archive: Command = {
  name: 'archive',
  summary: 'write the events of an archive to a file, and read them into another archive',
  usage: [
    'archive export ARCHIVE [--since T] [--until T] [--pattern P] [--out FILE]',
    'archive import ARCHIVE FILE',
  ],
  description: [
    'An export has an event a line, in the order of event times, with `ingestion-time` as its last member. A file whose name\n' +
      'ends in .gz is packed with gzip. It appears under its name once it is whole.',
    'An import takes such lines, packed or not, from a file or standard input (-), also those that other programs wrote,\n' +
      'whatever the pattern of the archive. Events that are there already stay as they are, so that an import that was\n' +
      'broken off can be started again. Lines that are no events are told by number and left out.',
  ],
  options: [
    {
      name: 'since',
      placeholder: 'T',
      help: 'export: events at or after this time (10m, 2h, 1d ago, or a date)',
    },
    { name: 'until', placeholder: 'T', help: 'export: events before this time' },
    {
      name: 'pattern',
      placeholder: 'P',
      help: 'export: only events that match: an event pattern, or a file of one',
    },
    { name: 'out', placeholder: 'FILE', help: 'export: where to (default: -, standard output)' },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 2, max: 3 },
  verbs: ['export', 'import'],
  examples: [
    'busbar archive export orders --out orders.ndjson.gz',
    'busbar archive import orders orders.ndjson.gz --url http://other-machine:4010',
    'busbar archive export orders --since 2026-01-01 --until 2026-02-01 --pattern \'{"source":["shop"]}\' | wc -l',
  ],
  exits: { 1: 'import: some lines are no events, or the file breaks off; standard error tells which' },
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const [verb, name, file] = invocation.positionals;
  const client = Client.of(invocation, context);
  if (verb === 'export') {
    if (file !== undefined) throw usageError('`archive export` writes to a file with `--out FILE`');
    return exportArchive(client, name!, invocation, context);
  }
  for (const option of ['since', 'until', 'pattern', 'out']) {
    if (option in invocation.flags) throw usageError(`\`archive import\` takes no \`--${option}\``);
  }
  if (file === undefined) throw usageError('`archive import` needs a file, or - for standard input');
  return importArchive(client, name!, file, invocation, context);
}
