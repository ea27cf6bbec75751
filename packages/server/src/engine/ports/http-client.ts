/** One request to another system. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The whole exchange must end within this. */
  readonly timeoutMs: number;
}

/** What came back; the body is read up to `httpAnswerBytes`, the rest is dropped. */
export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Names in lower case; several values of one name are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Nothing usable came back. `reason` says why in words that hold no secret. It may help to try again after `timeout`
 * (the exchange took too long), `connection` (refused, reset, no route, TLS), `malformed` (the peer does not speak HTTP)
 * and `aborted` (the signal, or the client was closed). It does not after `lookup` (nobody knows the name), `blocked`
 * (an address that must not be reached) and `invalid` (a request that HTTP cannot carry).
 */
export interface HttpFailure {
  readonly kind: 'timeout' | 'connection' | 'lookup' | 'blocked' | 'invalid' | 'malformed' | 'aborted';
  readonly reason: string;
}

/**
 * The one way out over HTTP: pooled, keep-alive, no redirects followed. With `guarded`, addresses that a stranger must
 * not reach through Busbar are refused (private, loopback, link-local, metadata), as they resolve when connecting.
 */
export interface HttpClient {
  /** Never throws for anything the peer or the network does. */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer | HttpFailure>;
  close(): Promise<void>;
}

/** Clients are made on first use: an unused one costs nothing at start-up. */
export interface HttpClients {
  /** For URLs that API users name (API destinations, OAuth endpoints). */
  readonly guarded: HttpClient;
  /** For URLs that the operator has configured (`services`). */
  readonly trusted: HttpClient;
}
