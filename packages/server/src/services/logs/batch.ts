import type { NewLogEvent } from '../../engine/ports/log-group-storage.ts';
import { limits } from '../../model/limits.ts';
import { invalidParameter } from './errors.ts';
import type { LogGroup } from './groups.ts';

/** An event as PutLogEvents takes it. */
export interface InputLogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** Which events of a batch are not taken, as the API tells it: events stand in the order of time. */
export interface RejectedLogEventsInfo {
  /** Included. */
  readonly tooNewLogEventStartIndex?: number;
  /** Excluded, as the next one. */
  readonly tooOldLogEventEndIndex?: number;
  readonly expiredLogEventEndIndex?: number;
}

export interface CheckedBatch {
  readonly accepted: readonly NewLogEvent[];
  readonly rejected: RejectedLogEventsInfo | undefined;
}

const MS_PER_DAY = 86_400_000;

/** What an event takes of a batch and of a page. */
export const eventBytes = (message: string): number =>
  Buffer.byteLength(message) + limits.logEventOverheadBytes;

/** Events before this time have outlived their group's retention; 0 when the group keeps them for good. */
export const expiredBefore = ({ retentionInDays }: LogGroup, now: number): number =>
  retentionInDays === undefined ? 0 : now - retentionInDays * MS_PER_DAY;

/** Why a group does not take an event of this time: older than the service takes, older than it keeps, or too far ahead. */
export function timeFault(
  group: LogGroup,
  timestamp: number,
  now: number,
): 'tooOld' | 'expired' | 'tooNew' | undefined {
  if (timestamp > now + limits.logEventAheadMs) return 'tooNew';
  if (timestamp < now - limits.logEventAgeMs) return 'tooOld';
  return timestamp < expiredBefore(group, now) ? 'expired' : undefined;
}

/** Checks a batch as a whole; throws the service's errors. Answers what of it is taken. */
export function checkBatch(group: LogGroup, events: readonly InputLogEvent[], now: number): CheckedBatch {
  let bytes = 0;
  let latest = 0;
  for (const { timestamp, message } of events) {
    bytes += eventBytes(message);
    if (timestamp < latest) {
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    }
    latest = timestamp;
  }
  if (bytes > limits.logBatchBytes) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${limits.logBatchBytes}`);
  }
  if (latest - (events[0]?.timestamp ?? latest) > limits.logBatchSpanMs) {
    throw invalidParameter(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
  const faults = events.map(({ timestamp }) => timeFault(group, timestamp, now));
  return {
    accepted: events
      .filter((_, index) => faults[index] === undefined)
      .map(({ timestamp, message }) => ({ timestamp, ingestedAt: now, message })),
    rejected: rejectedInfo(faults),
  };
}

function rejectedInfo(faults: readonly ReturnType<typeof timeFault>[]): RejectedLogEventsInfo | undefined {
  if (faults.every((fault) => fault === undefined)) return undefined;
  const tooNew = faults.indexOf('tooNew');
  const tooOld = faults.lastIndexOf('tooOld');
  const expired = faults.lastIndexOf('expired');
  return {
    ...(tooNew >= 0 && { tooNewLogEventStartIndex: tooNew }),
    ...(tooOld >= 0 && { tooOldLogEventEndIndex: tooOld + 1 }),
    ...(expired >= 0 && { expiredLogEventEndIndex: expired + 1 }),
  };
}
