import { limits } from '../../model/limits.ts';
import type { Archive } from '../../model/archive.ts';
import type { CounterHandle, Metrics } from '../metrics.ts';
import type { ArchivedEvent, ArchiveStore } from '../ports/archive-storage.ts';
import {
  DELIVERED,
  type OutgoingDelivery,
  type SendOutcome,
  type TargetConnector,
  type TargetSession,
} from '../ports/connector.ts';
import { StorageError } from '../ports/storage.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import { archivedEvent } from './archived-event.ts';
import { leadsIntoArchive } from './managed-rule.ts';

export interface CaptureParts {
  readonly store: Pick<ArchiveStore, 'put'>;
  readonly metrics: Metrics;
  readonly trouble: StorageTrouble;
  /** Undefined for an archive that is gone. */
  readonly archive: (uid: string) => Archive | undefined;
}

const GONE: SendOutcome = { status: 'reject', code: 'NO_RESOURCE', reason: 'The archive does not exist.' };
const NOT_NOW: SendOutcome = {
  status: 'retry',
  code: 'INTERNAL_ERROR',
  reason: 'The archive could not take the event.',
};

/**
 * The way into archives: what the rule of an archive has for a target. No rule of a user's can have it, so it stands in no list
 * of targets. An event that a crash brings once more is in the archive already, and stays there once.
 */
export function captureConnector(parts: CaptureParts): TargetConnector {
  return {
    accepts: ({ text }) => leadsIntoArchive(text),
    check: () => 'Archives have rules of their own.',
    open: (_arn, { Id: uid }) => openSession(parts, uid),
  };
}

function openSession(parts: CaptureParts, uid: string): TargetSession {
  const count = counterOf(parts, uid);
  return {
    maxBatch: limits.archiveCaptureEvents,
    maxConcurrency: limits.archiveCaptureSends,
    send: async (batch) => {
      const outcomes = pieces(batch).map((piece) => write(parts, uid, piece, count));
      return (await Promise.all(outcomes)).flat();
    },
    close: async () => undefined,
  };
}

type Count = (events: number, bytes: number) => void;

function counterOf({ metrics, archive }: CaptureParts, uid: string): Count {
  const found = archive(uid);
  if (!found) return () => undefined;
  const labels = { account: found.account, region: found.region, archive: found.name };
  const counters: readonly CounterHandle[] = [
    metrics.counter('archived_events', labels),
    metrics.counter('archived_bytes', labels),
  ];
  return (...amounts) => counters.forEach((counter, index) => counter.inc(amounts[index]!));
}

/** A batch cut so that no piece but that of one large event holds more than the store should write at once. */
function pieces(batch: readonly OutgoingDelivery[]): ArchivedEvent[][] {
  const cut: ArchivedEvent[][] = [];
  let chars = Infinity;
  for (const { eventId, event, ingestedAt } of batch) {
    chars += event.length;
    if (chars > limits.archiveWriteChars) {
      cut.push([]);
      chars = event.length;
    }
    cut.at(-1)!.push(archivedEvent(eventId, event, ingestedAt));
  }
  return cut;
}

async function write(
  { store, trouble }: CaptureParts,
  uid: string,
  events: readonly ArchivedEvent[],
  count: Count,
): Promise<SendOutcome[]> {
  let outcome = DELIVERED;
  try {
    const added = await store.put(uid, events);
    count(added.events, added.bytes);
  } catch (error) {
    const isGone = error instanceof StorageError && error.kind === 'missing';
    if (!isGone) trouble.report(error, 'archiving events');
    outcome = isGone ? GONE : NOT_NOW;
  }
  return events.map(() => outcome);
}
