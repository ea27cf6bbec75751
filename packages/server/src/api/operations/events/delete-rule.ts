import { validationError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { enterRule } from './bus-access.ts';
import { refuseManaged, untilWritten } from './change.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly Name: string;
  readonly EventBusName?: string;
  readonly Force?: boolean;
}

/** DeleteRule: a rule that does not exist counts as deleted; one with targets cannot be deleted. */
export function deleteRule(context: EventsContext): Operation {
  const { catalog } = context;
  return defineOperation<Input>('DeleteRule', async ({ Name, EventBusName, Force }, call) => {
    const { bus } = await enterRule(context, call, { EventBusName, rule: Name, action: 'events:DeleteRule' });
    await untilWritten(async () => {
      const rule = catalog.rule(bus, bus.name, Name);
      if (!rule) return true;
      refuseManaged(rule.document, Force);
      if (rule.document.targets.length > 0) {
        throw validationError("Rule can't be deleted since it has targets.");
      }
      return (await catalog.removeRule(rule.document, rule.version)) || undefined;
    });
    return undefined;
  });
}
