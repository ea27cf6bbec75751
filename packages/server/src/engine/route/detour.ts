import { parseArn } from '../../model/arn.ts';
import type { TargetSettings } from '../../model/resources.ts';
import type { Subscription } from './subscription.ts';

/** Stands between the id of a subscription and the ARN that its deliveries go to instead; no target's Id holds it. */
const TO = '>';

/**
 * A subscription whose deliveries go to another target than the rule says: for dead letters that are redriven elsewhere.
 * Its id tells all that is needed to make it again after a restart.
 */
export function detourOf(base: Subscription, arn: string): Subscription {
  return base.detoured(`${base.id}${TO}${arn}`, detouredTarget(base.target, arn));
}

/** The parts of a detour's id; undefined when it is no detour's. */
export function readDetour(id: string): { readonly base: string; readonly arn: string } | undefined {
  const at = id.indexOf(TO);
  return at < 0 ? undefined : { base: id.slice(0, at), arn: id.slice(at + 1) };
}

/** The target's settings for another ARN: what only a target of the first kind understands is left out for another kind. */
export function detouredTarget(target: TargetSettings, arn: string): TargetSettings {
  const [before, after] = [parseArn(target.Arn), parseArn(arn)];
  if (before?.partition === after?.partition && before?.service === after?.service) {
    return { ...target, Arn: arn };
  }
  const { Id, RoleArn, Input, InputPath, InputTransformer, RetryPolicy, DeadLetterConfig } = target;
  const kept = { RoleArn, Input, InputPath, InputTransformer, RetryPolicy, DeadLetterConfig };
  const given = Object.entries(kept).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(given) as Partial<TargetSettings>), Id, Arn: arn };
}
