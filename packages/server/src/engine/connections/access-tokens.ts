import type { Connection, OAuthParameters } from '../../model/connections.ts';
import { limits } from '../../model/limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { OAuthClient, TokenAnswer } from '../ports/oauth-client.ts';

interface Kept {
  readonly token: string;
  readonly generation: number;
  /** From when on another one is fetched. */
  readonly staleAt: number;
}

/**
 * The access tokens of connections, in memory only. A token is fetched when there is none, when it runs out soon, or when
 * it was refused; those who ask meanwhile share the one request.
 */
export class AccessTokens {
  readonly #client: OAuthClient;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #fetching = new Map<string, Promise<TokenAnswer>>();
  readonly #closing = new AbortController();

  constructor(client: OAuthClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** `refused`: the token that an API has just refused. */
  async get(connection: Connection, parameters: OAuthParameters, refused?: string): Promise<TokenAnswer> {
    const kept = this.#kept.get(connection.arn);
    const usable =
      kept?.generation === connection.generation &&
      kept.token !== refused &&
      kept.staleAt > this.#clock.now();
    if (usable) return { kind: 'token', token: kept.token, expiresInMs: undefined };
    const key = `${connection.arn} ${connection.generation}`;
    let fetching = this.#fetching.get(key);
    if (!fetching) {
      fetching = this.#fetch(connection, parameters).finally(() => this.#fetching.delete(key));
      this.#fetching.set(key, fetching);
    }
    return fetching;
  }

  forget({ arn }: Connection): void {
    this.#kept.delete(arn);
  }

  close(): void {
    this.#closing.abort();
  }

  async #fetch(connection: Connection, parameters: OAuthParameters): Promise<TokenAnswer> {
    const answer = await this.#client.fetchToken(parameters, this.#closing.signal);
    if (answer.kind !== 'token') return answer;
    const { token, expiresInMs = Infinity } = answer;
    // A token that lives shorter than the margin would be stale at once: it is used for half of its life.
    const margin = Math.min(limits.oauthRefreshMs, expiresInMs / 2);
    const staleAt = this.#clock.now() + expiresInMs - margin;
    // A slow answer for credentials that were replaced meanwhile must not push out the newer token.
    const present = this.#kept.get(connection.arn);
    if ((present?.generation ?? 0) <= connection.generation) {
      this.#kept.set(connection.arn, { token, generation: connection.generation, staleAt });
    }
    return answer;
  }
}
