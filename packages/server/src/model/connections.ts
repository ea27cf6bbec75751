import type { Scope } from './resources.ts';

export type AuthorizationType = 'BASIC' | 'API_KEY' | 'OAUTH_CLIENT_CREDENTIALS';

/** The states that connections to public APIs come into here. */
export type ConnectionState = 'AUTHORIZING' | 'AUTHORIZED' | 'DEAUTHORIZED';

export interface HttpParameter {
  readonly Key?: string;
  readonly Value?: string;
  readonly IsValueSecret?: boolean;
}

/** What a connection adds to every request. */
export interface HttpParameterLists {
  readonly HeaderParameters?: readonly HttpParameter[];
  readonly QueryStringParameters?: readonly HttpParameter[];
  readonly BodyParameters?: readonly HttpParameter[];
}

export interface OAuthParameters {
  readonly ClientParameters: { readonly ClientID: string; readonly ClientSecret: string };
  readonly AuthorizationEndpoint: string;
  readonly HttpMethod: 'GET' | 'POST' | 'PUT';
  readonly OAuthHttpParameters?: HttpParameterLists;
}

/** How a connection proves who calls, secrets included, as the API gave it: the block of its type, and what goes with all. */
export interface AuthParameters {
  readonly BasicAuthParameters?: { readonly Username: string; readonly Password: string };
  readonly ApiKeyAuthParameters?: { readonly ApiKeyName: string; readonly ApiKeyValue: string };
  readonly OAuthParameters?: OAuthParameters;
  readonly InvocationHttpParameters?: HttpParameterLists;
}

export interface Connection extends Scope {
  /** Names this incarnation. */
  readonly uid: string;
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly authorizationType: AuthorizationType;
  readonly state: ConnectionState;
  readonly stateReason?: string | undefined;
  readonly kmsKeyIdentifier?: string | undefined;
  /** `AuthParameters` without what is secret. */
  readonly shownParameters: object;
  /** `AuthParameters` as JSON, encrypted; undefined once the connection was deauthorized. */
  readonly sealed?: string | undefined;
  /** Counts the changes of credentials: a token that was got with others is worth nothing. */
  readonly generation: number;
  readonly secretArn: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly authorizedAt: number;
}

export interface ApiDestination extends Scope {
  readonly uid: string;
  readonly name: string;
  readonly arn: string;
  readonly connectionArn: string;
  readonly endpoint: string;
  readonly method: string;
  readonly description?: string | undefined;
  readonly ratePerSecond: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
}
