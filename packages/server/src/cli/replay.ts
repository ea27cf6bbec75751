import { valueOf } from './arguments.ts';
import { Client } from './client.ts';
import { CLIENT_OPTIONS, usageError, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { cancelReplay } from './replay-cancel.ts';
import { listReplays } from './replay-list.ts';
import { showReplay } from './replay-show.ts';
import { startReplay } from './replay-start.ts';

const VERBS = { start: startReplay, list: listReplays, show: showReplay, cancel: cancelReplay } as const;

const FLAGS_OF: Readonly<Record<keyof typeof VERBS, readonly string[]>> = {
  start: [
    'name',
    'since',
    'until',
    'event',
    'pattern',
    'rules',
    'to-target',
    'to-bus',
    'to-file',
    'rate',
    'speed',
    'dry-run',
    'detach',
  ],
  list: ['state'],
  show: [],
  cancel: [],
};

export const replay: Command = {
  name: 'replay',
  summary: 'replay an archive: to its bus, another bus, one target or a file',
  usage: [
    'replay start ARCHIVE [--name N] [--since T] [--until T] [--rules R,… | --to-target RULE/ID | --to-file F] [options]',
    'replay start ARCHIVE --dry-run [options]',
    'replay list [--state S]',
    'replay show NAME',
    'replay cancel NAME',
  ],
  description: [
    'Events come in the order of their times, each with the name of the replay, to the rules that the bus has by then; live\n' +
      'events do not wait for them. `start` tells how far the replay is until it ends; Ctrl-C, or --detach, leaves it to itself.',
    'A replay that is cancelled delivers nothing more: what is pending is given up, what was delivered is not taken back.',
  ],
  options: [
    { name: 'name', placeholder: 'N', help: 'start: the name of the replay (default: made of the time)' },
    {
      name: 'since',
      placeholder: 'T',
      help: 'start: events from here on: 30s, 10m, 2h, 1d ago, or a time (default: all)',
    },
    { name: 'until', placeholder: 'T', help: 'start: events before this time (default: now)' },
    { name: 'event', placeholder: 'ID', help: 'start: one event' },
    {
      name: 'pattern',
      placeholder: 'P',
      help: 'start: only events that match: an event pattern, or a file of one',
    },
    { name: 'rules', placeholder: 'R,…', help: 'start: only to these rules' },
    {
      name: 'to-target',
      placeholder: 'RULE/ID',
      help: 'start: only to this target; RULE alone when it has one target',
    },
    { name: 'to-bus', placeholder: 'B', help: "start: to the rules of this bus (default: the archive's)" },
    {
      name: 'to-file',
      placeholder: 'F',
      help: 'start: into a file, an event a line (- for standard output); no rule gets them',
    },
    {
      name: 'rate',
      placeholder: 'N/s',
      help: 'start: at most so many events a second, /m a minute, /h an hour',
    },
    { name: 'speed', placeholder: '10x', help: 'start: at the pace at which the events came, times this' },
    { name: 'dry-run', help: 'start: count what would be delivered where, and deliver nothing' },
    { name: 'detach', help: 'start: do not wait for the end' },
    { name: 'state', placeholder: 'S', help: 'list: those in this state, such as RUNNING' },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 1, max: 2 },
  verbs: Object.keys(VERBS),
  examples: [
    'busbar replay start orders --since 24h --to-target on-payment --rate 100/s',
    'busbar replay start orders --pattern \'{"detail":{"currency":["EUR"]}}\' --dry-run',
    'busbar replay start orders --since 2026-01-31T08:00:00Z --until 2026-01-31T09:00:00Z --speed 10x --to-file -',
    'busbar replay show replay-20260131T120000.000Z',
  ],
  exits: { 1: 'start: the replay failed or was cancelled' },
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const verb = invocation.positionals[0] as keyof typeof VERBS;
  const name = invocation.positionals[1];
  checkFlags(invocation, verb);
  if ((verb === 'list') !== (name === undefined)) {
    throw usageError(
      verb === 'list' ? `\`${name}\` is one argument too many` : `\`replay ${verb}\` needs a name`,
    );
  }
  return VERBS[verb](Client.of(invocation, context), name ?? '', invocation, context);
}

function checkFlags(invocation: Invocation, verb: keyof typeof VERBS): void {
  const common = CLIENT_OPTIONS.map(({ name }) => name);
  for (const name of Object.keys(invocation.flags)) {
    if (!common.includes(name) && !FLAGS_OF[verb].includes(name)) {
      throw usageError(`\`replay ${verb}\` takes no \`--${name}\``);
    }
  }
  const ways = ['rules', 'to-target', 'to-file'].filter((name) => valueOf(invocation, name) !== undefined);
  if (ways.length > 1) throw usageError(`either \`--${ways[0]}\` or \`--${ways[1]}\`, not both`);
}
