import type { Client } from './client.ts';
import { EXIT, usageError, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { parseExact, stringifyExact } from './exact-json.ts';
import type { LetterSummary } from './letter-pages.ts';
import type { Output } from './output.ts';

/** What one attempt came to, as the daemon tells it. */
export interface Attempt {
  readonly attempt: number;
  readonly at: string;
  readonly latencyMs?: number;
  readonly outcome: string;
  readonly fault?: string;
  readonly code: string;
  readonly reason: string;
  readonly details?: { readonly request?: string; readonly httpStatus?: number; readonly response?: string };
}

interface LetterDetails extends LetterSummary {
  readonly event: string;
  readonly payload?: string;
  readonly condition?: string;
  readonly notes: readonly Attempt[];
}

/** `busbar dead-letters show`. */
export async function show(
  client: Client,
  ids: readonly string[],
  invocation: Invocation,
  { output }: Context,
): Promise<number> {
  const [id] = ids;
  if (id === undefined || ids.length > 1) throw usageError('`dead-letters show` needs one id');
  const letter = await client.get<LetterDetails>(`/dead-letters/${encodeURIComponent(id)}`);
  if (invocation.flags['event'] === true) await output.line(prettyJson(letter.event));
  else if (invocation.flags['json'] === true) await output.json(letter);
  else await describe(letter, output);
  return EXIT.ok;
}

async function describe(letter: LetterDetails, output: Output): Promise<void> {
  const field = (name: string, value: string): Promise<void> =>
    output.line(`${output.style('dim', name.padEnd(10))}${output.plain(value)}`);
  await field('id', letter.id);
  await field('failed', letter.createdAt);
  await field('bus', letter.bus);
  await field('rule', letter.rule);
  await field('target', letter.target);
  await field('why', `${letter.code}: ${letter.reason}`);
  if (letter.fault !== undefined) await field('fault', letter.fault);
  if (letter.condition !== undefined) await field('gave up', letter.condition);
  if (letter.queue) await field('queue', `${letter.queue.arn} (${letter.queue.result})`);
  if (letter.underWay) await field('now', 'being delivered again');
  for (const attempt of letter.notes) {
    const [first, ...more] = attemptLines(attempt);
    await field(`try ${attempt.attempt}`, first!);
    for (const line of more) await field('', line);
  }
  await field('event', '');
  await output.line(output.plain(prettyJson(letter.event)));
  if (letter.payload !== undefined && letter.payload !== letter.event) {
    await field('payload', '');
    await output.line(output.plain(prettyJson(letter.payload)));
  }
}

/** An attempt in a line, and what is known of its request and answer in further ones. */
export function attemptLines({ at, outcome, code, reason, latencyMs, details = {} }: Attempt): string[] {
  const took = latencyMs === undefined ? '' : ` (${latencyMs} ms)`;
  const lines = [`${at} ${outcome} ${code}: ${reason}${took}`];
  if (details.request !== undefined) lines.push(`> ${details.request}`);
  if (details.httpStatus !== undefined || details.response !== undefined) {
    lines.push(`< ${[details.httpStatus, details.response].filter((part) => part !== undefined).join(' ')}`);
  }
  return lines;
}

/** JSON with line breaks; a payload that is no JSON stays as it is. */
function prettyJson(text: string): string {
  try {
    return stringifyExact(parseExact(text), 2);
  } catch {
    return text;
  }
}
