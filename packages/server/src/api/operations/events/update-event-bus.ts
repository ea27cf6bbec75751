import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { EventBus } from '../../../model/resources.ts';
import { requireOwnBus } from './bus-access.ts';
import { busSettings, type BusSettingsInput } from './bus-output.ts';
import { changeBus } from './change.ts';
import { checkDeadLetterQueue } from './dead-letter-queue.ts';
import type { EventsContext } from './dependencies.ts';

interface Input extends BusSettingsInput {
  readonly Name?: string;
}

/** Members that are left out stay, except the key: without one the bus goes back to the service's own. */
function withSettings(bus: EventBus, input: Input): EventBus {
  return {
    ...bus,
    description: input.Description === undefined ? bus.description : input.Description || undefined,
    kmsKeyIdentifier: input.KmsKeyIdentifier || undefined,
    deadLetterArn: input.DeadLetterConfig ? input.DeadLetterConfig.Arn : bus.deadLetterArn,
    logConfig: input.LogConfig ?? bus.logConfig,
  };
}

/** UpdateEventBus: a bus of the caller's; absent means the default bus. */
export function updateEventBus(context: EventsContext): Operation {
  return defineOperation<Input>('UpdateEventBus', async (input, call) => {
    checkDeadLetterQueue(input.DeadLetterConfig?.Arn);
    const { document: bus } = await requireOwnBus(context, call, input.Name);
    const updated = await changeBus(context, bus, (present) => withSettings(present, input));
    return { Arn: updated.arn, Name: updated.name, ...busSettings(updated) };
  });
}
