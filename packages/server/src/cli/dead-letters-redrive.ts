import { valueOf } from './arguments.ts';
import type { Client } from './client.ts';
import { EXIT, usageError, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { pagesOf } from './letter-pages.ts';
import { readSource } from './source-text.ts';
import { checkBus, findRule } from './resources.ts';

/** Letters in one request. */
const BATCH = 100;

interface Result {
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
}

/** `busbar dead-letters redrive`. */
export async function redrive(
  client: Client,
  given: readonly string[],
  invocation: Invocation,
  context: Context,
): Promise<number> {
  const { output } = context;
  const ids = invocation.flags['all'] === true ? await allIds(client, given, invocation) : given;
  if (invocation.flags['all'] !== true) checkIds(ids, invocation);
  const event = await editedEvent(ids, invocation, context);
  const results: Result[] = [];
  for (let start = 0; start < ids.length; start += BATCH) {
    const batch = ids.slice(start, start + BATCH);
    const answer = await client.post<{ results: Result[] }>('/dead-letters/redrive', { ids: batch, event });
    results.push(...answer.results);
  }
  const refused = results.filter(({ status }) => status !== 'redriven');
  if (invocation.flags['json'] === true) {
    await output.json({ redriven: results.length - refused.length, refused: refused.length, results });
  } else {
    for (const { id, status } of results) if (status === 'redriven') await output.line(id);
    for (const { id, reason } of refused) output.note(`busbar dead-letters: ${id}: ${reason}`);
    output.note(
      `${results.length - refused.length} of ${results.length} dead letters are being delivered again`,
    );
  }
  return refused.length > 0 ? EXIT.failed : EXIT.ok;
}

/** All ids first, and then their deliveries: a letter that fails again at once stands at the end of the list anew. */
async function allIds(
  client: Client,
  given: readonly string[],
  invocation: Invocation,
): Promise<readonly string[]> {
  if (given.length > 0) throw usageError('either ids or `--all`, not both');
  if (valueOf(invocation, 'edit') !== undefined)
    throw usageError('`--edit` goes with one id, not with `--all`');
  const bus = valueOf(invocation, 'bus');
  const rule = valueOf(invocation, 'rule');
  const ids: string[] = [];
  for await (const { letters } of pagesOf(client, bus, rule)) ids.push(...letters.map(({ id }) => id));
  if (ids.length === 0 && rule !== undefined) await findRule(client, bus ?? 'default', rule);
  else if (ids.length === 0 && bus !== undefined) await checkBus(client, bus);
  return ids;
}

function checkIds(ids: readonly string[], invocation: Invocation): void {
  if (ids.length === 0) throw usageError('`dead-letters redrive` needs ids, or `--all`');
  for (const name of ['bus', 'rule']) {
    if (valueOf(invocation, name) !== undefined) throw usageError(`\`--${name}\` goes with \`--all\``);
  }
}

async function editedEvent(
  ids: readonly string[],
  invocation: Invocation,
  context: Context,
): Promise<string | undefined> {
  const file = valueOf(invocation, 'edit');
  if (file === undefined) return undefined;
  if (ids.length !== 1) throw usageError('`--edit` goes with one id');
  return (await readSource(file, '--edit', context)).text;
}
