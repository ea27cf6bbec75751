import type { Clock } from '../../engine/ports/clock.ts';
import { DELIVERED, type SendOutcome } from '../../engine/ports/connector.ts';
import type { LogEventStore, NewLogEvent } from '../../engine/ports/log-group-storage.ts';
import type { LogEntry, LogGroupWriter, LogWriteSource } from '../../engine/ports/log-group-writer.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import { StorageError } from '../../engine/ports/storage.ts';
import type { Arn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import { logStreamArn } from '../../model/log-group-arn.ts';
import { eventBytes, timeFault } from './batch.ts';
import { DeliveryStreams } from './delivery-streams.ts';
import type { LogGroup, LogGroups } from './groups.ts';
import type { LogPolicies } from './policies.ts';

const NO_GROUP: SendOutcome = {
  status: 'reject',
  code: 'NO_RESOURCE',
  reason: 'The specified log group does not exist.',
};

const STORE_FAILED: SendOutcome = {
  status: 'retry',
  code: 'INTERNAL_ERROR',
  reason: 'The log group could not store the event.',
};

const invalid = (reason: string): SendOutcome => ({ status: 'reject', code: 'INVALID_PARAMETER', reason });

const EMPTY = invalid('A log event needs a message.');
const TOO_LARGE = invalid(`A log event takes at most ${limits.logBatchBytes} bytes.`);

const wrongTime = (why: string): SendOutcome => ({
  status: 'reject',
  code: 'EVENTS_IN_BATCH_REQUEST_REJECTED',
  reason: `The log group does not take the event: its time is ${why}.`,
});

const TIME_FAULTS = {
  tooOld: wrongTime('more than 14 days ago'),
  expired: wrongTime("before the group's retention"),
  tooNew: wrongTime('more than 2 hours ahead'),
} as const;

/** How targets reach the built-in log groups. */
export class EngineLogGroupWriter implements LogGroupWriter {
  readonly #groups: LogGroups;
  readonly #policies: LogPolicies;
  readonly #store: LogEventStore;
  readonly #streams: DeliveryStreams;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(groups: LogGroups, policies: LogPolicies, store: LogEventStore, clock: Clock, logger: Logger) {
    this.#groups = groups;
    this.#policies = policies;
    this.#store = store;
    this.#streams = new DeliveryStreams(store);
    this.#clock = clock;
    this.#logger = logger;
  }

  async write(
    arn: Arn,
    name: string,
    entries: readonly LogEntry[],
    source: LogWriteSource,
  ): Promise<SendOutcome[]> {
    const group = this.#groups.find(arn, name);
    if (!group) return entries.map(() => NO_GROUP);
    const now = this.#clock.now();
    const stream = this.#streams.nameFor(group.id, source.sourceArn, now);
    if (!this.#policies.mayWrite(group, group.arn, logStreamArn(group.arn, stream), source)) {
      return entries.map(() => notAllowed(group, source));
    }
    const outcomes = entries.map((entry) => problemOf(group, entry, now) ?? DELIVERED);
    const accepted = entries
      .filter((_, index) => outcomes[index] === DELIVERED)
      .map(({ timestamp, message }) => ({ timestamp, ingestedAt: now, message }));
    const failure = accepted.length === 0 ? undefined : await this.#append(group, stream, accepted, now);
    return failure ? outcomes.map((each) => (each === DELIVERED ? failure : each)) : outcomes;
  }

  /** Undefined when all is stored. */
  async #append(
    group: LogGroup,
    stream: string,
    events: readonly NewLogEvent[],
    now: number,
  ): Promise<SendOutcome | undefined> {
    try {
      await this.#streams.ensure(group.id, stream, now);
      await this.#store.append(group.id, stream, events);
      return undefined;
    } catch (error) {
      if (error instanceof StorageError && error.kind === 'missing') {
        // The group was deleted meanwhile, or only the stream: the next attempt creates it again.
        this.#streams.forget(group.id, stream);
        return this.#groups.find(group, group.name)?.id === group.id ? STORE_FAILED : NO_GROUP;
      }
      this.#logger.error({ logGroup: group.arn, err: error }, 'log events could not be stored');
      return STORE_FAILED;
    }
  }
}

function problemOf(group: LogGroup, { timestamp, message }: LogEntry, now: number): SendOutcome | undefined {
  if (message === '') return EMPTY;
  if (eventBytes(message) > limits.logBatchBytes) return TOO_LARGE;
  const fault = timeFault(group, timestamp, now);
  return fault && TIME_FAULTS[fault];
}

const notAllowed = (group: LogGroup, source: LogWriteSource): SendOutcome => ({
  status: 'reject',
  code: 'NO_PERMISSIONS',
  reason:
    `${source.service} is not authorized to perform: logs:PutLogEvents on resource: ${group.arn} ` +
    'because no resource policy allows it.',
});
