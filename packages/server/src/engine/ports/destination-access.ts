import type { ApiDestination, AuthParameters } from '../../model/connections.ts';

export type DestinationAnswer =
  | {
      readonly kind: 'open';
      readonly destination: ApiDestination;
      readonly parameters: AuthParameters;
      /** The access token, when the connection has OAuth credentials. */
      readonly token: string | undefined;
    }
  /** `missing`: there is no such destination, or no connection; `closed`: it is not authorized; `wait`: not yet, or not now. */
  | { readonly kind: 'missing' | 'closed' | 'wait'; readonly reason: string };

/** API destinations with what is needed to call them. */
export interface DestinationAccess {
  /**
   * Answers at once unless an access token is needed.
   * @param refused the token that the API has just refused: another one is fetched.
   */
  open(arn: string, refused?: string): DestinationAnswer | Promise<DestinationAnswer>;
}
