import { checkTargetInput } from '../../../engine/transform/index.ts';
import { parseArn } from '../../../model/arn.ts';
import { limitExceeded, validationError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { Rule, TargetSettings } from '../../../model/resources.ts';
import { enterExistingRule } from './bus-access.ts';
import { changeRule, refuseManaged } from './change.ts';
import { checkDeadLetterQueue } from './dead-letter-queue.ts';
import type { EventsContext } from './dependencies.ts';
import { malformedArn } from './messages.ts';
import {
  checkRequirements,
  isDistantBus,
  roleRequired,
  withKeptPace,
  withKeptRole,
} from './target-requirements.ts';

interface Input {
  readonly Rule: string;
  readonly EventBusName?: string;
  readonly Targets: readonly TargetSettings[];
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw validationError(fault);
}

/** Checks all that can be told of a target without looking at its rule. */
function checkTarget({ targets }: EventsContext, target: TargetSettings): void {
  const arn = parseArn(target.Arn);
  if (!arn) throw malformedArn(target.Arn);
  refuse(checkTargetInput(target));
  refuse(checkRequirements(arn, target));
  checkDeadLetterQueue(target.DeadLetterConfig?.Arn);
  const connector = targets.find(arn);
  if (!connector) {
    throw validationError(
      `Parameter ${arn.text} is not valid. Reason: Busbar does not support this kind of target yet.`,
    );
  }
  refuse(connector.check(arn, target));
}

/** The rule with targets added or replaced by their Ids. */
function withTargets(rule: Rule, added: readonly TargetSettings[], quota: number): Rule {
  const targets = new Map(rule.targets.map((target) => [target.Id, target]));
  for (const target of added) {
    const present = targets.get(target.Id);
    const kept = withKeptPace(withKeptRole(target, present), present);
    const arn = parseArn(kept.Arn)!;
    if (kept.RoleArn === undefined && isDistantBus(arn, rule)) refuse(roleRequired(arn));
    targets.set(target.Id, kept);
  }
  if (targets.size > quota) throw limitExceeded();
  return { ...rule, targets: [...targets.values()] };
}

/** PutTargets: all or nothing, so that `FailedEntries` is always empty. */
export function putTargets(context: EventsContext): Operation {
  return defineOperation<Input>('PutTargets', async (input, call) => {
    for (const target of input.Targets) checkTarget(context, target);
    const rule = await enterExistingRule(context, call, {
      EventBusName: input.EventBusName,
      rule: input.Rule,
      action: 'events:PutTargets',
      context: { 'events:TargetArn': input.Targets.map(({ Arn: arn }) => arn) },
    });
    await changeRule(context, rule, (present) => {
      refuseManaged(present);
      return withTargets(present, input.Targets, context.quotas.targetsPerRule);
    });
    return { FailedEntryCount: 0, FailedEntries: [] };
  });
}
