import { numberOf } from './arguments.ts';
import { Client } from './client.ts';
import { CLIENT_OPTIONS, EXIT, usageError, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { redrive } from './dead-letters-redrive.ts';
import { show } from './dead-letters-show.ts';
import { checkNames, filterOf, pagesOf, WHERE_OPTION, type LetterSummary } from './letter-pages.ts';

const DEFAULT_ROWS = 100;
const MAX_ROWS = 100_000;

export const deadLetters: Command = {
  name: 'dead-letters',
  summary: 'list, show and redrive deliveries that failed for good',
  usage: [
    'dead-letters list [--where K=V,…] [--max N]',
    'dead-letters show ID [--event]',
    'dead-letters redrive ID... [--edit JSONATA] [--to ARN] [--dry-run]',
    'dead-letters redrive --where K=V,… [--edit JSONATA] [--to ARN] [--dry-run]',
    'dead-letters redrive --all [--bus B] [--rule R] [--edit JSONATA] [--to ARN] [--dry-run]',
    'dead-letters redrive ID --replace FILE',
  ],
  description: [
    'To redrive is to deliver again, with a fresh series of attempts: to the same target, or with --to to another one. The\n' +
      'dead letter goes once the delivery succeeds; if it fails for good again, a new dead letter takes its place.',
    '--edit makes a new payload of the one that failed, with a JSONata expression that has a second for each payload;\n' +
      '--dry-run shows the first ten before and after, and delivers nothing. --replace delivers another event in place of\n' +
      "the original, which the target's input settings then apply to; `show ID --event` writes one to start from.",
  ],
  options: [
    WHERE_OPTION,
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
      placeholder: 'JSONATA',
      help: 'redrive: an expression that makes the new payload (@FILE reads it from a file)',
    },
    { name: 'to', placeholder: 'ARN', help: 'redrive: another target' },
    { name: 'dry-run', help: 'redrive: show what would be delivered' },
    {
      name: 'replace',
      placeholder: 'FILE',
      help: 'redrive: deliver the event in this file (- for standard input)',
    },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 1, max: 1_000 },
  verbs: ['list', 'show', 'redrive'],
  examples: [
    'busbar dead-letters list --where rule=on-order,bus=shop',
    'busbar dead-letters show 6f1c0e52-5b0e-4d4c-9d3a-0f6f3c1f8a11',
    'busbar dead-letters redrive --where error=TIMEOUT,rule=on-order --dry-run',
    'busbar dead-letters redrive --where fault=permanent --edit \'$ ~> |detail|{"currency": "EUR"}|\'',
    'busbar dead-letters redrive --all --rule on-order --to arn:aws:sqs:us-east-1:000000000000:spare',
    'busbar dead-letters show ID --event > event.json; vi event.json; busbar dead-letters redrive ID --replace event.json',
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
  list: ['where', 'bus', 'rule', 'max'],
  show: ['event'],
  redrive: ['where', 'bus', 'rule', 'all', 'edit', 'to', 'dry-run', 'replace'],
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
  const filter = filterOf(invocation);
  const letters: LetterSummary[] = [];
  let more = false;
  for await (const page of pagesOf(client, filter)) {
    letters.push(...page.letters);
    more = page.more || letters.length > max;
    if (letters.length >= max) break;
  }
  if (letters.length === 0) await checkNames(client, filter);
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
