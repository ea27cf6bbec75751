import { valueOf } from './arguments.ts';
import { Client } from './client.ts';
import { CLIENT_OPTIONS, EXIT, usageError, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { checkBus, findRule } from './resources.ts';

interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly BusbarParameters?: Readonly<Record<string, number>>;
}

/** Option → member of `BusbarParameters`. */
const BOUNDS: Readonly<Record<string, string>> = {
  'max-rate': 'MaximumRatePerSecond',
  'max-concurrency': 'MaximumConcurrency',
};
const NONE = 'none';

export const targets: Command = {
  name: 'targets',
  summary: "list a rule's targets, and set what only Busbar knows of them",
  usage: [
    'targets list --rule R [--bus B]',
    'targets set --rule R [--bus B] --id ID [--max-rate N] [--max-concurrency N] [--parameter NAME=JSON]',
  ],
  description: [
    'A target gets at most so many attempts a second, and so many at once; the rest waits in the backlog. Changes hold at\n' +
      'once. They stand in the block BusbarParameters of the target, which clients of AWS leave out: a later PutTargets\n' +
      'without the block keeps the two bounds.',
  ],
  options: [
    { name: 'rule', placeholder: 'R', help: 'the rule' },
    { name: 'bus', placeholder: 'B', help: "the rule's bus (default: default)" },
    { name: 'id', placeholder: 'ID', help: "set: the target's Id" },
    { name: 'max-rate', placeholder: 'N', help: `set: attempts a second, or ${NONE}` },
    { name: 'max-concurrency', placeholder: 'N', help: `set: attempts at once, or ${NONE}` },
    {
      name: 'parameter',
      placeholder: 'NAME=JSON',
      help: 'set: another member of the block, which the connector knows; null removes it',
    },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 1, max: 1 },
  verbs: ['list', 'set'],
  examples: [
    'busbar targets list --rule on-order --bus shop',
    'busbar targets set --rule on-order --bus shop --id payments --max-rate 50 --max-concurrency 4',
    'busbar targets set --rule on-order --bus shop --id payments --max-rate none',
  ],
  exits: {},
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const client = Client.of(invocation, context);
  const rule = valueOf(invocation, 'rule');
  const bus = valueOf(invocation, 'bus') ?? 'default';
  if (rule === undefined) throw usageError('`--rule` is needed');
  if (invocation.positionals[0] === 'set') return set(client, rule, bus, invocation, context);
  return list(client, rule, bus, invocation, context);
}

async function list(
  client: Client,
  rule: string,
  bus: string,
  invocation: Invocation,
  { output }: Context,
): Promise<number> {
  for (const name of ['id', 'parameter', ...Object.keys(BOUNDS)]) {
    if (invocation.flags[name] !== undefined) throw usageError(`\`targets list\` takes no \`--${name}\``);
  }
  await findRule(client, bus, rule);
  const found: Target[] = [];
  let token: string | undefined;
  do {
    const page = await client.events<{ Targets: Target[]; NextToken?: string }>('ListTargetsByRule', {
      Rule: rule,
      EventBusName: bus,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    found.push(...page.Targets);
    token = page.NextToken;
  } while (token !== undefined);
  if (invocation.flags['json'] === true) await output.json({ targets: found });
  else if (found.length === 0) output.note('no targets');
  else await output.table(['ID', 'RATE', 'CONCURRENCY', 'TARGET'], found.map(rowOf));
  return EXIT.ok;
}

const rowOf = ({ Id, Arn, BusbarParameters: block = {} }: Target): string[] => [
  Id,
  ...Object.values(BOUNDS).map((member) => String(block[member] ?? NONE)),
  Arn,
];

async function set(
  client: Client,
  rule: string,
  bus: string,
  invocation: Invocation,
  { output }: Context,
): Promise<number> {
  const id = valueOf(invocation, 'id');
  if (id === undefined) throw usageError('`targets set` needs `--id`');
  const parameters = parametersOf(invocation);
  if (Object.keys(parameters).length === 0) {
    throw usageError('`targets set` needs `--max-rate`, `--max-concurrency` or `--parameter`');
  }
  await checkBus(client, bus);
  const { target } = await client.post<{ target: Target }>('/targets/set', { rule, bus, id, parameters });
  if (invocation.flags['json'] === true) await output.json({ target });
  else await output.table(['ID', 'RATE', 'CONCURRENCY', 'TARGET'], [rowOf(target)]);
  return EXIT.ok;
}

function parametersOf(invocation: Invocation): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const [option, member] of Object.entries(BOUNDS)) {
    const text = valueOf(invocation, option);
    if (text === undefined) continue;
    if (text !== NONE && !/^[1-9]\d{0,14}$/.test(text)) {
      throw usageError(`\`--${option}\` must be a whole number from 1, or ${NONE}, not \`${text}\``);
    }
    parameters[member] = text === NONE ? null : Number(text);
  }
  const other = valueOf(invocation, 'parameter');
  if (other === undefined) return parameters;
  const [, name, json] = /^(\w+)=([^]+)$/.exec(other) ?? [];
  if (name === undefined) throw usageError('`--parameter` takes NAME=JSON');
  try {
    parameters[name] = JSON.parse(json!) as unknown;
  } catch {
    throw usageError(`the value of \`--parameter ${name}\` is not JSON; a text stands in double quotes`);
  }
  return parameters;
}
