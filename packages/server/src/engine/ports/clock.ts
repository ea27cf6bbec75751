/** All time comes through here, so that tests and users can move it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once `delayMs` have passed on this clock. The returned function cancels. */
  after(delayMs: number, callback: () => void, urgency?: Urgency): () => void;
}

/**
 * Looking over what may have happened, as opposed to something that is due: nobody waits for it. A clock that is moved by
 * hours does not stop for each of them.
 */
export type Urgency = 'housekeeping';

/** All chance comes through here, so that a seeded run repeats. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A lower-case UUID. */
  uuid(): string;
}
