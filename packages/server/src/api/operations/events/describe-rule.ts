import { defineOperation, type Operation } from '../../../model/operation.ts';
import { enterExistingRule } from './bus-access.ts';
import type { EventsContext } from './dependencies.ts';
import { ruleSummary } from './rule-output.ts';

interface Input {
  readonly Name: string;
  readonly EventBusName?: string;
}

/** DescribeRule: without its targets. */
export function describeRule(context: EventsContext): Operation {
  return defineOperation<Input>('DescribeRule', async ({ Name, EventBusName }, call) => {
    const rule = await enterExistingRule(context, call, {
      EventBusName,
      rule: Name,
      action: 'events:DescribeRule',
    });
    return { ...ruleSummary(rule), CreatedBy: rule.createdBy };
  });
}
