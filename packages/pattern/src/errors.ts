/**
 * A pattern text that is not valid.
 *
 * `message` and `reason` hold the bare reason, `located` the reason followed by the source position on further
 * lines (twice for errors inside anything-but lists, never for address and complexity errors), as EventBridge
 * answers it: `Event pattern is not valid. Reason: ` + `located`.
 */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  declare readonly reason: string;
  /** 1-based line of the next unread character; 0 where EventBridge gives no position. */
  declare readonly line: number;
  /** 1-based column of the next unread character; 0 where EventBridge gives no position. */
  declare readonly column: number;
  declare readonly located: string;

  constructor(reason: string, position = { line: 0, column: 0, located: reason }) {
    super(reason);
    Object.assign(this, { reason, ...position });
  }

  /** The reason with its source position, ready to follow `Event pattern is not valid. Reason: `. */
  describe(): string {
    return this.located;
  }
}

/** An event that cannot be matched: not JSON, not UTF-8, or not a JSON object. `offset` counts UTF-16 units. */
export class EventError extends Error {
  override readonly name = 'EventError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
