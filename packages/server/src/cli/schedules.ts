import { numberOf, valueOf } from './arguments.ts';
import { Client } from './client.ts';
import { CLIENT_OPTIONS, EXIT, usageError, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';

const DEFAULT_COUNT = 10;
const MAX_COUNT = 1_000;

interface Preview {
  readonly expression: string;
  readonly timezone: string;
  readonly state?: string;
  readonly ticks: readonly { time?: string; local: string; offset?: string; note?: string }[];
}

export const schedules: Command = {
  name: 'schedules',
  summary: 'show when a schedule ticks next',
  usage: [
    'schedules next NAME [--count N]',
    'schedules next --expression EXPRESSION [--timezone ZONE] [--count N]',
  ],
  description: [
    'NAME is a rule of the default bus, or a schedule: GROUP/NAME, or its name alone in the default group. An expression is\n' +
      'at(…), rate(…) or cron(…). Local times that a time zone skips are listed too, with the reason why they are no ticks.',
  ],
  options: [
    { name: 'expression', placeholder: 'E', help: 'look at an expression instead' },
    { name: 'timezone', placeholder: 'ZONE', help: 'whose clocks the expression means (default: UTC)' },
    { name: 'count', placeholder: 'N', help: `how many ticks (default: ${DEFAULT_COUNT})` },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 1, max: 2 },
  verbs: ['next'],
  examples: [
    'busbar schedules next nightly --count 20',
    'busbar schedules next reports/weekly',
    "busbar schedules next --expression 'cron(30 2 * * ? *)' --timezone Europe/Paris",
  ],
  exits: {},
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const { output } = context;
  const [, name] = invocation.positionals;
  const expression = valueOf(invocation, 'expression');
  if ((name === undefined) === (expression === undefined)) {
    throw usageError('`schedules next` takes either a name or `--expression`');
  }
  const preview = await Client.of(invocation, context).get<Preview>('/schedules/next', {
    name,
    expression,
    timezone: valueOf(invocation, 'timezone'),
    count: String(numberOf(invocation, 'count', 1, MAX_COUNT) ?? DEFAULT_COUNT),
  });
  if (invocation.flags['json'] === true) {
    await output.json(preview);
    return EXIT.ok;
  }
  if (preview.state === 'DISABLED') output.note('it is disabled: it does not tick');
  else if (preview.ticks.length === 0) output.note(`${preview.expression} never ticks again`);
  else {
    await output.table(
      ['TIME', `IN ${preview.timezone}`, 'UTC', 'NOTE'],
      preview.ticks.map(({ time, local, offset, note }) => [time ?? '-', local, offset ?? '', note ?? '']),
    );
  }
  return EXIT.ok;
}
