import { limits } from '../../model/limits.ts';
import type { Catalog } from '../catalog.ts';
import type { Lanes } from '../lane/lanes.ts';
import type { Clock } from '../ports/clock.ts';
import type { TargetConnector } from '../ports/connector.ts';
import type { LogId, LogRecord, NewLogRecord, Position, Storage } from '../ports/storage.ts';
import type { RetainedLog } from '../retention.ts';
import type { RuleBooks } from '../route/rule-book.ts';
import type { Subscription } from '../route/subscription.ts';
import type { ScheduleRemains } from '../scheduler/remains.ts';
import type { DeadLetterDocument, DeadLetters } from './dead-letter.ts';
import {
  RedrivableFinder,
  type Redrivable,
  type RedriveManner,
  type RedriveRequest,
  type Refusal,
  type ScheduleLanes,
} from './redrivable.ts';

/** The log of redriven events. No bus owns it and nothing routes it: only parked rows point into it. */
export const REDRIVE_LOG: LogId = 'redrive';

/** Retention takes each record for as large as can be, so that it keeps none beyond those that a row still needs. */
const ASSUMED_BYTES = Number.MAX_SAFE_INTEGER;

/**
 * `redriven`: a delivery is under way, durably. Otherwise nothing was done: `missing`: there is no such dead letter;
 * `under-way`: it is being tried already; `gone`: its rule or target does not exist any more; `invalid`: the edited event
 * is no event, the payload cannot be edited, or nothing can be delivered to the other target.
 */
export type RedriveResult =
  { readonly id: string; readonly status: 'redriven'; readonly reason?: undefined } | Refusal;

/** What would be delivered. */
export type RedrivePreview =
  | {
      readonly id: string;
      readonly status: 'redrivable';
      readonly target: string;
      /** The payload that failed (absent when none could be made), and the one that would go out. */
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  | Refusal;

export interface RedriveParts {
  readonly storage: Pick<Storage, 'log' | 'deadLetters'>;
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly books: RuleBooks;
  readonly lanes: Lanes;
  readonly deadLetters: DeadLetters;
  readonly connectors: readonly TargetConnector[];
  readonly schedules: ScheduleLanes;
  readonly remains: Pick<ScheduleRemains, 'keep'>;
}

/** One delivery that is to be made once more. */
interface Repeat {
  readonly subscription: Subscription;
  readonly home: LogId;
  readonly record: NewLogRecord;
  readonly letter?: string | undefined;
  readonly payload?: string | undefined;
}

/**
 * Brings dead letters back to the lanes that they came from, or to other targets, and sends single events once more. The
 * bus's log may have forgotten the event by then, and an edited one never was in it, so the event goes into a log of its
 * own, and a parked row of the lane points at it. From there on it is a delivery like any other, with a fresh patience.
 * Delivered, it takes its dead letter away; failed for good, it leaves a new one.
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
  redrive(requests: readonly RedriveRequest[], manner: RedriveManner = {}): Promise<RedriveResult[]> {
    return this.#inTurn(() => this.#redriveAll(requests, manner));
  }

  /** What `redrive` would do, without doing it. */
  async preview(requests: readonly RedriveRequest[], manner: RedriveManner): Promise<RedrivePreview[]> {
    const finder = this.#finder(manner);
    try {
      const previews: RedrivePreview[] = [];
      for (const request of requests) {
        const found = await finder.find(request);
        previews.push('letter' in found ? previewOf(found) : found);
      }
      return previews;
    } finally {
      await finder.close();
    }
  }

  /** Sends an event to one subscription once more, as a new series of attempts. Resolves once that is durable. */
  resend(record: LogRecord, subscription: Subscription, home: LogId): Promise<void> {
    const { eventId, account, event, traceHeader, hops } = record;
    const ingestedAt = this.#parts.clock.now();
    const copy: NewLogRecord = { eventId, ingestedAt, account, event, traceHeader, hops };
    return this.#inTurn(async () => {
      await this.#openLog();
      await this.#repeat([{ subscription, home, record: copy }]);
    });
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

  #finder(manner: RedriveManner): RedrivableFinder {
    const { storage, clock, catalog, books, connectors, schedules } = this.#parts;
    const underWay = (id: string): boolean => this.underWay(id);
    return new RedrivableFinder(
      { letters: storage.deadLetters, clock, catalog, books, connectors, schedules, underWay },
      manner,
    );
  }

  /** One call at a time: the cursor then needs no bookkeeping. */
  #inTurn<Result>(call: () => Promise<Result>): Promise<Result> {
    const done = this.#queue.then(call);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #openLog(): Promise<void> {
    const { next } = await this.#parts.storage.log.create(REDRIVE_LOG);
    this.#cursor = next;
    this.#opened = true;
  }

  async #redriveAll(requests: readonly RedriveRequest[], manner: RedriveManner): Promise<RedriveResult[]> {
    await this.#openLog();
    const finder = this.#finder(manner);
    try {
      const results: RedriveResult[] = [];
      for (let start = 0; start < requests.length; start += limits.redriveBatch) {
        const batch = requests.slice(start, start + limits.redriveBatch);
        results.push(...(await this.#redriveBatch(batch, finder)));
      }
      return results;
    } finally {
      await finder.close();
    }
  }

  async #redriveBatch(
    requests: readonly RedriveRequest[],
    finder: RedrivableFinder,
  ): Promise<RedriveResult[]> {
    const { redriven } = this.#parts.deadLetters;
    const results: RedriveResult[] = [];
    const ready: Redrivable[] = [];
    for (const request of requests) {
      const found = await finder.find(request);
      if ('letter' in found) {
        // From here on a second request for the same letter is told so, also one of this batch.
        redriven.add(found.letter.id);
        ready.push(found);
        results.push({ id: request.id, status: 'redriven' });
      } else results.push(found);
    }
    try {
      for (const { remains } of ready) if (remains) await this.#parts.remains.keep(remains);
      await this.#repeat(ready.map((found) => ({ ...found, letter: found.letter.id })));
    } catch (error) {
      for (const { letter } of ready) redriven.delete(letter.id);
      throw error;
    }
    return results;
  }

  /** Resolves once every delivery is durable. */
  async #repeat(repeats: readonly Repeat[]): Promise<void> {
    const { storage, lanes } = this.#parts;
    const positions = await storage.log.append(
      REDRIVE_LOG,
      repeats.map(({ record }) => record),
    );
    await Promise.all(
      repeats.map(({ subscription, home, letter, payload }, index) =>
        lanes.redrive(subscription, home, { log: REDRIVE_LOG, position: positions[index]!, letter, payload }),
      ),
    );
    const last = positions.at(-1);
    if (last !== undefined) this.#cursor = last + 1n;
  }
}

function previewOf({ letter, subscription, record, payload }: Redrivable): RedrivePreview {
  const { payload: before } = letter.document as DeadLetterDocument;
  const built = payload === undefined ? subscription.payload({ ...record, position: 0n }) : undefined;
  const after = payload ?? (built?.ok ? built.payload : undefined);
  return { id: letter.id, status: 'redrivable', target: subscription.target.Arn, before, after };
}
