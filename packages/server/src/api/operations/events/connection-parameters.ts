import { validationError } from '../../../model/errors.ts';
import type {
  AuthParameters,
  AuthorizationType,
  HttpParameterLists,
  OAuthParameters,
} from '../../../model/connections.ts';
import { isWebhookKey, webhookSecretsOf } from '../../../model/webhook-secret.ts';
import { checkEndpoint } from './endpoint.ts';

/** `AuthParameters` of an update: everything may be left out. */
export interface PartialParameters {
  readonly BasicAuthParameters?: Partial<NonNullable<AuthParameters['BasicAuthParameters']>>;
  readonly ApiKeyAuthParameters?: Partial<NonNullable<AuthParameters['ApiKeyAuthParameters']>>;
  readonly OAuthParameters?: Partial<Omit<OAuthParameters, 'ClientParameters'>> & {
    readonly ClientParameters?: Partial<OAuthParameters['ClientParameters']>;
  };
  readonly InvocationHttpParameters?: HttpParameterLists;
  readonly ConnectivityParameters?: object;
}

const BLOCK_OF = {
  BASIC: 'BasicAuthParameters',
  API_KEY: 'ApiKeyAuthParameters',
  OAUTH_CLIENT_CREDENTIALS: 'OAuthParameters',
} as const satisfies Record<AuthorizationType, keyof AuthParameters>;

/** What each block must hold once it is put together. */
const MEMBERS_OF = {
  BASIC: ['Username', 'Password'],
  API_KEY: ['ApiKeyName', 'ApiKeyValue'],
  OAUTH_CLIENT_CREDENTIALS: ['ClientParameters', 'AuthorizationEndpoint', 'HttpMethod'],
} as const satisfies Record<AuthorizationType, readonly string[]>;

const privateApi = (parameter: string): Error =>
  validationError(
    `Parameter ${parameter} is not valid. Reason: Busbar reaches private APIs directly, where its configuration allows it.`,
  );

/** Private APIs of a cloud's own network do not exist here. */
export function refusePrivate(input: {
  readonly InvocationConnectivityParameters?: object;
  readonly AuthParameters?: PartialParameters;
}): void {
  const { InvocationConnectivityParameters, AuthParameters: parameters } = input;
  if (InvocationConnectivityParameters !== undefined) throw privateApi('InvocationConnectivityParameters');
  if (parameters?.ConnectivityParameters !== undefined)
    throw privateApi('AuthParameters.ConnectivityParameters');
}

/** The credentials of a new connection: the block of its type, and no other. */
export function newParameters(type: AuthorizationType, given: PartialParameters): AuthParameters {
  const stranger = Object.values(BLOCK_OF).find(
    (block) => block !== BLOCK_OF[type] && given[block] !== undefined,
  );
  if (stranger) {
    throw validationError(
      `Parameter AuthParameters.${stranger} is not valid for authorization type ${type}.`,
    );
  }
  return mergedParameters(type, undefined, given);
}

/**
 * The credentials after an update. Members that are left out stay as they were; a block of another type has no effect.
 *
 * @param present those of the same type that there are so far.
 */
export function mergedParameters(
  type: AuthorizationType,
  present: AuthParameters | undefined,
  given: PartialParameters,
): AuthParameters {
  const block = BLOCK_OF[type];
  const merged: Record<string, unknown> = { ...present?.[block], ...given[block] };
  if (type === 'OAUTH_CLIENT_CREDENTIALS') {
    merged['ClientParameters'] = {
      ...present?.OAuthParameters?.ClientParameters,
      ...given.OAuthParameters?.ClientParameters,
    };
  }
  const missing = MEMBERS_OF[type].find((member) => merged[member] === undefined);
  if (missing) throw missingMember(`${block}.${missing}`);
  const invocation = given.InvocationHttpParameters ?? present?.InvocationHttpParameters;
  const parameters = {
    [block]: merged,
    ...(invocation && { InvocationHttpParameters: invocation }),
  } as AuthParameters;
  checkValues(parameters);
  return parameters;
}

const missingMember = (member: string): Error =>
  validationError(`Parameter(s) AuthParameters.${member} must be specified.`);

function checkValues({ OAuthParameters: oauth, ApiKeyAuthParameters: key }: AuthParameters): void {
  if (oauth) {
    const { ClientID, ClientSecret } = oauth.ClientParameters;
    if (!ClientID || !ClientSecret) throw missingMember('OAuthParameters.ClientParameters');
    checkEndpoint('AuthorizationEndpoint', oauth.AuthorizationEndpoint);
  }
  if (key && isWebhookKey(key) && !webhookSecretsOf(key.ApiKeyValue)) {
    throw validationError(
      'Parameter AuthParameters.ApiKeyAuthParameters.ApiKeyValue is not valid. ' +
        'Reason: A webhook secret is whsec_ and 24 to 64 bytes in base64.',
    );
  }
}
