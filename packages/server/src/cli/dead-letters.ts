import { numberOf, valueOf } from './arguments.ts';
import { Client } from './client.ts';
import { CLIENT_OPTIONS, EXIT, usageError, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { redrive } from './dead-letters-redrive.ts';
import { pagesOf, type LetterSummary } from './letter-pages.ts';
import { parseExact, stringifyExact } from './exact-json.ts';
import { checkBus, findRule } from './resources.ts';

const DEFAULT_ROWS = 100;
const MAX_ROWS = 100_000;

interface LetterDetails extends LetterSummary {
  readonly event: string;
  readonly payload?: string;
  readonly condition?: string;
  readonly notes: readonly { attempt: number; at: string; outcome: string; code: string; reason: string }[];
}

export const deadLetters: Command = {
  name: 'dead-letters',
  summary: 'list, show and redrive deliveries that failed for good',
  usage: [
    'dead-letters list [--bus B] [--rule R] [--max N]',
    'dead-letters show ID [--event]',
    'dead-letters redrive ID... [--edit FILE]',
    'dead-letters redrive --all [--bus B] [--rule R]',
  ],
  description: [
    'To redrive is to deliver again, to the same target, with a fresh series of attempts. The dead letter goes once\n' +
      'the delivery succeeds; if it fails for good again, a new dead letter takes its place.',
    '--edit delivers another event in place of the original; `show ID --event` writes one to start from.',
  ],
  options: [
    { name: 'bus', placeholder: 'B', help: 'those of one bus' },
    {
      name: 'rule',
      placeholder: 'R',
      help: 'those of one rule (of the bus default unless --bus names another)',
    },
    { name: 'max', placeholder: 'N', help: `list: at most so many (default: ${DEFAULT_ROWS})` },
    { name: 'event', help: 'show: the event alone, as JSON' },
    { name: 'all', help: 'redrive: all that --bus and --rule leave' },
    {
      name: 'edit',
      placeholder: 'FILE',
      help: 'redrive: deliver the event in this file (- for standard input)',
    },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 1, max: 1_000 },
  verbs: ['list', 'show', 'redrive'],
  examples: [
    'busbar dead-letters list --bus shop --rule on-order',
    'busbar dead-letters show 6f1c0e52-5b0e-4d4c-9d3a-0f6f3c1f8a11',
    'busbar dead-letters redrive --all --rule on-order --bus shop',
    'busbar dead-letters show ID --event > event.json; vi event.json; busbar dead-letters redrive ID --edit event.json',
  ],
  exits: { 1: 'redrive: some could not be redriven; standard error tells why' },
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const [verb, ...ids] = invocation.positionals;
  const client = Client.of(invocation, context);
  checkFlags(invocation, verb!);
  if (verb === 'redrive') return redrive(client, ids, invocation, context);
  if (verb === 'show') return show(client, ids, invocation, context);
  if (ids.length > 0) throw usageError(`\`${ids[0]}\` is one argument too many`);
  return list(client, invocation, context);
}

const FLAGS_OF: Readonly<Record<string, readonly string[]>> = {
  list: ['bus', 'rule', 'max'],
  show: ['event'],
  redrive: ['bus', 'rule', 'all', 'edit'],
};

function checkFlags({ flags }: Invocation, verb: string): void {
  const common = CLIENT_OPTIONS.map(({ name }) => name);
  for (const name of Object.keys(flags)) {
    if (!common.includes(name) && !FLAGS_OF[verb]!.includes(name)) {
      throw usageError(`\`dead-letters ${verb}\` takes no \`--${name}\``);
    }
  }
}

async function list(client: Client, invocation: Invocation, context: Context): Promise<number> {
  const { output } = context;
  const max = numberOf(invocation, 'max', 1, MAX_ROWS) ?? DEFAULT_ROWS;
  const bus = valueOf(invocation, 'bus');
  const rule = valueOf(invocation, 'rule');
  const letters: LetterSummary[] = [];
  let more = false;
  for await (const page of pagesOf(client, bus, rule)) {
    letters.push(...page.letters);
    more = page.more || letters.length > max;
    if (letters.length >= max) break;
  }
  // Nothing there: perhaps because there is no such rule.
  if (letters.length === 0 && rule !== undefined) await findRule(client, bus ?? 'default', rule);
  else if (letters.length === 0 && bus !== undefined) await checkBus(client, bus);
  const shown = letters.slice(0, max);
  if (invocation.flags['json'] === true) {
    await output.json({ deadLetters: shown, more });
    return EXIT.ok;
  }
  if (shown.length === 0) output.note('no dead letters');
  else await output.table(['ID', 'WHEN', 'RULE', 'TARGET', 'CODE', 'TRIES', 'REASON'], shown.map(rowOf));
  if (more) output.note(`there are more; --max tells how many to list (now ${max})`);
  return EXIT.ok;
}

const rowOf = (letter: LetterSummary): string[] => [
  letter.id,
  letter.createdAt,
  resourceOf(letter.rule).replace(/^rule\//, ''),
  resourceOf(letter.target),
  letter.underWay ? 'UNDER WAY' : letter.code,
  String(letter.attempts),
  letter.reason,
];

/** What stands behind the account in an ARN; a text that is none stays as it is. */
export const resourceOf = (arn: string): string => arn.split(':').slice(5).join(':') || arn;

async function show(
  client: Client,
  ids: readonly string[],
  invocation: Invocation,
  { output }: Context,
): Promise<number> {
  const [id] = ids;
  if (id === undefined || ids.length > 1) throw usageError('`dead-letters show` needs one id');
  const letter = await client.get<LetterDetails>(`/dead-letters/${encodeURIComponent(id)}`);
  if (invocation.flags['event'] === true) {
    await output.line(prettyJson(letter.event));
    return EXIT.ok;
  }
  if (invocation.flags['json'] === true) {
    await output.json(letter);
    return EXIT.ok;
  }
  const field = (name: string, value: string): Promise<void> =>
    output.line(`${output.style('dim', name.padEnd(10))}${output.plain(value)}`);
  await field('id', letter.id);
  await field('failed', letter.createdAt);
  await field('bus', letter.bus);
  await field('rule', letter.rule);
  await field('target', letter.target);
  await field('why', `${letter.code}: ${letter.reason}`);
  if (letter.condition !== undefined) await field('gave up', letter.condition);
  if (letter.queue) await field('queue', `${letter.queue.arn} (${letter.queue.result})`);
  if (letter.underWay) await field('now', 'being delivered again');
  for (const note of letter.notes) {
    await field(`try ${note.attempt}`, `${note.at} ${note.outcome} ${note.code}: ${note.reason}`);
  }
  await field('event', '');
  await output.line(output.plain(prettyJson(letter.event)));
  if (letter.payload !== undefined && letter.payload !== letter.event) {
    await field('payload', '');
    await output.line(output.plain(prettyJson(letter.payload)));
  }
  return EXIT.ok;
}

/** JSON with line breaks; a payload that is no JSON stays as it is. */
function prettyJson(text: string): string {
  try {
    return stringifyExact(parseExact(text), 2);
  } catch {
    return text;
  }
}
