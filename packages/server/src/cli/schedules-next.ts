import { numberOf, valueOf } from './arguments.ts';
import type { Client } from './client.ts';
import { EXIT, usageError, type Invocation } from './command.ts';
import type { Context } from './context.ts';

export const DEFAULT_COUNT = 10;
const MAX_COUNT = 1_000;

interface Preview {
  readonly expression: string;
  readonly timezone: string;
  readonly state?: string;
  readonly ticks: readonly { time?: string; local: string; offset?: string; note?: string }[];
}

/** `busbar schedules next`. */
export async function next(
  client: Client,
  name: string | undefined,
  invocation: Invocation,
  { output }: Context,
): Promise<number> {
  const expression = valueOf(invocation, 'expression');
  if ((name === undefined) === (expression === undefined)) {
    throw usageError('`schedules next` takes either a name or `--expression`');
  }
  const preview = await client.get<Preview>('/schedules/next', {
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
