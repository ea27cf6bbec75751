import { numberOf, valueOf } from './arguments.ts';
import { Client } from './client.ts';
import { CLIENT_OPTIONS, daemonError, EXIT, usageError, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { parseExact, stringifyExact } from './exact-json.ts';
import { Progress } from './progress.ts';
import { findArchive, findRule } from './resources.ts';
import { readSource } from './source-text.ts';
import { timeOption } from './time-option.ts';

const DEFAULT_EXAMPLES = 5;
const MAX_EXAMPLES = 1_000;

type Change = 'matched' | 'gained' | 'lost';

interface Example {
  readonly type: 'example';
  readonly change: Change;
  readonly event: Readonly<Record<string, unknown>>;
}

interface Result {
  readonly type: 'result';
  readonly scanned: number;
  readonly matched: number;
  readonly rule?: { readonly matched: number; readonly gained: number; readonly lost: number };
  readonly reason: 'end' | 'gone';
}

type Line = Example | Result | { readonly type: 'progress'; readonly scanned: number; readonly part: number };

export const backtest: Command = {
  name: 'backtest',
  summary: 'tell which events of an archive a pattern would match',
  usage: ['backtest --archive A --pattern P [--rule R] [options]', 'backtest --archive A --rule R [options]'],
  description: [
    'The daemon reads the archive and counts; nothing is delivered. With --rule the pattern is compared with the one that\n' +
      "a rule of the archive's bus has: which events it would gain and which it would lose. Without --pattern the rule's\n" +
      'own pattern is looked at.',
  ],
  options: [
    { name: 'archive', placeholder: 'A', help: 'the archive' },
    { name: 'pattern', placeholder: 'P', help: 'an event pattern, or a file of one' },
    { name: 'rule', placeholder: 'R', help: 'a rule to compare with' },
    { name: 'since', placeholder: 'T', help: 'events at or after this time (10m, 2h, 1d ago, or a date)' },
    { name: 'until', placeholder: 'T', help: 'events before this time' },
    {
      name: 'show',
      placeholder: 'N',
      help: `examples of each kind, 0 to ${MAX_EXAMPLES} (default: ${DEFAULT_EXAMPLES})`,
    },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 0, max: 0 },
  examples: [
    'busbar backtest --archive orders --pattern \'{"detail":{"total":[{"numeric":[">",1000]}]}}\'',
    'busbar backtest --archive orders --pattern stricter.json --rule on-order --since 7d --show 20',
  ],
  exits: {},
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const { output } = context;
  const archive = valueOf(invocation, 'archive');
  const rule = valueOf(invocation, 'rule');
  if (archive === undefined) throw usageError('`backtest` needs `--archive A`');
  const query = await queryOf(invocation, context, rule);
  const client = Client.of(invocation, context);
  const { bus } = await findArchive(client, archive);
  if (rule !== undefined) await findRule(client, bus, rule);
  const asJson = invocation.flags['json'] === true;
  const examples: Example[] = [];
  const result = await follow(client, archive, query, invocation, context, async (example) => {
    if (asJson) examples.push(example);
    else await output.line(exampleLine(example, context));
  });
  if (asJson) {
    const { scanned, matched, rule: compared } = result;
    const shown = examples.map(({ change, event }) => ({ change, event }));
    await output.line(stringifyExact({ archive, scanned, matched, rule: compared, examples: shown }));
  } else for (const line of summaryOf(result, rule)) await output.line(line);
  return EXIT.ok;
}

async function queryOf(invocation: Invocation, context: Context, rule: string | undefined) {
  const pattern = valueOf(invocation, 'pattern');
  if (pattern === undefined && rule === undefined)
    throw usageError('`backtest` needs `--pattern` or `--rule`');
  return {
    pattern: pattern === undefined ? undefined : (await readSource(pattern, '--pattern', context)).text,
    rule,
    from: timeOption(invocation, 'since', context),
    until: timeOption(invocation, 'until', context),
    show: String(numberOf(invocation, 'show', 0, MAX_EXAMPLES) ?? DEFAULT_EXAMPLES),
  };
}

async function follow(
  client: Client,
  archive: string,
  query: Readonly<Record<string, string | undefined>>,
  invocation: Invocation,
  context: Context,
  show: (example: Example) => Promise<void>,
): Promise<Result> {
  const progress = Progress.start({ doing: 'looking', items: 'events' }, invocation, context);
  try {
    const path = `/archives/${encodeURIComponent(archive)}/backtest`;
    for await (const text of client.lines(path, query, new AbortController().signal)) {
      const line = parseExact(text) as Line;
      if (line.type === 'progress') progress.update({ done: line.scanned, part: line.part });
      else if (line.type === 'example') await show(line);
      else if (line.reason === 'gone') throw daemonError(`the archive ${archive} was deleted meanwhile`);
      else {
        progress.update({ done: line.scanned, part: 1 });
        return line;
      }
    }
  } finally {
    progress.end();
  }
  throw daemonError('the daemon is stopping');
}

const MARKS = { matched: ['=', 'cyan'], gained: ['+', 'green'], lost: ['-', 'red'] } as const;

function exampleLine({ change, event }: Example, { output }: Context): string {
  const [mark, color] = MARKS[change];
  if (!output.terminal) return `${mark}\t${stringifyExact(event)}`;
  const text = (name: string): string => output.plain(String(event[name]));
  return (
    `${output.style(color, mark)} ${output.style('dim', text('time'))} ${output.style('cyan', text('source'))} ` +
    `${output.style('bold', text('detail-type'))} ${output.plain(stringifyExact(event['detail']))}`
  );
}

function summaryOf({ scanned, matched, rule }: Result, name: string | undefined): string[] {
  const lines = [`${matched} of ${scanned} events match`];
  if (!rule) return lines;
  return [...lines, `${name} matches ${rule.matched} as it is; gained: ${rule.gained}, lost: ${rule.lost}`];
}
