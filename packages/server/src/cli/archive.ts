import { Client } from './client.ts';
import { CLIENT_OPTIONS, usageError, type Command, type Invocation } from './command.ts';
import { exportArchive } from './archive-export.ts';
import { importArchive } from './archive-import.ts';
import { listArchives } from './archive-list.ts';
import type { Context } from './context.ts';

export const archive: Command = {
  name: 'archive',
  summary: 'list archives, write the events of one to a file, and read them into another',
  usage: [
    'archive list',
    'archive export ARCHIVE [--since T] [--until T] [--pattern P] [--out FILE]',
    'archive import ARCHIVE FILE',
  ],
  description: [
    'The list says how many events each archive holds, the megabytes of their JSON, and for how many days it keeps them.',
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
  positionals: { min: 1, max: 3 },
  verbs: ['list', 'export', 'import'],
  examples: [
    'busbar archive list',
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
  if (verb === 'list') {
    const extra = name ?? ['since', 'until', 'pattern', 'out'].find((option) => option in invocation.flags);
    if (extra !== undefined) throw usageError('`archive list` takes nothing');
    return listArchives(client, invocation, context);
  }
  if (name === undefined) throw usageError(`\`archive ${verb!}\` needs the name of an archive`);
  if (verb === 'export') {
    if (file !== undefined) throw usageError('`archive export` writes to a file with `--out FILE`');
    return exportArchive(client, name, invocation, context);
  }
  for (const option of ['since', 'until', 'pattern', 'out']) {
    if (option in invocation.flags) throw usageError(`\`archive import\` takes no \`--${option}\``);
  }
  if (file === undefined) throw usageError('`archive import` needs a file, or - for standard input');
  return importArchive(client, name, file, invocation, context);
}
