import { DEFAULT_BUS } from '../../../engine/catalog.ts';
import { validationError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { untilWritten } from './change.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly Name: string;
}

/** DeleteEventBus: a bus that does not exist counts as deleted. */
export function deleteEventBus({ catalog }: EventsContext): Operation {
  return defineOperation<Input>('DeleteEventBus', async ({ Name: name }, call) => {
    if (name === DEFAULT_BUS) throw validationError(`Cannot delete event bus ${DEFAULT_BUS}.`);
    await untilWritten(async () => {
      const bus = catalog.bus(call, name);
      if (!bus) return true;
      if (catalog.ruleCount(call, name) > 0) {
        throw validationError("EventBus can't be deleted since it has rules.");
      }
      return (await catalog.removeBus(bus.document, bus.version)) || undefined;
    });
    return undefined;
  });
}
