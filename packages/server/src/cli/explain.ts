import { explain as explainMatch, type CombinationExplanation, type Explanation } from '@busbar/pattern';
import { valueOf } from './arguments.ts';
import { Client } from './client.ts';
import { CLIENT_OPTIONS, daemonError, EXIT, usageError, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { judged, readEvent, readPattern } from './pattern-input.ts';
import { findRule } from './resources.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'tell, field by field, why a rule or pattern matches an event or not',
  usage: ['explain --rule R [--bus B] <event json|file|->', 'explain --pattern P <event json|file|->'],
  description: [
    'The event may be written as rules see it or as an entry of PutEvents. With --pattern no daemon is needed.',
  ],
  options: [
    { name: 'rule', placeholder: 'R', help: 'the rule whose pattern judges' },
    { name: 'bus', placeholder: 'B', help: "the rule's bus (default: default)" },
    { name: 'pattern', placeholder: 'P', help: 'an event pattern, or a file of one' },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 1, max: 1 },
  examples: [
    'busbar explain --rule on-order --bus shop order.json',
    'busbar explain --pattern \'{"detail":{"total":[{"numeric":[">",300]}]}}\' \'{"detail":{"total":200}}\'',
  ],
  exits: { 0: 'the event matches', 1: 'the event does not match' },
  run,
};

interface Judge {
  readonly pattern: string;
  readonly name: string;
  readonly state?: string;
}

async function run(invocation: Invocation, context: Context): Promise<number> {
  const judge = await judgeOf(invocation, context);
  const event = await readEvent(invocation.positionals[0]!, context);
  const explanation = judged(() => explainMatch(judge.pattern, event));
  if (invocation.flags['json'] === true) {
    await context.output.json({ rule: valueOf(invocation, 'rule'), state: judge.state, ...explanation });
  } else await show(judge, explanation, context);
  return explanation.matched ? EXIT.ok : EXIT.failed;
}

async function judgeOf(invocation: Invocation, context: Context): Promise<Judge> {
  const rule = valueOf(invocation, 'rule');
  const pattern = valueOf(invocation, 'pattern');
  const bus = valueOf(invocation, 'bus') ?? 'default';
  if ((rule === undefined) === (pattern === undefined)) {
    throw usageError('either `--rule` or `--pattern` is needed: one says what judges the event');
  }
  if (rule === undefined) return { pattern: await readPattern(pattern!, context), name: 'the pattern' };
  const found = await findRule(Client.of(invocation, context), bus, rule);
  if (found.EventPattern === undefined) {
    throw daemonError(`rule \`${rule}\` has no event pattern; it runs on a schedule`);
  }
  return { pattern: found.EventPattern, name: `rule ${rule} on bus ${bus}`, state: found.State };
}

async function show(judge: Judge, explanation: Explanation, { output }: Context): Promise<void> {
  const { matched, combinations } = explanation;
  await output.line(
    matched ? output.style('green', `match: ${judge.name}`) : output.style('red', `no match: ${judge.name}`),
  );
  for (const [index, combination] of combinations.entries()) {
    if (combinations.length > 1) {
      await output.line(output.style('bold', `alternative ${index + 1} of ${combinations.length}`));
    }
    for (const line of leavesOf(combination, output.terminal)) {
      await output.line(
        output
          .plain(line.text.replaceAll('\n', ' '))
          .replace(/^/, `  ${output.style(line.style, line.mark)} `),
      );
    }
  }
  if (judge.state === 'DISABLED')
    output.note(output.style('yellow', 'The rule is disabled: it sees no events.'));
}

function leavesOf({ leaves }: CombinationExplanation, terminal: boolean) {
  return leaves.map(({ matched, reason }) => ({
    mark: terminal ? (matched ? '✓' : '✗') : matched ? 'yes' : 'no ',
    style: matched ? ('green' as const) : ('red' as const),
    text: reason,
  }));
}
