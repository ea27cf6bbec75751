import type { OAuthParameters } from '../../model/connections.ts';

/** What an authorization server answered. No `reason` holds a secret. */
export type TokenAnswer =
  | { readonly kind: 'token'; readonly token: string; readonly expiresInMs: number | undefined }
  /** The credentials are not accepted, or the endpoint is no token endpoint. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It may help to ask again. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Gets access tokens by the client credentials grant (RFC 6749 §4.4). */
export interface OAuthClient {
  /** Never throws for anything that the server or the network does. */
  fetchToken(parameters: OAuthParameters, signal: AbortSignal): Promise<TokenAnswer>;
}
