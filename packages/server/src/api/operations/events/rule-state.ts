import { anchored } from '../../../engine/schedule/rule-schedules.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { RuleState } from '../../../model/resources.ts';
import { enterExistingRule } from './bus-access.ts';
import { changeRule, refuseManaged } from './change.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly Name: string;
  readonly EventBusName?: string;
}

/** An operation that brings a rule into a state; a rule that is in it already stays untouched. */
export function ruleStateOperation(
  context: EventsContext,
  operation: 'EnableRule' | 'DisableRule',
  state: RuleState,
): Operation {
  return defineOperation<Input>(operation, async ({ Name, EventBusName }, call) => {
    const rule = await enterExistingRule(context, call, {
      EventBusName,
      rule: Name,
      action: `events:${operation}`,
    });
    await changeRule(context, rule, (present) => {
      refuseManaged(present);
      return present.state === state
        ? present
        : anchored(present, { ...present, state }, context.clock.now());
    });
    return undefined;
  });
}
