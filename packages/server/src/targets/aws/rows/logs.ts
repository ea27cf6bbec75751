import { createHash } from 'node:crypto';
import type { LogEntry } from '../../../engine/ports/log-group-writer.ts';
import { limits } from '../../../model/limits.ts';
import { logGroupOfArn } from '../../../model/log-group-arn.ts';
import { checkLogGroupTarget } from '../../log-group.ts';
import { logEntryMaker } from '../../log-entry.ts';
import { inBatches, type BatchSpec, type EntryFailure } from '../batched.ts';
import { accountsField, isClaimed } from '../claim.ts';
import { parseObject } from '../classify.ts';
import { NO_PARAMETERS, type AwsRow, type Opening, type SendBatch } from '../row.ts';

export const logsGroup: AwsRow = {
  kind: 'cloudwatch-logs',
  description:
    'A group of Amazon CloudWatch Logs, or of another server with its API, in place of the built-in groups.',
  docs: {
    title: 'CloudWatch Logs group outside of Busbar',
    arnForm: 'arn:aws:logs:<region>:<account>:log-group:<name>',
    arnExample: 'arn:aws:logs:us-east-1:111122223333:log-group:/aws/events/orders',
    testedAgainst: 'moto 5.2.1: what GetLogEvents gives',
    settings: [accountsField('log groups')],
    notes:
      'Without an entry `logs`, and for accounts that its `accounts` leaves out, ARNs of log groups mean the ' +
      '[built-in groups](log-group.md). Each target writes into a stream of its own, which is created with the first event.',
  },
  parameters: NO_PARAMETERS,
  service: 'logs',
  arnService: 'logs',
  resource: /^log-group:/,
  claims: isClaimed,
  check: checkLogGroupTarget,
  maxBatch: limits.logEventsAtOnce,
  open: openGroup,
};

/** The stream is there before the first event; that somebody else has created it is all right. */
function openGroup(opening: Opening): SendBatch {
  const { caller, purpose, arn } = opening;
  const place = { logGroupName: logGroupOfArn(arn) ?? '', logStreamName: streamOf(opening) };
  const send = inBatches(opening, putLogEvents(opening, place));
  let created = false;
  return async (batch, signal) => {
    if (!created) {
      const call = { ...purpose, service: 'logs', operation: 'CreateLogStream', input: place };
      const result = await caller.call(call, signal);
      created = result.status === 'done' || result.errorCode === 'ResourceAlreadyExistsException';
      if (!created && result.status === 'failed') return batch.map(() => result.outcome);
    }
    return send(batch, signal);
  };
}

/** A name for the stream of a rule's target, the same every time. It looks like a UUID, as those of the service do. */
function streamOf({ context, target }: Opening): string {
  const digest = createHash('sha256').update(`${context.ruleArn}\n${target.Id}`).digest('hex');
  return digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

interface Answer {
  readonly rejectedLogEventsInfo?: {
    readonly tooOldLogEventEndIndex?: number;
    readonly tooNewLogEventStartIndex?: number;
    readonly expiredLogEventEndIndex?: number;
  };
}

function putLogEvents({ target }: Opening, place: object): BatchSpec<LogEntry> {
  return {
    service: 'logs',
    operation: 'PutLogEvents',
    maxBytes: limits.logBatchBytes,
    entryOf: logEntryMaker(target),
    bytesOf: ({ message }) => Buffer.byteLength(message) + limits.logEventOverheadBytes,
    inputOf: (entries) => ({ ...place, logEvents: sorted(entries).map(({ entry }) => entry) }),
    failuresIn: (text, entries) => refusedIn(parseObject(text) as Answer, entries),
  };
}

/** The service wants events in the order of their times. */
const sorted = (entries: readonly LogEntry[]) =>
  entries
    .map((entry, index) => ({ entry, index }))
    .toSorted((one, other) => one.entry.timestamp - other.entry.timestamp);

const REFUSED: EntryFailure = {
  code: 'InvalidParameterException',
  message: 'The log event is too old, or too far ahead.',
};

function refusedIn({ rejectedLogEventsInfo: info }: Answer, entries: readonly LogEntry[]) {
  if (!info) return new Map<number, EntryFailure>();
  const before = Math.max(info.tooOldLogEventEndIndex ?? 0, info.expiredLogEventEndIndex ?? 0);
  const from = info.tooNewLogEventStartIndex ?? entries.length;
  const refused = sorted(entries).filter((_, at) => at < before || at >= from);
  return new Map(refused.map(({ index }) => [index, REFUSED]));
}
