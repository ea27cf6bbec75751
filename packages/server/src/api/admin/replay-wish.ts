import type { Engine } from '../../engine/engine.ts';
import type { Archive } from '../../model/archive.ts';
import { limits } from '../../model/limits.ts';
import type { ReplayPlan, ReplayTarget } from '../../model/replay.ts';
import type { EventBus, Rule } from '../../model/resources.ts';
import type { AdminRequest } from './admin-route.ts';
import { badRequest, notFound, textMember, timeMember } from './parameters.ts';
import { checkPattern } from './pattern-parameter.ts';

/** Members of a request that say what is replayed where, and how fast. */
export const WISH_MEMBERS = [
  'since',
  'until',
  'bus',
  'rules',
  'target',
  'event',
  'pattern',
  'rate',
  'speed',
] as const;

type Wish = Readonly<Record<string, unknown>>;

/**
 * What a request asks for, checked against what there is. All members may be left out: `since` and `until` (times; all of the
 * archive up to now), `bus` (the archive's), `rules` (a list of names; all) or `target` (`RULE/ID`, or `RULE` when it has one target),
 * `event` (an id), `pattern`, `rate` (events a second), `speed` (times the pace at which the events came).
 */
export async function planOf(
  engine: Engine,
  { caller }: Pick<AdminRequest, 'caller'>,
  archive: Archive,
  wish: Wish,
  now: number,
): Promise<ReplayPlan> {
  const name = textMember(wish, 'bus', limits.adminNameChars) ?? archive.bus;
  const bus = (await engine.catalog.resolveBus(caller, name))?.document;
  if (!bus) throw notFound(`There is no event bus ${name}.`);
  // Up to now: a replay of an archive that is being filled has an end.
  const until = timeMember(wish, 'until') ?? now + 1;
  const from = timeMember(wish, 'since') ?? Math.min(await oldestIn(engine, archive), until - 1);
  if (from >= until) throw badRequest('"since" must be before "until".');
  return {
    archiveArn: archive.arn,
    archiveUid: archive.uid,
    from,
    until,
    bus: bus.name,
    busLog: bus.log,
    ...receiversOf(engine, bus, wish),
    pattern: patternOf(wish),
    eventId: textMember(wish, 'event', limits.adminNameChars),
    ratePerSecond: paceOf(wish, 'rate', limits.replayRatePerSecond),
    speed: paceOf(wish, 'speed', limits.replaySpeed),
  };
}

async function oldestIn({ archives }: Engine, archive: Archive): Promise<number> {
  const { oldest = 0 } = await archives.stats(archive);
  return oldest;
}

function receiversOf(engine: Engine, bus: EventBus, wish: Wish): Pick<ReplayPlan, 'filterArns' | 'target'> {
  const { rules } = wish;
  const target = textMember(wish, 'target', limits.adminNameChars);
  if (target !== undefined && rules !== undefined) {
    throw badRequest('Either "rules" says where the events go, or "target" does.');
  }
  if (target !== undefined) return { target: targetNamed(engine, bus, target) };
  if (rules === undefined) return {};
  const isList = Array.isArray(rules) && rules.length > 0 && rules.length <= limits.rulesPerBus;
  if (!isList || !rules.every((rule): rule is string => typeof rule === 'string')) {
    throw badRequest(`"rules" must be a list of 1 to ${limits.rulesPerBus} names.`);
  }
  return { filterArns: rules.map((rule) => ruleNamed(engine, bus, rule).arn) };
}

function ruleNamed({ catalog }: Engine, bus: EventBus, name: string): Rule {
  const found = catalog.rule(bus, bus.name, name);
  if (!found) throw notFound(`There is no rule ${name.slice(0, 64)} on event bus ${bus.name}.`);
  return found.document;
}

function targetNamed(engine: Engine, bus: EventBus, text: string): ReplayTarget {
  const [name, id] = text.split('/');
  const rule = ruleNamed(engine, bus, name!);
  const [only] = rule.targets;
  if (id === undefined && rule.targets.length !== 1) {
    throw badRequest(`The rule ${name} has ${rule.targets.length} targets: name one as ${name}/ID.`);
  }
  const wanted = id ?? only!.Id;
  if (!rule.targets.some(({ Id }) => Id === wanted))
    throw notFound(`The rule ${name} has no target ${wanted}.`);
  return { rule: rule.arn, id: wanted };
}

function patternOf(wish: Wish): string | undefined {
  const pattern = textMember(wish, 'pattern', limits.adminPatternChars);
  if (pattern !== undefined) checkPattern(pattern);
  return pattern;
}

function paceOf(wish: Wish, name: string, most: number): number | undefined {
  const value = wish[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= limits.replayMinimumPace && value <= most)) {
    throw badRequest(`"${name}" must be a number from ${limits.replayMinimumPace} to ${most}.`);
  }
  return value;
}
