import { LogThrottle } from '../../../engine/log-throttle.ts';
import type { CounterHandle, Metrics } from '../../../engine/metrics.ts';
import { eventContext } from '../../../engine/policy/index.ts';
import type { LogId, NewLogRecord } from '../../../engine/ports/storage.ts';
import type { CarriedSpan } from '../../../engine/ports/tracing.ts';
import { eventBusArn } from '../../../model/arn.ts';
import { ApiError, validationError } from '../../../model/errors.ts';
import { limits } from '../../../model/limits.ts';
import { defineOperation, type Call, type Operation } from '../../../model/operation.ts';
import type { EventBus } from '../../../model/resources.ts';
import { busReference, denialOf, findBus, type BusReference } from './bus-access.ts';
import type { EventsContext } from './dependencies.ts';
import {
  checkEntry,
  checkLengths,
  entryBytes,
  entryRecord,
  type CheckedEntry,
  type EntryError,
  type EntryResult,
  type PutEventsEntry,
} from './put-events-entry.ts';

interface Input {
  readonly Entries: readonly PutEventsEntry[];
  /** Taken and ignored: one machine is every region's endpoint. */
  readonly EndpointId?: string;
}

/** The records of a call for one log, and which entries they come from. */
interface Batch {
  readonly records: NewLogRecord[];
  readonly entries: number[];
}

/** A bus that entries of the call name. */
interface Destination {
  readonly reference: BusReference;
  readonly bus: EventBus | undefined;
}

const PUT_EVENTS = 'events:PutEvents';

function counters(
  metrics: Metrics,
): Record<
  'calls' | 'successes' | 'failures' | 'throttled' | 'entries' | 'failedEntries' | 'busless',
  CounterHandle
> {
  return {
    calls: metrics.counter('put_events_approximate_call_count'),
    successes: metrics.counter('put_events_approximate_success_count'),
    failures: metrics.counter('put_events_approximate_failed_count'),
    throttled: metrics.counter('put_events_approximate_throttled_count'),
    entries: metrics.counter('put_events_entries_count'),
    failedEntries: metrics.counter('put_events_failed_entries_count'),
    busless: metrics.counter('events_without_bus'),
  };
}

/** Finds every bus that the entries name, each once. Waits only where a default bus has to be brought into being. */
async function findDestinations(
  context: EventsContext,
  entries: readonly PutEventsEntry[],
  call: Call,
): Promise<Map<string | undefined, Destination>> {
  const destinations = new Map<string | undefined, Destination>();
  for (const { EventBusName: name } of entries) {
    if (destinations.has(name)) continue;
    const reference = busReference(name, call);
    const known = context.catalog.bus(reference.scope, reference.name) ?? (await findBus(context, reference));
    destinations.set(name, { reference, bus: known?.document });
  }
  return destinations;
}

/** Why the bus's policy refuses an entry; undefined when it may pass. */
function policyDenial(
  checked: CheckedEntry,
  { reference, bus }: Destination,
  call: Call,
): EntryError | undefined {
  const { scope, name, foreign } = reference;
  if (!foreign && bus?.policy === undefined) return undefined;
  const denial = denialOf(call, bus?.policy, foreign, {
    action: PUT_EVENTS,
    resource: bus?.arn ?? eventBusArn(scope.region, scope.account, name),
    context: eventContext(checked, false),
  });
  return denial === undefined ? undefined : { ErrorCode: 'AccessDeniedException', ErrorMessage: denial };
}

/** What became of a batch whose records could not be appended. */
function appendFailure(error: unknown): EntryError {
  return error instanceof ApiError && error.code === 'ThrottlingException'
    ? { ErrorCode: error.code, ErrorMessage: error.message }
    : { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal Service Failure' };
}

/**
 * Appends to every log once. When no log took anything, the call fails as a whole, so that clients try it again by
 * themselves; else the entries that got lost are marked.
 */
async function appendAll(
  context: EventsContext,
  batches: ReadonlyMap<LogId, Batch>,
  results: EntryResult[],
): Promise<void> {
  const logs = [...batches];
  const outcomes = await Promise.allSettled(
    logs.map(([log, { records }]) => context.ingest.append(log, records)),
  );
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (failed.length > 0 && failed.length === outcomes.length) throw failed[0]!.reason;
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') continue;
    for (const entry of logs[index]![1].entries) results[entry] = appendFailure(outcome.reason);
  }
}

/** Takes in the entries of one call. */
class EntryIntake {
  readonly results: EntryResult[] = [];
  readonly batches = new Map<LogId, Batch>();
  /** Events whose bus does not exist: accepted like any other, then dropped, as the service does. */
  busless = 0;
  readonly #context: EventsContext;
  readonly #call: Call;
  readonly #now: number;
  readonly #spans: CarriedSpan[] = [];

  constructor(context: EventsContext, call: Call) {
    this.#context = context;
    this.#call = call;
    this.#now = context.clock.now();
  }

  take(entry: PutEventsEntry, destination: Destination): void {
    this.results.push(this.#take(entry, destination));
  }

  #take(entry: PutEventsEntry, destination: Destination): EntryResult {
    const checked = checkEntry(entry);
    if ('ErrorCode' in checked) return checked;
    const refused = policyDenial(checked, destination, this.#call) ?? checkLengths(checked);
    if (refused) return refused;
    const eventId = this.#context.random.uuid();
    const { bus, reference } = destination;
    if (bus) {
      this.#add(bus.log, this.#traced(entryRecord(checked, eventId, this.#now, this.#call), bus));
    } else {
      this.busless++;
      this.#context.logger.debug({ eventId, bus: reference.name }, 'event dropped: its bus does not exist');
    }
    return { EventId: eventId };
  }

  /** The record with the header of its span, from which routing and deliveries go on. */
  #traced(record: NewLogRecord, bus: EventBus): NewLogRecord {
    const { tracing } = this.#context;
    if (!tracing) return record;
    const attributes = { 'busbar.event_id': record.eventId, 'busbar.bus': bus.arn };
    const span = tracing.publish(record.traceHeader, this.#now, attributes);
    if (!span) return record;
    this.#spans.push(span);
    return { ...record, traceHeader: span.traceHeader };
  }

  /** Ends the spans of the call's events. */
  ended(error?: Error): void {
    const now = this.#context.clock.now();
    for (const span of this.#spans) span.end(now, error?.message);
  }

  #add(log: LogId, record: NewLogRecord): void {
    let batch = this.batches.get(log);
    if (!batch) {
      batch = { records: [], entries: [] };
      this.batches.set(log, batch);
    }
    batch.records.push(record);
    batch.entries.push(this.results.length);
  }
}

async function appendTraced(context: EventsContext, intake: EntryIntake): Promise<void> {
  try {
    await appendAll(context, intake.batches, intake.results);
    intake.ended();
  } catch (error) {
    intake.ended(error as Error);
    throw error;
  }
}

/** PutEvents: answers once every accepted event is durable in its bus's log. */
export function putEvents(context: EventsContext): Operation {
  const { clock, metrics } = context;
  const count = counters(metrics);
  const latency = metrics.histogram('put_events_latency_milliseconds');
  const refusals = new LogThrottle(context.logger, clock);
  const size = metrics.histogram('put_events_request_size_bytes');

  async function publish({ Entries: entries }: Input, call: Call): Promise<object> {
    let bytes = 0;
    for (const entry of entries) bytes += entryBytes(entry);
    size.observe(bytes);
    if (bytes >= limits.putEventsRequestBytes) {
      throw validationError('Total size of the entries in the request is over the limit.');
    }
    const destinations = await findDestinations(context, entries, call);
    const intake = new EntryIntake(context, call);
    for (const entry of entries) intake.take(entry, destinations.get(entry.EventBusName)!);
    if (intake.busless > 0) count.busless.inc(intake.busless);
    if (intake.batches.size > 0) await appendTraced(context, intake);
    const failed = intake.results.filter((result) => 'ErrorCode' in result).length;
    if (failed > 0) {
      count.failedEntries.inc(failed);
      const first = intake.results.find((result) => 'ErrorCode' in result);
      refusals.line(
        'info',
        { requestId: call.requestId, failed, code: first?.ErrorCode },
        'entries were refused',
      );
    }
    return { FailedEntryCount: failed, Entries: intake.results };
  }

  return defineOperation<Input>('PutEvents', async (input, call) => {
    const start = clock.now();
    count.calls.inc();
    count.entries.inc(input.Entries.length);
    try {
      const answer = await publish(input, call);
      count.successes.inc();
      return answer;
    } catch (error) {
      count.failures.inc();
      if (error instanceof ApiError && error.code === 'ThrottlingException') count.throttled.inc();
      throw error;
    } finally {
      latency.observe(clock.now() - start);
    }
  });
}
