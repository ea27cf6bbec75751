import { parseArn, type Arn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { Rule } from '../../model/resources.ts';
import type { Schedule } from '../../model/schedule.ts';
import type { Catalog } from '../catalog.ts';
import { buildEnvelope, readEnvelope } from '../envelope.ts';
import type { Clock } from '../ports/clock.ts';
import type { TargetConnector } from '../ports/connector.ts';
import type { DeadLetter, DeadLetterStore, LogId, NewLogRecord } from '../ports/storage.ts';
import { detourOf } from '../route/detour.ts';
import type { RuleBooks } from '../route/rule-book.ts';
import { subscriptionId, type Subscription } from '../route/subscription.ts';
import type { DeadLetterDocument } from './dead-letter.ts';
import { PayloadEditor } from './payload-editor.ts';

export interface RedriveRequest {
  /** Of the dead letter. */
  readonly id: string;
  /** The event's JSON text, where it is to be delivered otherwise than it was. The id stays the same. */
  readonly event?: string | undefined;
}

/** What is done to all letters of a call. */
export interface RedriveManner {
  /** A JSONata expression that makes the new payload of the old one. */
  readonly edit?: string | undefined;
  /** The ARN of another target. */
  readonly to?: string | undefined;
}

/** Why a letter is not redriven: see `RedriveResult`. */
export interface Refusal {
  readonly id: string;
  readonly status: 'missing' | 'under-way' | 'gone' | 'invalid';
  readonly reason: string;
}

/** A dead letter with the lane that takes it. */
export interface Redrivable {
  readonly letter: DeadLetter;
  readonly subscription: Subscription;
  readonly home: LogId;
  readonly record: NewLogRecord;
  /** What goes out instead of what the target's settings would make of the event. */
  readonly payload: string | undefined;
  /** The schedule that is gone, which is then to be kept for as long as this goes on. */
  readonly remains?: Schedule | undefined;
}

type Place = Pick<Redrivable, 'subscription' | 'home' | 'remains'>;

/** Schedules as the redrive of their dead letters sees them. */
export interface ScheduleLanes {
  /** The lane of the schedule that an ARN names; undefined when there is no such schedule. */
  laneOf(schedule: Arn): Promise<Place | undefined>;
  /** The lane of one that is gone. */
  laneOfRemains(schedule: Schedule): Promise<Place>;
}

export interface RedrivableParts {
  readonly schedules: ScheduleLanes;
  readonly letters: Pick<DeadLetterStore, 'get'>;
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly books: RuleBooks;
  readonly connectors: readonly TargetConnector[];
  /** Whether the letter is being delivered again already. */
  readonly underWay: (id: string) => boolean;
}

const NO_EVENT =
  'The event must be a JSON object with "source" and "detail-type" (texts) and "detail" (an object).';

const NO_EVENT_OF_RULE = 'What a schedule has fired is no event to be changed: edit its payload.';

const isSchedule = ({ rule }: DeadLetter): boolean => parseArn(rule)?.service === 'scheduler';

/** Finds out for the letters of one call what is to be delivered where. Close it afterwards. */
export class RedrivableFinder {
  readonly #parts: RedrivableParts;
  readonly #to: string | undefined;
  readonly #editor: PayloadEditor | undefined;

  constructor(parts: RedrivableParts, { edit, to }: RedriveManner) {
    this.#parts = parts;
    this.#to = to;
    this.#editor = edit === undefined ? undefined : new PayloadEditor(edit, parts.clock);
  }

  async close(): Promise<void> {
    await this.#editor?.close();
  }

  async find({ id, event }: RedriveRequest): Promise<Redrivable | Refusal> {
    const { letters, underWay } = this.#parts;
    if (underWay(id)) {
      return { id, status: 'under-way', reason: 'The dead letter is being delivered again already.' };
    }
    const letter = await letters.get(id);
    if (!letter) return { id, status: 'missing', reason: 'There is no such dead letter.' };
    const document = letter.document as DeadLetterDocument;
    const place = await this.#place(letter, document);
    if ('status' in place) return place;
    if (event !== undefined && isSchedule(letter)) return { id, status: 'invalid', reason: NO_EVENT_OF_RULE };
    const text = event === undefined ? document.event : editedEvent(document.event, event);
    if (text === undefined) return { id, status: 'invalid', reason: NO_EVENT };
    const record = this.#record(letter, document, text);
    // The input of a schedule that is gone is only in what it has sent.
    if (!this.#editor) {
      return { ...place, letter, record, payload: place.remains && document.payload };
    }
    const answer = await this.#editor.apply(document.payload ?? document.event);
    if ('reason' in answer) return { id, status: 'invalid', reason: answer.reason };
    return { ...place, letter, record, payload: answer.edited };
  }

  /** The lane: that of the target as it is now, or one beside it that goes elsewhere. */
  async #place(letter: DeadLetter, document: DeadLetterDocument): Promise<Place | Refusal> {
    const { id } = letter;
    const arn = parseArn(letter.rule);
    const place =
      arn && isSchedule(letter) ? await this.#ofSchedule(arn, document) : this.#ofRule(letter, document);
    if (typeof place === 'string') return { id, status: 'gone', reason: place };
    const { subscription, home, remains } = place;
    if (this.#to === undefined || this.#to === subscription.target.Arn) return place;
    const detour = detourOf(subscription, this.#to);
    const fault = faultOfDetour(detour, this.#parts.connectors);
    return fault === undefined
      ? { subscription: detour, home, remains }
      : { id, status: 'invalid', reason: fault };
  }

  async #ofSchedule(arn: Arn, { schedule: remains }: DeadLetterDocument): Promise<Place | string> {
    const { schedules } = this.#parts;
    const place = await schedules.laneOf(arn);
    if (place) return place;
    if (!remains) return `The schedule ${arn.text} does not exist any more.`;
    return { ...(await schedules.laneOfRemains(remains)), remains };
  }

  #ofRule(letter: DeadLetter, document: DeadLetterDocument): Place | string {
    const { catalog, books } = this.#parts;
    const rule = ruleOf(catalog, letter);
    if (!rule) return `The rule ${letter.rule} does not exist any more.`;
    const target = rule.targets.find(
      ({ Id, Arn: text }) => Id === document.targetId || (!document.targetId && text === letter.target),
    );
    const subscription = target && books.subscription(subscriptionId(rule.uid, target.Id));
    const home = catalog.bus(rule, rule.bus)?.document.log;
    if (subscription && home !== undefined) return { subscription, home };
    return `The rule has no target ${document.targetId ?? letter.target} any more.`;
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

/** Why nothing can be delivered to a detour's target; undefined when it can. */
function faultOfDetour(
  { arn, target }: Subscription,
  connectors: readonly TargetConnector[],
): string | undefined {
  if (!arn || target.Arn.length > limits.adminNameChars) return `${target.Arn.slice(0, 256)} is not an ARN.`;
  const connector = connectors.find((candidate) => candidate.accepts(arn));
  if (!connector) return `Busbar has no connector for ${arn.text}.`;
  return connector.check(arn, target);
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
