import { valueOf } from './arguments.ts';
import type { Client } from './client.ts';
import { EXIT, usageError, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { Progress } from './progress.ts';
import { rehearseReplay } from './replay-rehearse.ts';
import type { ReplayAnswer } from './replay-list.ts';
import { replayToFile } from './replay-to-file.ts';
import { readSource } from './source-text.ts';
import { timeOption } from './time-option.ts';

/** How long the daemon waits for a replay's end before it tells how far it is. */
const WAIT_MS = 250;
const SECONDS_PER: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600 };

/** What is asked for, under the daemon's names. */
export interface ReplayWish {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly event?: string | undefined;
  readonly pattern?: string | undefined;
  readonly bus?: string | undefined;
  readonly rules?: readonly string[] | undefined;
  readonly target?: string | undefined;
  readonly rate?: number | undefined;
  readonly speed?: number | undefined;
}

/** `busbar replay start`. */
export async function startReplay(
  client: Client,
  archive: string,
  invocation: Invocation,
  context: Context,
): Promise<number> {
  const wish = await wishOf(invocation, context);
  const name = valueOf(invocation, 'name');
  const file = valueOf(invocation, 'to-file');
  const dryRun = invocation.flags['dry-run'] === true;
  if (dryRun && file !== undefined) throw usageError('either `--dry-run` or `--to-file`, not both');
  if (dryRun) return rehearseReplay(client, archive, wish, invocation, context);
  if (file !== undefined) return replayToFile(client, archive, { ...wish, name }, file, invocation, context);
  const started = await client.post<ReplayAnswer>('/replays', { archive, name, ...wish });
  if (invocation.flags['detach'] === true) return tell(started, invocation, context);
  return tell(await follow(client, started, invocation, context), invocation, context);
}

async function tell(replay: ReplayAnswer, { flags }: Invocation, { output }: Context): Promise<number> {
  if (flags['json'] === true) await output.json(replay);
  else {
    await output.line(replay.name);
    const reason = replay.stateReason === undefined ? '' : `: ${replay.stateReason}`;
    output.note(`${replay.state}${reason}; ${replay.replayed} events replayed`);
  }
  return replay.state === 'FAILED' || replay.state === 'CANCELLED' ? EXIT.failed : EXIT.ok;
}

/** Shows how far a replay is until it has ended, or until Ctrl-C: the replay then goes on without us. */
async function follow(
  client: Client,
  started: ReplayAnswer,
  invocation: Invocation,
  context: Context,
): Promise<ReplayAnswer> {
  const progress = Progress.start({ doing: 'replaying', items: 'events' }, invocation, context);
  let left = false;
  const release = context.onInterrupt(() => (left = true));
  let replay = started;
  try {
    while (replay.endedAt === undefined && !left) {
      const answer = await client.get<ReplayAnswer & { readonly part?: number }>(
        `/replays/${encodeURIComponent(started.name)}`,
        { waitMs: String(WAIT_MS) },
      );
      replay = answer;
      progress.update({ done: answer.replayed, part: answer.endedAt === undefined ? answer.part : 1 });
    }
  } finally {
    progress.end();
    release();
  }
  if (left) context.output.note('the replay goes on; `busbar replay show` tells how far it is');
  return replay;
}

async function wishOf(invocation: Invocation, context: Context): Promise<ReplayWish> {
  const pattern = valueOf(invocation, 'pattern');
  return {
    since: timeOption(invocation, 'since', context),
    until: timeOption(invocation, 'until', context),
    event: valueOf(invocation, 'event'),
    pattern: pattern === undefined ? undefined : (await readSource(pattern, '--pattern', context)).text,
    bus: valueOf(invocation, 'to-bus'),
    rules: valueOf(invocation, 'rules')?.split(','),
    target: valueOf(invocation, 'to-target'),
    rate: rateOf(valueOf(invocation, 'rate')),
    speed: speedOf(valueOf(invocation, 'speed')),
  };
}

function rateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)(?:\/([smh]))?$/.exec(text) ?? [];
  if (count === undefined) throw usageError(`\`--rate\` takes 100/s, 30/m or 10/h, not \`${text}\``);
  return Number(count) / SECONDS_PER[unit]!;
}

function speedOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, times] = /^(\d+(?:\.\d+)?)x?$/.exec(text) ?? [];
  if (times === undefined) throw usageError(`\`--speed\` takes 10x or 0.5x, not \`${text}\``);
  return Number(times);
}
