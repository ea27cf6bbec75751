import type { Credentials } from '../model/signature/sign-request.ts';
import type { Command } from './command.ts';
import type { Output } from './output.ts';

/** What the environment says to clients of a daemon. */
export interface ClientEnvironment {
  readonly url: string | undefined;
  readonly region: string | undefined;
  readonly credentials: Credentials | undefined;
}

/** What a command has of the world around it. */
export interface Context {
  readonly environment: ClientEnvironment;
  /** As the daemon's port is: the time in milliseconds since the epoch, and calls after a delay, which can be cancelled. */
  readonly clock: {
    now(): number;
    after(delayMs: number, callback: () => void): () => void;
  };
  readonly output: Output;
  /** Everything on standard input. */
  readonly readInput: () => Promise<string>;
  /** The same, as it comes. */
  readonly input: AsyncIterable<Buffer>;
  /** Calls back at the first Ctrl-C; the returned function lets Ctrl-C end the process again. */
  readonly onInterrupt: (callback: () => void) => () => void;
  /** All commands, this one included. */
  readonly commands: readonly Command[];
}
