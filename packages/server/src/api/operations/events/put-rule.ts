import type { Pattern } from '@busbar/pattern';
import { DEFAULT_BUS } from '../../../engine/catalog.ts';
import { parseScheduleExpression } from '../../../engine/schedule/expression.ts';
import { anchored } from '../../../engine/schedule/rule-schedules.ts';
import { ruleArn } from '../../../model/arn.ts';
import { validationError } from '../../../model/errors.ts';
import { defineOperation, type Call, type Operation } from '../../../model/operation.ts';
import type { EventBus, Rule, RuleState, Tag } from '../../../model/resources.ts';
import { busReference, enterRule } from './bus-access.ts';
import { refuseManaged, untilWritten } from './change.ts';
import type { EventsContext } from './dependencies.ts';
import { busNotFound } from './messages.ts';
import { parseEventPattern, parseNewPattern, patternContext } from './rule-pattern.ts';
import { newTags } from './tags.ts';

interface Input {
  readonly Name: string;
  readonly ScheduleExpression?: string;
  readonly EventPattern?: string;
  readonly State?: RuleState;
  readonly Description?: string;
  readonly RoleArn?: string;
  readonly Tags?: readonly Tag[];
  readonly EventBusName?: string;
}

/** What PutRule replaces in a rule that exists. */
type RuleSettings = Pick<Rule, 'state' | 'eventPattern' | 'scheduleExpression' | 'description' | 'roleArn'>;

function checkSchedule({ ScheduleExpression: schedule, State: state }: Input, bus: string): void {
  if (!schedule) return;
  if (!parseScheduleExpression(schedule)) {
    throw validationError('Parameter ScheduleExpression is not valid.');
  }
  if (bus !== DEFAULT_BUS) {
    throw validationError('ScheduleExpression is supported only on the default event bus.');
  }
  if (state === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS') {
    throw validationError(`${state} rule state is not supported with scheduled rule expressions.`);
  }
}

function settingsOf(input: Input): RuleSettings {
  return {
    state: input.State ?? 'ENABLED',
    eventPattern: input.EventPattern || undefined,
    scheduleExpression: input.ScheduleExpression || undefined,
    description: input.Description || undefined,
    roleArn: input.RoleArn,
  };
}

/** The other rules of the bus that use wildcards. */
function wildcardRules({ catalog }: EventsContext, bus: EventBus, except: string): number {
  let count = 0;
  for (const { document } of catalog.rules(bus, bus.name)) {
    if (document.name === except || document.eventPattern === undefined) continue;
    if (parseEventPattern(document.eventPattern).usesWildcard) count++;
  }
  return count;
}

/** Takes the places that a rule needs in the bus's quotas. The answer gives them back. */
function reservePlaces(
  context: EventsContext,
  bus: EventBus,
  name: string,
  pattern: Pattern | undefined,
): () => void {
  const { catalog, quotas, reservations } = context;
  const isNew = !catalog.rule(bus, bus.name, name);
  const release = isNew
    ? reservations.reserve(`${bus.arn} rules`, catalog.ruleCount(bus, bus.name), quotas.rulesPerBus)
    : () => undefined;
  if (!pattern?.usesWildcard) return release;
  try {
    const present = wildcardRules(context, bus, name);
    const releaseWildcard = reservations.reserve(
      `${bus.arn} wildcard rules`,
      present,
      quotas.wildcardRulesPerBus,
    );
    return () => {
      release();
      releaseWildcard();
    };
  } catch (error) {
    release();
    throw error;
  }
}

async function createRule(
  { catalog, clock, random }: EventsContext,
  bus: EventBus,
  name: string,
  parts: RuleSettings & Pick<Rule, 'arn' | 'createdBy' | 'tags'>,
): Promise<Rule | undefined> {
  const made: Rule = {
    ...parts,
    account: bus.account,
    region: bus.region,
    uid: random.uuid(),
    bus: bus.name,
    name,
    targets: [],
    since: String(await catalog.headOf(bus)),
  };
  const rule = anchored(undefined, made, clock.now());
  if (!(await catalog.putRule(rule, 'absent'))) return undefined;
  // The bus may have been deleted in the meantime: a rule of its must not come to light under its successor.
  if (catalog.bus(bus, bus.name)?.document.log === bus.log) return rule;
  const orphan = catalog.rule(bus, bus.name, name);
  if (orphan?.document.uid === rule.uid) await catalog.removeRule(rule, orphan.version);
  throw busNotFound(bus.name);
}

/** Creates a rule, or replaces all that PutRule sets: targets, tags and creator stay. */
function writeRule(context: EventsContext, bus: EventBus, input: Input, call: Call): Promise<Rule> {
  const { catalog, clock } = context;
  const settings = settingsOf(input);
  return untilWritten(async () => {
    const found = catalog.rule(bus, bus.name, input.Name);
    if (!found) {
      return createRule(context, bus, input.Name, {
        ...settings,
        arn: ruleArn(bus.region, bus.account, bus.name, input.Name),
        createdBy: call.principal.account,
        tags: newTags(input.Tags),
      });
    }
    refuseManaged(found.document);
    const replaced = anchored(found.document, { ...found.document, ...settings }, clock.now());
    return (await catalog.putRule(replaced, found.version)) ? replaced : undefined;
  });
}

/** PutRule: creates or replaces a rule. */
export function putRule(context: EventsContext): Operation {
  return defineOperation<Input>('PutRule', async (input, call) => {
    const { Name: name, EventBusName } = input;
    if (!input.EventPattern && !input.ScheduleExpression) {
      throw validationError('Parameter(s) EventPattern or ScheduleExpression must be specified.');
    }
    const reference = busReference(EventBusName, call);
    checkSchedule(input, reference.name);
    const pattern = input.EventPattern ? parseNewPattern(input.EventPattern, context.quotas) : undefined;
    newTags(input.Tags);
    const { bus, rule } = await enterRule(context, call, {
      EventBusName,
      rule: name,
      action: 'events:PutRule',
      context: patternContext(pattern),
    });
    if (rule) refuseManaged(rule.document);
    const release = reservePlaces(context, bus, name, pattern);
    try {
      const written = await writeRule(context, bus, input, call);
      return { RuleArn: written.arn };
    } finally {
      release();
    }
  });
}
