import { valueOf } from './arguments.ts';
import type { Client } from './client.ts';
import { EXIT, type Invocation } from './command.ts';
import type { Context } from './context.ts';

/** A schedule as the daemon shows it to operators. */
export interface ScheduleView {
  readonly group: string;
  readonly name: string;
  readonly arn: string;
  readonly state: string;
  readonly paused?: { readonly reason: string; readonly since: string };
  readonly expression: string;
  readonly timezone: string;
  readonly target: string;
  readonly overlap: string;
  readonly next?: string;
  readonly waiting?: string;
  readonly skipped: number;
  readonly lastSkipped?: string;
}

interface Page {
  readonly schedules: readonly ScheduleView[];
  readonly next?: string;
}

const NOTHING = '-';

/** `busbar schedules list`. */
export async function list(client: Client, invocation: Invocation, { output }: Context): Promise<number> {
  const [group, prefix] = [valueOf(invocation, 'group'), valueOf(invocation, 'prefix')];
  const found: ScheduleView[] = [];
  let after: string | undefined;
  do {
    const page: Page = await client.get<Page>('/schedules', { group, prefix, after });
    found.push(...page.schedules);
    after = page.next;
  } while (after !== undefined);
  if (invocation.flags['json'] === true) await output.json({ schedules: found });
  else if (found.length === 0) output.note('no schedules');
  else await output.table(['SCHEDULE', 'STATE', 'NEXT', 'OVERLAP', 'EXPRESSION', 'NOTE'], found.map(rowOf));
  return EXIT.ok;
}

const rowOf = (schedule: ScheduleView): string[] => [
  `${schedule.group}/${schedule.name}`,
  schedule.paused ? 'PAUSED' : schedule.state,
  schedule.next ?? NOTHING,
  schedule.overlap,
  schedule.expression,
  schedule.paused?.reason ?? (schedule.skipped > 0 ? `${schedule.skipped} skipped` : ''),
];

/** `busbar schedules show`. */
export async function show(
  client: Client,
  name: string,
  invocation: Invocation,
  context: Context,
): Promise<number> {
  const { schedule } = await client.get<{ schedule: ScheduleView }>('/schedules/show', { name });
  return tellSchedule(schedule, invocation, context);
}

/** Writes all that is known of a schedule. */
export async function tellSchedule(
  schedule: ScheduleView,
  invocation: Invocation,
  { output }: Context,
): Promise<number> {
  if (invocation.flags['json'] === true) {
    await output.json({ schedule });
    return EXIT.ok;
  }
  const { group, name, state, paused, expression, timezone, target, overlap, skipped, lastSkipped } =
    schedule;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['schedule', `${group}/${name}`],
    ['expression', `${expression} in ${timezone}`],
    ['target', target],
    ['state', paused ? `${state}, paused since ${paused.since}: ${paused.reason}` : state],
    ['next tick', schedule.next],
    ['overlap', overlap],
    [
      'waiting',
      schedule.waiting && `the tick of ${schedule.waiting}, for the end of the execution before it`,
    ],
    ['skipped', skipped > 0 ? `${skipped}, the latest of ${lastSkipped}` : undefined],
  ];
  for (const [label, text] of lines) {
    if (text !== undefined) await output.line(`${label.padEnd(10)}  ${output.plain(text)}`);
  }
  return EXIT.ok;
}
