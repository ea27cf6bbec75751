import type { Clock, Random } from '../../engine/ports/clock.ts';
import type { OutgoingDelivery, SendOutcome } from '../../engine/ports/connector.ts';
import { limits } from '../../model/limits.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import { untilAborted } from '../abortable.ts';
import { closingOnFailure } from './opened-sockets.ts';
import { forEach, retry, type Failure } from './outcomes.ts';

/*
 * Connections to servers of other systems. All sessions whose targets use one entry of `services` share one connection.
 * A connection is in one of these states:
 *
 *   absent      nobody has sent anything yet, or it was lost. → connecting with the next send, unless a failure was only
 *               just seen: then the send fails at once with the same failure, until the pause is over.
 *   connecting  every send waits for the same attempt. → connected; → absent, with a longer pause than last time.
 *   connected   → absent, when the other side goes, or when a send runs out of time: what the client still holds for a
 *               send that nobody waits for any more must not pile up.
 *   closed      the last session and the last send that used it are gone.
 *
 * Nothing reconnects by itself, and nothing waits inside of a client while there is no connection: what cannot be sent is
 * to be retried, and lanes know how.
 */

/** A client of another system, connected. */
export interface Connected<C> {
  readonly client: C;
  /** Resolves when the connection is gone, for whatever reason. */
  readonly lost: Promise<unknown>;
  /** Ends the connection; waits for nothing that only an answer from the other side could bring. */
  close(): Promise<unknown>;
}

export interface Connecting<C> {
  /** Loads the client and connects, within `limits.brokerConnectMs`. Rejects when that fails. */
  connect(settings: ServiceSettings): Promise<Connected<C>>;
  /** What a failure to connect means for a delivery. */
  failureOf(error: unknown): Failure;
}

/** A session's share of a connection. */
export interface Lease<C> {
  /** Sends a batch over the connection, which is opened first when there is none. */
  send(
    batch: readonly OutgoingDelivery[],
    signal: AbortSignal,
    work: (client: C) => Promise<SendOutcome[]>,
  ): Promise<SendOutcome[]>;
  /** Ends the share; sends under way still end as they would have. */
  release(): Promise<void>;
}

export interface Timing {
  readonly clock: Clock;
  readonly random: Random;
}

const UNCONFIGURED: Lease<never> = {
  send: async (batch) => forEach(batch, retry('CONNECTION_FAILURE', 'The server is configured no more.')),
  release: async () => undefined,
};

/** The connections of one kind, by entry of `services`. */
export class Connections<C> {
  readonly #timing: Timing;
  readonly #connecting: Connecting<C>;
  readonly #shared = new Map<ServiceSettings, SharedConnection<C>>();

  constructor(timing: Timing, connecting: Connecting<C>) {
    this.#timing = timing;
    this.#connecting = connecting;
  }

  /** A share of the connection to an entry of `services`; the entry may be gone since the target was put. */
  lease(settings: ServiceSettings | undefined): Lease<C> {
    if (!settings) return UNCONFIGURED;
    const shared = this.#of(settings);
    shared.users++;
    let released = false;
    return {
      send: (batch, signal, work) => this.#send(settings, batch, signal, work),
      release: async () => {
        if (released) return;
        released = true;
        await this.#leave(settings, shared);
      },
    };
  }

  #of(settings: ServiceSettings): SharedConnection<C> {
    let shared = this.#shared.get(settings);
    if (!shared) {
      shared = new SharedConnection(this.#timing, this.#connecting, settings);
      this.#shared.set(settings, shared);
    }
    return shared;
  }

  async #leave(settings: ServiceSettings, shared: SharedConnection<C>): Promise<void> {
    if (--shared.users > 0) return;
    if (this.#shared.get(settings) === shared) this.#shared.delete(settings);
    await shared.close();
  }

  async #send(
    settings: ServiceSettings,
    batch: readonly OutgoingDelivery[],
    signal: AbortSignal,
    work: (client: C) => Promise<SendOutcome[]>,
  ): Promise<SendOutcome[]> {
    // A session that is closed may still be sending: its sends hold the connection as well.
    const shared = this.#of(settings);
    shared.users++;
    let working = false;
    try {
      return await untilAborted(batch.length, signal, async () => {
        const got = await shared.get();
        if ('status' in got) return forEach(batch, got);
        working = true;
        const outcomes = await work(got.client);
        working = false;
        return outcomes;
      });
    } finally {
      if (working) shared.drop();
      await this.#leave(settings, shared);
    }
  }
}

class SharedConnection<C> {
  /** Sessions, and sends under way. */
  users = 0;
  readonly #timing: Timing;
  readonly #connecting: Connecting<C>;
  readonly #settings: ServiceSettings;
  #current: Promise<Connected<C> | Failure> | undefined;
  #connected: Connected<C> | undefined;
  #failures = 0;
  #lastFailure: Failure | undefined;
  #pauseUntil = 0;
  #closed = false;

  constructor(timing: Timing, connecting: Connecting<C>, settings: ServiceSettings) {
    this.#timing = timing;
    this.#connecting = connecting;
    this.#settings = settings;
  }

  get(): Promise<Connected<C> | Failure> {
    if (this.#current) return this.#current;
    const pauseMs = this.#pauseUntil - this.#timing.clock.now();
    if (this.#lastFailure && pauseMs > 0) {
      const failure = this.#lastFailure;
      return Promise.resolve(failure.status === 'retry' ? { ...failure, afterMs: pauseMs } : failure);
    }
    return (this.#current = this.#connect());
  }

  /** Gives up the present connection, if there is one. */
  drop(): void {
    const connected = this.#connected;
    if (!connected) return;
    this.#forget(connected);
    void endQuietly(connected);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const connected = this.#connected;
    if (!connected) return;
    this.#forget(connected);
    await endQuietly(connected);
  }

  async #connect(): Promise<Connected<C> | Failure> {
    try {
      const connected = await closingOnFailure(() => this.#connecting.connect(this.#settings));
      this.#failures = 0;
      this.#lastFailure = undefined;
      if (this.#closed) {
        void endQuietly(connected);
        return connected;
      }
      this.#connected = connected;
      void connected.lost.then(() => this.#forget(connected));
      return connected;
    } catch (error) {
      this.#current = undefined;
      return this.#failed(this.#connecting.failureOf(error));
    }
  }

  #failed(failure: Failure): Failure {
    const { clock, random } = this.#timing;
    const longest = Math.min(
      limits.brokerPauseMaxMs,
      limits.brokerPauseMs * 2 ** Math.min(this.#failures, 20),
    );
    this.#failures++;
    this.#lastFailure = failure;
    // Half of the pause is left to chance, so that many daemons do not come back together.
    this.#pauseUntil = clock.now() + longest / 2 + (longest / 2) * random.next();
    return failure;
  }

  #forget(connected: Connected<C>): void {
    if (this.#connected !== connected) return;
    this.#connected = undefined;
    this.#current = undefined;
  }
}

/** What goes wrong while a connection is being ended is of no interest: it is gone either way. */
async function endQuietly<C>(connected: Connected<C>): Promise<void> {
  try {
    await connected.close();
  } catch {
    // Gone.
  }
}
