import type { Connection } from '../../model/connections.ts';
import { limits } from '../../model/limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { TokenAnswer } from '../ports/oauth-client.ts';

/** Told once an authorization has ended: undefined when it succeeded, else why it did not. */
type Ended = (failure: string | undefined) => Promise<void>;

/** Fetches the first token of connections, beside the requests that made them. */
export class Authorizer {
  readonly #clock: Clock;
  readonly #fetch: (connection: Connection) => Promise<TokenAnswer>;
  readonly #running = new Set<Promise<void>>();
  #closed = false;
  readonly #wakers = new Set<() => void>();

  constructor(clock: Clock, fetch: (connection: Connection) => Promise<TokenAnswer>) {
    this.#clock = clock;
    this.#fetch = fetch;
  }

  authorize(connection: Connection, ended: Ended): void {
    const running = this.#run(connection, ended)
      // The store is in trouble: the connection stays AUTHORIZING, and the next start takes it up.
      .catch(() => undefined)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Waits for what is under way; it is not waited for between two tries. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#wakers) wake();
    await Promise.all(this.#running);
  }

  async #run(connection: Connection, ended: Ended): Promise<void> {
    for (let tries = 1; ; tries++) {
      const answer = await this.#fetch(connection);
      if (this.#closed) return;
      if (answer.kind === 'token') return ended(undefined);
      if (answer.kind === 'refused' || tries >= limits.oauthAuthorizeTries) return ended(answer.reason);
      await this.#pause(limits.oauthRetryMs * tries);
      if (this.#closed) return;
    }
  }

  #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(ms, resolve);
    const wake = (): void => {
      cancel();
      resolve();
    };
    this.#wakers.add(wake);
    return promise.finally(() => this.#wakers.delete(wake));
  }
}
