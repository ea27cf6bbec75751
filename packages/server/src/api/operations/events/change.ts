import { concurrentModification } from '../../../engine/catalog.ts';
import { limits } from '../../../model/limits.ts';
import type { EventBus, Rule } from '../../../model/resources.ts';
import type { EventsContext } from './dependencies.ts';
import { busNotFound, managedRule, ruleNotFound } from './messages.ts';

/**
 * Tries a compare-and-set again while other requests get in between.
 *
 * @param attempt reads, and writes what it read changed; answers undefined when the write lost.
 * @throws ApiError `ConcurrentModificationException` after `limits.catalogWriteAttempts` times.
 */
export async function untilWritten<Result>(attempt: () => Promise<Result | undefined>): Promise<Result> {
  for (let tries = 0; tries < limits.catalogWriteAttempts; tries++) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw concurrentModification();
}

/** Writes an edited bus. `edit` may throw; answering the same document writes nothing. */
export function changeBus(
  { catalog, clock }: EventsContext,
  bus: EventBus,
  edit: (bus: EventBus) => EventBus,
): Promise<EventBus> {
  return untilWritten(async () => {
    const found = catalog.bus(bus, bus.name);
    // Another incarnation of the name is another bus.
    if (found?.document.log !== bus.log) throw busNotFound(bus.name);
    const edited = edit(found.document);
    if (edited === found.document) return edited;
    const written: EventBus = { ...edited, modifiedAt: clock.now() };
    return (await catalog.putBus(written, found.version)) ? written : undefined;
  });
}

/** Writes an edited rule. `edit` may throw; answering the same document writes nothing. */
export function changeRule(
  { catalog }: EventsContext,
  rule: Rule,
  edit: (rule: Rule) => Rule,
): Promise<Rule> {
  return untilWritten(async () => {
    const found = catalog.rule(rule, rule.bus, rule.name);
    if (found?.document.uid !== rule.uid) throw ruleNotFound(rule.name, rule.bus);
    const edited = edit(found.document);
    if (edited === found.document) return edited;
    return (await catalog.putRule(edited, found.version)) ? edited : undefined;
  });
}

/** Rules that a service manages are changed by it alone, unless the caller insists. */
export function refuseManaged(rule: Rule, force = false): void {
  if (rule.managedBy !== undefined && !force) throw managedRule(rule.name);
}
