import { Client } from './client.ts';
import { CLIENT_OPTIONS, usageError, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { CONTROLS } from './schedules-control.ts';
import { DEFAULT_COUNT, next } from './schedules-next.ts';
import { list, show } from './schedules-view.ts';

/** Verb → the options that it takes, beside those of every command. */
const OPTIONS_OF: Readonly<Record<string, readonly string[]>> = {
  next: ['expression', 'timezone', 'count'],
  list: ['group', 'prefix'],
  show: [],
  set: ['overlap'],
  pause: ['reason'],
  resume: [],
  trigger: [],
  backfill: ['from', 'until', 'dry-run', 'request'],
};

export const schedules: Command = {
  name: 'schedules',
  summary: 'show, pause, fire and backfill schedules',
  usage: [
    'schedules next NAME [--count N]',
    'schedules next --expression EXPRESSION [--timezone ZONE] [--count N]',
    'schedules list [--group G] [--prefix P]',
    'schedules show NAME',
    'schedules set NAME --overlap allow|skip|buffer-one',
    'schedules pause NAME --reason TEXT',
    'schedules resume NAME',
    'schedules trigger NAME',
    'schedules backfill NAME --from TIME [--until TIME] [--dry-run] [--request ID]',
  ],
  description: [
    'NAME is a schedule: GROUP/NAME, or its name alone in the default group. `next` takes a rule of the default bus as well,\n' +
      'or an expression: at(…), rate(…) or cron(…). Local times that a time zone skips are listed too, with the reason why\n' +
      'they are no ticks.',
    'An overlap policy says what becomes of a tick that comes while an earlier execution is still being tried: it is tried\n' +
      'beside it (allow), left out (skip), or waits until that has ended, one at a time (buffer-one).',
    'A paused schedule is disabled, with a reason. `trigger` and `backfill` fire it nevertheless, and whatever its policy is.',
  ],
  options: [
    { name: 'expression', placeholder: 'E', help: 'next: look at an expression instead' },
    { name: 'timezone', placeholder: 'ZONE', help: 'next: whose clocks the expression means (default: UTC)' },
    { name: 'count', placeholder: 'N', help: `next: how many ticks (default: ${DEFAULT_COUNT})` },
    { name: 'group', placeholder: 'G', help: 'list: only those of a group' },
    { name: 'prefix', placeholder: 'P', help: 'list: only those whose names begin so' },
    { name: 'overlap', placeholder: 'POLICY', help: 'set: allow, skip or buffer-one' },
    { name: 'reason', placeholder: 'TEXT', help: 'pause: why' },
    {
      name: 'from',
      placeholder: 'TIME',
      help: 'backfill: from when on, such as 2h, 1d or 2026-01-01T12:00:00Z',
    },
    { name: 'until', placeholder: 'TIME', help: 'backfill: up to when (default: now)' },
    { name: 'dry-run', help: 'backfill: only say what would be fired' },
    {
      name: 'request',
      placeholder: 'ID',
      help: 'backfill: the name of the request; under the same one the same events are fired again',
    },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 1, max: 2 },
  verbs: Object.keys(OPTIONS_OF),
  examples: [
    'busbar schedules next nightly --count 20',
    "busbar schedules next --expression 'cron(30 2 * * ? *)' --timezone Europe/Paris",
    'busbar schedules set reports/weekly --overlap skip',
    "busbar schedules pause nightly --reason 'the warehouse moves'",
    'busbar schedules backfill nightly --from 2026-01-01T00:00:00Z --dry-run',
  ],
  exits: {},
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const [verb = '', name] = invocation.positionals;
  checkOptions(verb, invocation);
  const client = Client.of(invocation, context);
  if (verb === 'next') return next(client, name, invocation, context);
  if (verb === 'list') {
    if (name !== undefined)
      throw usageError('`schedules list` takes no name: `--group` and `--prefix` choose');
    return list(client, invocation, context);
  }
  if (name === undefined) throw usageError(`\`schedules ${verb}\` needs the name of a schedule`);
  return verb === 'show'
    ? show(client, name, invocation, context)
    : CONTROLS[verb]!(client, name, invocation, context);
}

/** An option of another verb would be forgotten silently. */
function checkOptions(verb: string, { flags }: Invocation): void {
  const own = OPTIONS_OF[verb] ?? [];
  const foreign = Object.values(OPTIONS_OF)
    .flat()
    .find((option) => flags[option] !== undefined && !own.includes(option));
  if (foreign !== undefined) throw usageError(`\`schedules ${verb}\` takes no \`--${foreign}\``);
}
