import type { NotMade } from '../../../engine/archive/archives.ts';
import { resourceAlreadyExists, type ApiError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { archiveRuleName } from '../../../engine/archive/managed-rule.ts';
import { archiveHead } from './archive-output.ts';
import { archiveSource } from './archive-source.ts';
import type { EventsContext } from './dependencies.ts';
import { busNotFound } from './messages.ts';
import { parseNewPattern } from './rule-pattern.ts';

interface Input {
  readonly ArchiveName: string;
  readonly EventSourceArn: string;
  readonly Description?: string;
  readonly EventPattern?: string;
  readonly RetentionDays?: number;
  readonly KmsKeyIdentifier?: string;
}

const taken = (name: string): ApiError => resourceAlreadyExists(`Archive ${name} already exists.`);

function refusal(reason: NotMade, name: string, bus: string): ApiError {
  if (reason === 'name-taken') return taken(name);
  if (reason === 'bus-gone') return busNotFound(bus);
  return resourceAlreadyExists(`Rule ${archiveRuleName(name)} already exists on EventBus ${bus}.`);
}

/** CreateArchive: it gets the events that are published from here on, and is enabled at once. */
export function createArchive(context: EventsContext): Operation {
  const { archives, reservations, quotas } = context;
  return defineOperation<Input>('CreateArchive', async (input, call) => {
    const { ArchiveName: name } = input;
    const eventPattern = input.EventPattern || undefined;
    if (eventPattern !== undefined) parseNewPattern(eventPattern, quotas);
    const bus = await archiveSource(context, call, input.EventSourceArn);
    if (archives.documents.get(call, name)) throw taken(name);
    const present = archives.documents.list(call).length;
    const release = reservations.reserve(`${call.account}/${call.region}/archives`, present, quotas.archives);
    try {
      const made = await archives.create(bus, name, {
        description: input.Description || undefined,
        eventPattern,
        retentionDays: input.RetentionDays ?? 0,
        kmsKeyIdentifier: input.KmsKeyIdentifier || undefined,
      });
      if (typeof made === 'string') throw refusal(made, name, bus.name);
      return archiveHead(made);
    } finally {
      release();
    }
  });
}
