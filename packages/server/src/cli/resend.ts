import { valueOf } from './arguments.ts';
import { Client } from './client.ts';
import { CLIENT_OPTIONS, EXIT, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { checkBus } from './resources.ts';

interface Resent {
  readonly eventId: string;
  readonly rule: string;
  readonly targetId: string;
  readonly target: string;
}

export const resend: Command = {
  name: 'resend',
  summary: 'send one event to one target once more',
  usage: ['resend EVENT-ID [--bus B] [--target RULE/ID]'],
  description: [
    "The event is taken from the bus's log, as long as that keeps it, and delivered as the rule's target is now, with a\n" +
      'fresh series of attempts. Nobody else gets it. Without --target it must be wanted by exactly one target.',
  ],
  options: [
    { name: 'bus', placeholder: 'B', help: "the event's bus (default: default)" },
    {
      name: 'target',
      placeholder: 'RULE/ID',
      help: 'a target of a rule of the bus; RULE when it has only one',
    },
    ...CLIENT_OPTIONS,
  ],
  positionals: { min: 1, max: 1 },
  examples: ['busbar resend 0b0c8f9e-6a1d-4c3e-9a53-1f3c5a7f2d10 --bus shop --target on-order/payments'],
  exits: {},
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const client = Client.of(invocation, context);
  const bus = valueOf(invocation, 'bus');
  if (bus !== undefined) await checkBus(client, bus);
  const [eventId] = invocation.positionals;
  const target = valueOf(invocation, 'target');
  const resent = await client.post<Resent>('/events/resend', { eventId, bus, target });
  if (invocation.flags['json'] === true) await context.output.json(resent);
  else {
    await context.output.line(`${resent.rule}/${resent.targetId}`);
    context.output.note(
      `the event is being delivered to ${resent.target}; \`busbar trace\` tells how it ends`,
    );
  }
  return EXIT.ok;
}
