import { defineOperation, type Operation } from '../../../model/operation.ts';
import { paginate } from '../pagination.ts';
import { enterRule } from './bus-access.ts';
import type { EventsContext } from './dependencies.ts';
import { ruleSummary } from './rule-output.ts';

interface Input {
  readonly NamePrefix?: string;
  readonly EventBusName?: string;
  readonly NextToken?: string;
  readonly Limit?: number;
}

/** ListRules: the rules of one bus, by name. */
export function listRules(context: EventsContext): Operation {
  return defineOperation<Input>('ListRules', async (input, call) => {
    const { EventBusName, NamePrefix: prefix = '' } = input;
    const { bus } = await enterRule(context, call, { EventBusName, rule: '*', action: 'events:ListRules' });
    const rules = context.catalog.rules(bus, bus.name).map(({ document }) => document);
    const page = paginate(
      rules.filter(({ name }) => name.startsWith(prefix)),
      ({ name }) => name,
      { limit: input.Limit, token: input.NextToken, question: ['ListRules', bus.arn, input.NamePrefix] },
    );
    return { Rules: page.items.map(ruleSummary), NextToken: page.nextToken };
  });
}
