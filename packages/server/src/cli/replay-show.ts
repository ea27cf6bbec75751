import type { Client } from './client.ts';
import { EXIT, type Invocation } from './command.ts';
import type { Context } from './context.ts';

type Details = Readonly<Record<string, unknown>>;

/** `busbar replay show`. */
export async function showReplay(
  client: Client,
  name: string,
  { flags }: Invocation,
  { output }: Context,
): Promise<number> {
  const details = await client.get<Details>(`/replays/${encodeURIComponent(name)}`);
  if (flags['json'] === true) await output.json(details);
  else {
    const rows = Object.entries(details).map(([member, value]) => [
      member,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    await output.table(['WHAT', 'VALUE'], rows);
  }
  return EXIT.ok;
}
