/**
 * A pattern text that is not valid.
 *
 * `message` and `reason` hold the bare reason, `located` the reason followed by the source position on further
 * lines (twice for errors inside anything-but lists, never for address and complexity errors), as EventBridge
 * answers it: `Event pattern is not valid. Reason: ` + `located`.
 */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly reason: string;
  /** 1-based line of the next unread character; 0 where EventBridge gives no position. */
  readonly line: number;
  /** 1-based column of the next unread character; 0 where EventBridge gives no position. */
  readonly column: number;
  readonly located: string;

  constructor(reason: string, position?: { line: number; column: number; located: string }) {
    super(reason);
    this.reason = reason;
    this.line = position?.line ?? 0;
    this.column = position?.column ?? 0;
    this.located = position?.located ?? reason;
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
