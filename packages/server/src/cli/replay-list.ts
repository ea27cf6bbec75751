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
    await output.table(
      ['NAME', 'STATE', 'ARCHIVE', 'BUS', 'STARTED', 'REPLAYED', 'UP TO'],
      answer.replays.map((each) => [
        each.name,
        each.state,
        resourceOf(each.archive).replace(/^archive\//, ''),
        resourceOf(each.bus).replace(/^event-bus\//, ''),
        each.startedAt,
        String(each.replayed),
        each.lastReplayedAt ?? '-',
      ]),
    );
  }
  const hidden = answer.count - answer.replays.length;
  if (hidden > 0) output.note(`${hidden} older ones are not shown`);
  return EXIT.ok;
}
