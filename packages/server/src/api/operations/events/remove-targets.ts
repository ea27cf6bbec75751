import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { Rule } from '../../../model/resources.ts';
import { enterExistingRule } from './bus-access.ts';
import { changeRule, refuseManaged } from './change.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly Rule: string;
  readonly EventBusName?: string;
  readonly Ids: readonly string[];
  readonly Force?: boolean;
}

function withoutTargets(rule: Rule, ids: readonly string[]): Rule {
  const targets = rule.targets.filter(({ Id: id }) => !ids.includes(id));
  return targets.length === rule.targets.length ? rule : { ...rule, targets };
}

/** RemoveTargets: Ids that the rule does not have are ignored. */
export function removeTargets(context: EventsContext): Operation {
  return defineOperation<Input>('RemoveTargets', async (input, call) => {
    const rule = await enterExistingRule(context, call, {
      EventBusName: input.EventBusName,
      rule: input.Rule,
      action: 'events:RemoveTargets',
    });
    await changeRule(context, rule, (present) => {
      refuseManaged(present, input.Force);
      return withoutTargets(present, input.Ids);
    });
    return { FailedEntryCount: 0, FailedEntries: [] };
  });
}
