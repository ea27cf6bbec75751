import { valueOf } from './arguments.ts';
import type { Client } from './client.ts';
import { EXIT, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { resourceOf } from './dead-letters.ts';

/** A replay as the daemon tells of it. */
export interface ReplayAnswer {
  readonly name: string;
  readonly state: string;
  readonly stateReason?: string;
  readonly archive: string;
  readonly bus: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly replayed: number;
  readonly lastReplayedAt?: string;
}

export const REPLAY_HEADINGS = ['NAME', 'STATE', 'ARCHIVE', 'BUS', 'STARTED', 'REPLAYED', 'UP TO'];

export const replayRow = (replay: ReplayAnswer): string[] => [
  replay.name,
  replay.state,
  resourceOf(replay.archive).replace(/^archive\//, ''),
  resourceOf(replay.bus).replace(/^event-bus\//, ''),
  replay.startedAt,
  String(replay.replayed),
  replay.lastReplayedAt ?? '-',
];

/** `busbar replay list`. */
export async function listReplays(
  client: Client,
  _: string,
  invocation: Invocation,
  { output }: Context,
): Promise<number> {
  const answer = await client.get<{ replays: ReplayAnswer[]; count: number }>('/replays', {
    state: valueOf(invocation, 'state'),
  });
  if (invocation.flags['json'] === true) {
    await output.json(answer);
    return EXIT.ok;
  }
  if (answer.replays.length === 0) output.note('no replays');
  else {
    await output.table(REPLAY_HEADINGS, answer.replays.map(replayRow));
  }
  const hidden = answer.count - answer.replays.length;
  if (hidden > 0) output.note(`${hidden} older ones are not shown`);
  return EXIT.ok;
}
