import { defineOperation, type Operation } from '../../../model/operation.ts';
import { paginate } from '../pagination.ts';
import { enterExistingRule } from './bus-access.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly Rule: string;
  readonly EventBusName?: string;
  readonly NextToken?: string;
  readonly Limit?: number;
}

/** ListTargetsByRule: the targets by Id, each exactly as it was put. */
export function listTargetsByRule(context: EventsContext): Operation {
  return defineOperation<Input>('ListTargetsByRule', async (input, call) => {
    const rule = await enterExistingRule(context, call, {
      EventBusName: input.EventBusName,
      rule: input.Rule,
      action: 'events:ListTargetsByRule',
    });
    const targets = rule.targets.toSorted((a, b) => (a.Id < b.Id ? -1 : 1));
    const page = paginate(targets, ({ Id: id }) => id, {
      limit: input.Limit,
      token: input.NextToken,
      question: ['ListTargetsByRule', rule.arn],
    });
    return { Targets: page.items, NextToken: page.nextToken };
  });
}
