/** Where a clock stands after it was advanced. */
export interface AdvancedClock {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What it is ahead of the machine's. */
  readonly offsetMs: number;
  /** How often it stopped on the way, for timers. */
  readonly stops: number;
}

/** Moves the clock that the daemon goes by. */
export interface ClockMover {
  now(): number;
  readonly offsetMs: number;
  advance(ms: number): Promise<AdvancedClock>;
}
