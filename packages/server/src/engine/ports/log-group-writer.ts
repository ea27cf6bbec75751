import type { Arn } from '../../model/arn.ts';
import type { Scope } from '../../model/resources.ts';
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

/** Log streams of what runs inside of the daemon (local functions): an account's own output, so no policy is asked. */
export interface LogStreamWriter {
  /**
   * Appends to a stream; its group and itself are created where they are missing. Resolves once the entries are stored.
   * Never rejects: what cannot be stored is told to the log of the daemon.
   */
  append(scope: Scope, group: string, stream: string, entries: readonly LogEntry[]): Promise<void>;
}
