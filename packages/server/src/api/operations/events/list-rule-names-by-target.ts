import { defineOperation, type Operation } from '../../../model/operation.ts';
import { paginate } from '../pagination.ts';
import { enterRule } from './bus-access.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly TargetArn: string;
  readonly EventBusName?: string;
  readonly NextToken?: string;
  readonly Limit?: number;
}

/** ListRuleNamesByTarget: the rules of one bus that have a target with exactly this ARN, by name. */
export function listRuleNamesByTarget(context: EventsContext): Operation {
  return defineOperation<Input>('ListRuleNamesByTarget', async (input, call) => {
    const { TargetArn: targetArn, EventBusName } = input;
    const { bus } = await enterRule(context, call, {
      EventBusName,
      rule: '*',
      action: 'events:ListRuleNamesByTarget',
    });
    const names = context.catalog
      .rules(bus, bus.name)
      .filter(({ document }) => document.targets.some(({ Arn: arn }) => arn === targetArn))
      .map(({ document }) => document.name);
    const page = paginate(names, (name) => name, {
      limit: input.Limit,
      token: input.NextToken,
      question: ['ListRuleNamesByTarget', bus.arn, targetArn],
    });
    return { RuleNames: page.items, NextToken: page.nextToken };
  });
}
