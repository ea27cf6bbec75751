import type { Client } from './client.ts';
import { EXIT, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import type { ReplayAnswer } from './replay-list.ts';

/** `busbar replay cancel`. */
export async function cancelReplay(
  client: Client,
  name: string,
  { flags }: Invocation,
  { output }: Context,
): Promise<number> {
  const replay = await client.post<ReplayAnswer>(`/replays/${encodeURIComponent(name)}/cancel`, {});
  if (flags['json'] === true) await output.json(replay);
  else {
    await output.line(replay.name);
    output.note(`${replay.state}: ${replay.replayed} events had been replayed`);
  }
  return EXIT.ok;
}
