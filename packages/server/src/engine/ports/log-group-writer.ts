import type { Arn } from '../../model/arn.ts';
import type { SendOutcome } from './connector.ts';

export interface LogEntry {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

/** On whose behalf: checked against the account's resource policies where it has any. */
export interface LogWriteSource {
  readonly service: 'events.amazonaws.com';
  readonly sourceArn: string;
  readonly account: string;
}

/** The built-in log groups as targets see them. */
export interface LogGroupWriter {
  /**
   * Writes one log event an entry, in a stream that the service chooses. One outcome an entry, in order; a group that
   * does not exist: `reject` with `NO_RESOURCE`. `group` is that account and region's, `name` its name in it.
   */
  write(
    group: Arn,
    name: string,
    entries: readonly LogEntry[],
    source: LogWriteSource,
  ): Promise<SendOutcome[]>;
}
