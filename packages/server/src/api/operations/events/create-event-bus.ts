import { DEFAULT_BUS } from '../../../engine/catalog.ts';
import { resourceAlreadyExists, resourceNotFound, validationError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { Tag } from '../../../model/resources.ts';
import { busSettings, type BusSettingsInput } from './bus-output.ts';
import { checkDeadLetterQueue } from './dead-letter-queue.ts';
import type { EventsContext } from './dependencies.ts';
import { newTags } from './tags.ts';

interface Input extends BusSettingsInput {
  readonly Name: string;
  readonly EventSourceName?: string;
  readonly Tags?: readonly Tag[];
}

const taken = (name: string): Error => resourceAlreadyExists(`Event bus ${name} already exists.`);

function checkName({ Name: name, EventSourceName: eventSource }: Input): void {
  if (name === DEFAULT_BUS) throw taken(name);
  // Partner event sources do not exist here, so no source is ever known.
  if (eventSource !== undefined) throw resourceNotFound(`Event source ${eventSource} does not exist.`);
  if (name.includes('/')) throw validationError("Event bus name must not contain '/'.");
}

/** CreateEventBus: a bus with its own log. */
export function createEventBus(context: EventsContext): Operation {
  const { catalog, clock, quotas, reservations } = context;
  return defineOperation<Input>('CreateEventBus', async (input, call) => {
    checkName(input);
    checkDeadLetterQueue(input.DeadLetterConfig?.Arn);
    const tags = newTags(input.Tags);
    if (catalog.bus(call, input.Name)) throw taken(input.Name);
    const custom = catalog.buses(call).filter(({ document }) => document.name !== DEFAULT_BUS);
    const release = reservations.reserve(
      `${call.account}/${call.region}/buses`,
      custom.length,
      quotas.eventBuses,
    );
    try {
      const now = clock.now();
      const bus = await catalog.createBus({
        account: call.account,
        region: call.region,
        name: input.Name,
        createdAt: now,
        modifiedAt: now,
        description: input.Description,
        kmsKeyIdentifier: input.KmsKeyIdentifier || undefined,
        deadLetterArn: input.DeadLetterConfig?.Arn,
        logConfig: input.LogConfig,
        tags,
      });
      if (!bus) throw taken(input.Name);
      return { EventBusArn: bus.arn, ...busSettings(bus) };
    } finally {
      release();
    }
  });
}
