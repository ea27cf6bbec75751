import { Client } from './client.ts';
import { CLIENT_OPTIONS, EXIT, usageError, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';

const MS_PER: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

interface Moved {
  readonly now: string;
  readonly offsetMs: number;
  readonly stops: number;
}

export const clock: Command = {
  name: 'clock',
  summary: 'move the clock of a daemon in development mode',
  usage: ['clock advance DURATION', 'clock show'],
  description: [
    'The daemon must have been started with --dev-clock. All that becomes due on the way is done, in order: schedules,\n' +
      'retries, visibility timeouts, retention. The command ends once that is done, so a test sees a day pass in a moment.\n' +
      'The clock never goes back: the data directory keeps how far ahead it is.',
  ],
  options: CLIENT_OPTIONS,
  positionals: { min: 1, max: 2 },
  verbs: ['advance', 'show'],
  examples: ['busbar up --dev-clock --data :memory:', 'busbar clock advance 24h'],
  exits: {},
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const { output } = context;
  const [verb, text] = invocation.positionals;
  if ((verb === 'advance') !== (text !== undefined)) {
    throw usageError('it is `clock advance DURATION`, such as 24h, or `clock show`');
  }
  const body = text === undefined ? {} : { advanceMs: durationOf(text) };
  const moved = await Client.of(invocation, context).post<Moved>('/clock', body);
  if (invocation.flags['json'] === true) await output.json(moved);
  else await output.line(moved.now);
  return EXIT.ok;
}

function durationOf(text: string): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw usageError(`a duration is 30s, 10m, 24h or 7d, not \`${text}\``);
  return Number(count) * MS_PER[unit!]!;
}
