/** Something that is to happen at a time. What it is stands with its owner; the document says just enough to find that. */
export interface Timer {
  /** One timer an id: putting it again replaces it. ASCII. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** A small JSON document. */
  readonly document: unknown;
}

/**
 * The index of what is due next. There may be a million timers: a durable store keeps them on disk and answers the next few.
 */
export interface TimerStore {
  /** Removes timers and puts others, all or nothing. Unknown ids are ignored; an id that is in both is put. */
  change(remove: readonly string[], put: readonly Timer[]): Promise<void>;
  /** Up to `max` timers that are due at `now`, earliest first, of one time by id. They stay until they are changed. */
  due(now: number, max: number): Promise<Timer[]>;
  /** The timers of these ids that exist, in whatever order. */
  get(ids: readonly string[]): Promise<Timer[]>;
  /** When the earliest timer is due; undefined when there is none. */
  nextDue(): Promise<number | undefined>;
  count(): Promise<number>;
}
