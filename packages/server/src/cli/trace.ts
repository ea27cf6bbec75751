import { valueOf } from './arguments.ts';
import { Client } from './client.ts';
import { CLIENT_OPTIONS, EXIT, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { attemptLines, type Attempt } from './dead-letters-show.ts';
import type { Output, Style } from './output.ts';
import { checkBus } from './resources.ts';

interface Delivery {
  readonly deliveryId: string;
  readonly targetId: string;
  readonly target: string;
  readonly state: string;
  readonly attempts: number;
  readonly notes: readonly Attempt[];
  readonly dueAt?: string;
  readonly delivered: readonly {
    at: string;
    attempts: number;
    latencyMs: number;
    to?: string;
    replay?: string;
  }[];
  readonly deadLetter?: {
    readonly id: string;
    readonly createdAt: string;
    readonly code: string;
    readonly reason: string;
  };
}

interface Trace {
  readonly eventId: string;
  readonly bus: string;
  readonly publishedAt?: string;
  readonly position?: string;
  readonly account?: string;
  readonly traceHeader?: string;
  readonly rules: readonly {
    readonly rule: string;
    readonly matched: boolean;
    readonly reason: string;
    readonly deliveries: readonly Delivery[];
  }[];
}

export const trace: Command = {
  name: 'trace',
  summary: 'tell what became of one event: rules, attempts, outcomes',
  usage: ['trace EVENT-ID [--bus B]'],
  description: [
    'Shows when the event was published, each rule of the bus with its verdict and the reason (rules as they are now), and\n' +
      'for each target where the delivery is and what its attempts came to. Nothing is written of deliveries that succeed:\n' +
      'the daemon remembers the latest 65,536 of them since its start, and of older ones only that they have ended.',
  ],
  options: [{ name: 'bus', placeholder: 'B', help: "the event's bus (default: default)" }, ...CLIENT_OPTIONS],
  positionals: { min: 1, max: 1 },
  examples: ['busbar trace 0b0c8f9e-6a1d-4c3e-9a53-1f3c5a7f2d10 --bus shop'],
  exits: {},
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const client = Client.of(invocation, context);
  const bus = valueOf(invocation, 'bus');
  if (bus !== undefined) await checkBus(client, bus);
  const id = encodeURIComponent(invocation.positionals[0]!);
  const found = await client.get<Trace>(`/events/${id}`, { bus });
  if (invocation.flags['json'] === true) await context.output.json(found);
  else await show(found, context.output);
  return EXIT.ok;
}

/** A line of the tree and what hangs below it. */
interface Branch {
  readonly text: string;
  readonly below?: readonly Branch[];
}

async function show(found: Trace, output: Output): Promise<void> {
  await output.line(`${output.style('bold', found.eventId)} on ${output.plain(found.bus)}`);
  const published =
    found.publishedAt === undefined
      ? 'the log has forgotten it'
      : `published ${found.publishedAt} by ${found.account}, position ${found.position}`;
  const traced =
    found.traceHeader === undefined ? [] : [{ text: output.plain(`trace ${found.traceHeader}`) }];
  const rules = found.rules.map(({ rule, matched, reason, deliveries }) => ({
    text: `${mark(matched, output)} rule ${output.plain(`${rule}: ${reason}`)}`,
    below:
      matched && deliveries.length === 0
        ? [{ text: 'no targets' }]
        : deliveries.map((delivery) => branchOf(delivery, output)),
  }));
  await grow([{ text: published }, ...traced, ...rules], '', output);
}

const mark = (matched: boolean, output: Output): string => {
  const text = output.terminal ? (matched ? '✓' : '✗') : matched ? 'yes' : 'no ';
  return output.style(matched ? 'green' : 'red', text);
};

const STYLES: Readonly<Record<string, Style>> = {
  delivered: 'green',
  'dead-letter': 'red',
  forgotten: 'dim',
};

function branchOf(delivery: Delivery, output: Output): Branch {
  const { targetId, target, state, notes } = delivery;
  const style = STYLES[state] ?? 'yellow';
  const text = `${output.plain(`${targetId} → ${target}`)}: ${output.style(style, output.plain(whatOf(delivery)))}`;
  const attempts = notes.flatMap((note) => {
    const [first, ...more] = attemptLines(note);
    return [
      {
        text: output.plain(`try ${note.attempt} ${first}`),
        below: more.map((line) => ({ text: output.plain(line) })),
      },
    ];
  });
  const times = delivery.delivered.map(({ at, attempts: count, latencyMs, to, replay }) => {
    const where = to === undefined ? '' : ` to ${to}`;
    const how = replay === undefined ? '' : ` by the replay ${replay}`;
    const took = `after ${plural(count, 'attempt')} (${latencyMs} ms)`;
    return { text: output.plain(`delivered ${at} ${took}${where}${how}`) };
  });
  return { text, below: [...attempts, ...times] };
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function whatOf({ state, attempts, dueAt, deadLetter }: Delivery): string {
  switch (state) {
    case 'parked':
      return `${plural(attempts, 'attempt')} failed, the next is due ${dueAt}`;
    case 'dead-letter':
      return `dead letter ${deadLetter?.id}: ${deadLetter?.code}: ${deadLetter?.reason}`;
    case 'forgotten':
      return 'ended; how is not remembered any more';
    case 'backlog':
      return 'in the backlog, not tried yet';
    case 'not-routed':
      return 'not routed yet';
    case 'under-way':
      return `attempt ${attempts + 1} is under way`;
    default:
      return state;
  }
}

async function grow(branches: readonly Branch[], indent: string, output: Output): Promise<void> {
  for (const [index, { text, below = [] }] of branches.entries()) {
    const last = index === branches.length - 1;
    await output.line(`${indent}${last ? '└─ ' : '├─ '}${text}`);
    await grow(below, `${indent}${last ? '   ' : '│  '}`, output);
  }
}
