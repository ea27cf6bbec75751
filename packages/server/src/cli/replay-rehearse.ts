import type { Client } from './client.ts';
import { daemonError, EXIT, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { resourceOf } from './dead-letters.ts';
import { Progress } from './progress.ts';
import type { ReplayWish } from './replay-start.ts';

interface Line {
  readonly type: 'ping' | 'progress' | 'end';
  readonly events?: number;
  readonly unmatched?: number;
  readonly targets?: readonly { rule: string; targetId: string; target: string; events: number }[];
}

/** A wish as the query of a streaming route. */
export const queryOf = (wish: ReplayWish & { readonly name?: string | undefined }) =>
  Object.fromEntries(
    Object.entries(wish).map(([member, value]) => [member, value === undefined ? undefined : String(value)]),
  );

/** `busbar replay start --dry-run`. */
export async function rehearseReplay(
  client: Client,
  archive: string,
  wish: ReplayWish,
  invocation: Invocation,
  context: Context,
): Promise<number> {
  const end = await lastLine(client, archive, wish, invocation, context);
  const { output } = context;
  const { events = 0, unmatched = 0, targets = [] } = end;
  if (invocation.flags['json'] === true) {
    await output.json({ events, unmatched, targets });
    return EXIT.ok;
  }
  if (targets.length > 0) {
    await output.table(
      ['RULE', 'ID', 'TARGET', 'EVENTS'],
      targets.map((each) => [
        resourceOf(each.rule).replace(/^rule\//, ''),
        each.targetId,
        resourceOf(each.target),
        String(each.events),
      ]),
    );
  }
  const unwanted = unmatched === 0 ? '' : `; no rule wants ${unmatched} of them`;
  output.note(`a dry run: ${events} events would be replayed${unwanted}`);
  return EXIT.ok;
}

async function lastLine(
  client: Client,
  archive: string,
  wish: ReplayWish,
  invocation: Invocation,
  context: Context,
): Promise<Line> {
  const progress = Progress.start({ doing: 'counting', items: 'events' }, invocation, context);
  const ended = new AbortController();
  const release = context.onInterrupt(() => ended.abort());
  try {
    const path = `/archives/${encodeURIComponent(archive)}/rehearsal`;
    for await (const text of client.lines(path, queryOf(wish), ended.signal)) {
      const line = JSON.parse(text) as Line;
      if (line.type === 'end') return line;
      if (line.events !== undefined) progress.update({ done: line.events });
    }
  } finally {
    progress.end();
    release();
  }
  throw daemonError(ended.signal.aborted ? 'interrupted' : 'the daemon went away before all was counted');
}
