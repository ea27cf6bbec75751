import { valueOf } from './arguments.ts';
import type { Client } from './client.ts';
import { EXIT, usageError, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { tellSchedule, type ScheduleView } from './schedules-view.ts';
import { timeOption } from './time-option.ts';

type Control = (client: Client, name: string, invocation: Invocation, context: Context) => Promise<number>;

function needed(invocation: Invocation, verb: string, option: string): string {
  const value = valueOf(invocation, option);
  if (value === undefined) throw usageError(`\`schedules ${verb}\` needs \`--${option}\``);
  return value;
}

/** `busbar schedules set`, `pause` and `resume`: they answer the schedule. */
const changing =
  (verb: string, option?: string): Control =>
  async (client, name, invocation, context) => {
    const more = option === undefined ? {} : { [option]: needed(invocation, verb, option) };
    const { schedule } = await client.post<{ schedule: ScheduleView }>(`/schedules/${verb}`, {
      name,
      ...more,
    });
    return tellSchedule(schedule, invocation, context);
  };

const trigger: Control = async (client, name, invocation, { output }) => {
  const fired = await client.post<{ eventId: string; time: string }>('/schedules/trigger', { name });
  if (invocation.flags['json'] === true) await output.json(fired);
  else await output.line(`fired at ${fired.time}`);
  return EXIT.ok;
};

interface Backfill {
  readonly status: 'dry-run' | 'started';
  readonly count: number;
  readonly tooMany: boolean;
  readonly first: readonly string[];
  readonly last?: string;
  readonly request: string;
}

const backfill: Control = async (client, name, invocation, context) => {
  const { output } = context;
  needed(invocation, 'backfill', 'from');
  const dryRun = invocation.flags['dry-run'] === true;
  const given = await client.post<Backfill>('/schedules/backfill', {
    name,
    from: timeOption(invocation, 'from', context),
    until: timeOption(invocation, 'until', context),
    request: valueOf(invocation, 'request'),
    dryRun,
  });
  if (invocation.flags['json'] === true) {
    await output.json(given);
    return EXIT.ok;
  }
  const { count, tooMany, first, last, request } = given;
  if (count === 0) output.note('the range holds no tick');
  else if (dryRun) {
    for (const time of first) await output.line(time);
    if (count > first.length)
      await output.line(tooMany ? '… and more than a backfill may fire' : `… up to ${last}`);
    output.note(tooMany ? 'take a part of the range' : `${count} ticks would be fired`);
  } else await output.line(`${count} ticks are being fired, as the request ${request}`);
  return EXIT.ok;
};

/** What can be done with a schedule, by verb. */
export const CONTROLS: Readonly<Record<string, Control>> = {
  set: changing('set', 'overlap'),
  pause: changing('pause', 'reason'),
  resume: changing('resume'),
  trigger,
  backfill,
};
