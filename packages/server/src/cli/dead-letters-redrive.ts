import { readFileSync } from 'node:fs';
import { valueOf } from './arguments.ts';
import type { Client } from './client.ts';
import { EXIT, usageError, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { checkNames, filterOf, pagesOf } from './letter-pages.ts';
import { Progress } from './progress.ts';
import { readSource } from './source-text.ts';

/** Letters in one request, and in one dry run. */
const BATCH = 100;
const PREVIEWS = 10;

interface Result {
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
}

interface Preview extends Result {
  readonly target?: string;
  readonly before?: string;
  readonly after?: string;
}

/** What is done to the letters: members of the request. */
interface Manner {
  readonly event?: string | undefined;
  readonly edit?: string | undefined;
  readonly to?: string | undefined;
}

/** `busbar dead-letters redrive`. */
export async function redrive(
  client: Client,
  given: readonly string[],
  invocation: Invocation,
  context: Context,
): Promise<number> {
  const chosen = invocation.flags['all'] === true || valueOf(invocation, 'where') !== undefined;
  const manner = await mannerOf(given, invocation, context);
  const ids = chosen ? await chosenIds(client, given, invocation) : given;
  if (!chosen) checkIds(ids, invocation);
  if (invocation.flags['dry-run'] === true) return dryRun(client, ids, manner, invocation, context);
  return tell(await redriveAll(client, ids, manner, invocation, context), invocation, context);
}

async function redriveAll(
  client: Client,
  ids: readonly string[],
  manner: Manner,
  invocation: Invocation,
  context: Context,
): Promise<Result[]> {
  const results: Result[] = [];
  const progress = Progress.start({ doing: 'redriving', items: 'dead letters' }, invocation, context);
  try {
    for (let start = 0; start < ids.length; start += BATCH) {
      const batch = ids.slice(start, start + BATCH);
      const answer = await client.post<{ results: Result[] }>('/dead-letters/redrive', {
        ids: batch,
        ...manner,
      });
      results.push(...answer.results);
      progress.update({ done: results.length, total: ids.length });
    }
  } finally {
    progress.end();
  }
  return results;
}

async function tell(results: readonly Result[], { flags }: Invocation, { output }: Context): Promise<number> {
  const refused = results.filter(({ status }) => status !== 'redriven');
  if (flags['json'] === true) {
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

/** Shows what would be delivered instead of what failed, for the first few. */
async function dryRun(
  client: Client,
  ids: readonly string[],
  manner: Manner,
  { flags }: Invocation,
  { output }: Context,
): Promise<number> {
  const shown = ids.slice(0, PREVIEWS);
  const { results } =
    shown.length === 0
      ? { results: [] }
      : await client.post<{ results: Preview[] }>('/dead-letters/redrive', {
          ids: shown,
          ...manner,
          dryRun: true,
        });
  const refused = results.filter(({ status }) => status !== 'redrivable');
  if (flags['json'] === true) {
    await output.json({ count: ids.length, previews: results });
    return refused.length > 0 ? EXIT.failed : EXIT.ok;
  }
  for (const { id, status, reason, target, before, after } of results) {
    if (status !== 'redrivable') {
      output.note(`busbar dead-letters: ${id}: ${reason}`);
      continue;
    }
    await output.line(`${output.style('bold', id)} ${output.plain(`to ${target}`)}`);
    await output.line(`${output.style('red', '-')} ${output.plain(before ?? '(no payload)')}`);
    await output.line(`${output.style('green', '+')} ${output.plain(after ?? '(no payload)')}`);
  }
  output.note(`a dry run: ${ids.length} dead letters would be delivered again, ${results.length} are shown`);
  return refused.length > 0 ? EXIT.failed : EXIT.ok;
}

/** All ids first, and then their deliveries: a letter that fails again at once stands at the end of the list anew. */
async function chosenIds(
  client: Client,
  given: readonly string[],
  invocation: Invocation,
): Promise<readonly string[]> {
  if (given.length > 0) throw usageError('either ids, or `--where` or `--all`, not both');
  const filter = filterOf(invocation);
  const ids: string[] = [];
  for await (const { letters } of pagesOf(client, filter)) ids.push(...letters.map(({ id }) => id));
  if (ids.length === 0) await checkNames(client, filter);
  return ids;
}

function checkIds(ids: readonly string[], invocation: Invocation): void {
  if (ids.length === 0) throw usageError('`dead-letters redrive` needs ids, `--where` or `--all`');
  for (const name of ['bus', 'rule']) {
    if (valueOf(invocation, name) !== undefined) throw usageError(`\`--${name}\` goes with \`--all\``);
  }
}

async function mannerOf(ids: readonly string[], invocation: Invocation, context: Context): Promise<Manner> {
  const file = valueOf(invocation, 'replace');
  const edit = valueOf(invocation, 'edit');
  const to = valueOf(invocation, 'to');
  if (file !== undefined && ids.length !== 1) throw usageError('`--replace` goes with one id');
  if (file !== undefined && edit !== undefined) throw usageError('either `--replace` or `--edit`, not both');
  const event = file === undefined ? undefined : (await readSource(file, '--replace', context)).text;
  return { event, edit: edit === undefined ? undefined : expressionOf(edit), to };
}

/** A JSONata expression as it is, or `@FILE`. */
function expressionOf(argument: string): string {
  if (!argument.startsWith('@')) return argument;
  try {
    return readFileSync(argument.slice(1), 'utf8');
  } catch (error) {
    throw usageError(`\`${argument.slice(1)}\` cannot be read: ${(error as Error).message}`);
  }
}
