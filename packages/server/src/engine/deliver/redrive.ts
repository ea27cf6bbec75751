import { parseArn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { Rule } from '../../model/resources.ts';
import type { Catalog } from '../catalog.ts';
import { buildEnvelope, readEnvelope } from '../envelope.ts';
import type { Lanes } from '../lane/lanes.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeadLetter, LogId, NewLogRecord, Position, Storage } from '../ports/storage.ts';
import type { RetainedLog } from '../retention.ts';
import type { RuleBooks } from '../route/rule-book.ts';
import { subscriptionId, type Subscription } from '../route/subscription.ts';
import type { DeadLetterDocument, DeadLetters } from './dead-letter.ts';

/** The log of redriven events. No bus owns it and nothing routes it: only parked rows point into it. */
export const REDRIVE_LOG: LogId = 'redrive';

/** Retention takes each record for as large as can be, so that it keeps none beyond those that a row still needs. */
const ASSUMED_BYTES = Number.MAX_SAFE_INTEGER;

export interface RedriveRequest {
  /** Of the dead letter. */
  readonly id: string;
  /** The event's JSON text, where it is to be delivered otherwise than it was. The id stays the same. */
  readonly event?: string | undefined;
}

/**
 * `redriven`: a delivery is under way, durably. Otherwise nothing was done: `missing`: there is no such dead letter;
 * `under-way`: it is being tried already; `gone`: its rule or target does not exist any more; `invalid`: the edited event
 * is no event.
 */
export interface RedriveResult {
  readonly id: string;
  readonly status: 'redriven' | 'missing' | 'under-way' | 'gone' | 'invalid';
  readonly reason?: string | undefined;
}

export interface RedriveParts {
  readonly storage: Pick<Storage, 'log' | 'deadLetters'>;
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly books: RuleBooks;
  readonly lanes: Lanes;
  readonly deadLetters: DeadLetters;
}

/** A dead letter with the lane that takes it. */
interface Redrivable {
  readonly letter: DeadLetter;
  readonly subscription: Subscription;
  readonly home: LogId;
  readonly record: NewLogRecord;
}

/**
 * Brings dead letters back to the lanes that they came from. The bus's log may have forgotten the event by then, and an
 * edited one never was in it, so the event goes into a log of its own, and a parked row of the lane points at it. From
 * there on it is a delivery like any other, with a fresh patience. Delivered, it takes its dead letter away; failed for
 * good, it leaves a new one.
 */
export class Redrives {
  readonly #parts: RedriveParts;
  /** Below here nothing is appended that has no row. Unknown until the log is looked at. */
  #cursor: Position = 0n;
  #queue: Promise<unknown> = Promise.resolve();
  #opened = false;

  constructor(parts: RedriveParts) {
    this.#parts = parts;
  }

  /** Looks for a log that an earlier run left, so that retention clears it up. */
  async load(): Promise<void> {
    const state = (await this.#parts.storage.log.list()).find(({ log }) => log === REDRIVE_LOG);
    if (!state) return;
    this.#cursor = state.next;
    this.#opened = true;
  }

  /** Redrives letters, in order; one result each. Rejects with the store's error; some may be under way by then. */
  redrive(requests: readonly RedriveRequest[]): Promise<RedriveResult[]> {
    // One call at a time: the cursor then needs no bookkeeping.
    const done = this.#queue.then(() => this.#redriveAll(requests));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /** Whether a dead letter is being delivered again right now. */
  underWay(id: string): boolean {
    return this.#parts.deadLetters.redriven.has(id);
  }

  /** What retention has to know of the log of redriven events. */
  retained(): RetainedLog[] {
    if (!this.#opened) return [];
    const cursor = this.#cursor;
    return [{ log: REDRIVE_LOG, cursor, next: cursor, meanBytes: ASSUMED_BYTES }];
  }

  async #redriveAll(requests: readonly RedriveRequest[]): Promise<RedriveResult[]> {
    const { storage } = this.#parts;
    const { next } = await storage.log.create(REDRIVE_LOG);
    this.#cursor = next;
    this.#opened = true;
    const results: RedriveResult[] = [];
    for (let start = 0; start < requests.length; start += limits.redriveBatch) {
      results.push(...(await this.#redriveBatch(requests.slice(start, start + limits.redriveBatch))));
    }
    return results;
  }

  async #redriveBatch(requests: readonly RedriveRequest[]): Promise<RedriveResult[]> {
    const { storage, lanes, deadLetters } = this.#parts;
    const results: RedriveResult[] = [];
    const ready: Redrivable[] = [];
    for (const request of requests) {
      const found = await this.#find(request);
      if ('letter' in found) {
        // From here on a second request for the same letter is told so, also one of this batch.
        deadLetters.redriven.add(found.letter.id);
        ready.push(found);
        results.push({ id: request.id, status: 'redriven' });
      } else results.push(found);
    }
    try {
      const positions = await storage.log.append(
        REDRIVE_LOG,
        ready.map(({ record }) => record),
      );
      await Promise.all(
        ready.map(({ subscription, home, letter }, index) =>
          lanes.redrive(subscription, home, {
            log: REDRIVE_LOG,
            position: positions[index]!,
            letter: letter.id,
          }),
        ),
      );
      const last = positions.at(-1);
      if (last !== undefined) this.#cursor = last + 1n;
    } catch (error) {
      for (const { letter } of ready) deadLetters.redriven.delete(letter.id);
      throw error;
    }
    return results;
  }

  async #find({ id, event }: RedriveRequest): Promise<Redrivable | RedriveResult> {
    const { storage, catalog, books, deadLetters } = this.#parts;
    if (deadLetters.redriven.has(id)) {
      return { id, status: 'under-way', reason: 'The dead letter is being delivered again already.' };
    }
    const letter = await storage.deadLetters.get(id);
    if (!letter) return { id, status: 'missing', reason: 'There is no such dead letter.' };
    const document = letter.document as DeadLetterDocument;
    const rule = ruleOf(catalog, letter);
    if (!rule) return { id, status: 'gone', reason: `The rule ${letter.rule} does not exist any more.` };
    const target = rule.targets.find(
      ({ Id, Arn }) => Id === document.targetId || (!document.targetId && Arn === letter.target),
    );
    const subscription = target && books.subscription(subscriptionId(rule.uid, target.Id));
    const home = catalog.bus(rule, rule.bus)?.document.log;
    if (!subscription || home === undefined) {
      return {
        id,
        status: 'gone',
        reason: `The rule has no target ${document.targetId ?? letter.target} any more.`,
      };
    }
    const text = event === undefined ? document.event : editedEvent(document.event, event);
    if (text === undefined) {
      return {
        id,
        status: 'invalid',
        reason:
          'The event must be a JSON object with "source" and "detail-type" (texts) and "detail" (an object).',
      };
    }
    return { letter, subscription, home, record: this.#record(letter, document, text) };
  }

  #record(letter: DeadLetter, document: DeadLetterDocument, event: string): NewLogRecord {
    return {
      eventId: letter.eventId,
      // Patience is counted from here: it is a new series of attempts.
      ingestedAt: this.#parts.clock.now(),
      account: document.account,
      event,
      traceHeader: document.traceHeader,
      hops: document.hops,
    };
  }
}

/** The rule that a letter names, by its name: one that was deleted and made anew takes the letter too. */
function ruleOf(catalog: Catalog, letter: DeadLetter): Rule | undefined {
  const bus = parseArn(letter.bus);
  const rule = parseArn(letter.rule)?.resource;
  if (!bus || rule === undefined) return undefined;
  const busName = bus.resource.slice(bus.resource.indexOf('/') + 1);
  return catalog.rule(bus, busName, rule.slice(rule.lastIndexOf('/') + 1))?.document;
}

/** The edited event as an envelope of the house; members that were left out are those of the original. */
function editedEvent(original: string, edited: string): string | undefined {
  const before = readEnvelope(original);
  const after = readEnvelope(edited);
  if (!before || !after) return undefined;
  return buildEnvelope({
    id: before.id ?? '',
    detailType: after.detailType,
    source: after.source,
    account: after.account ?? before.account ?? '',
    time: after.time ?? before.time ?? 0,
    region: after.region ?? before.region ?? '',
    resources: after.resources ?? before.resources ?? [],
    replayName: before.replayName,
    detail: after.detail,
  });
}
