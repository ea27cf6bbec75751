import type { HttpClient, HttpRequest } from '../../engine/ports/http-client.ts';
import type { OAuthClient, TokenAnswer } from '../../engine/ports/oauth-client.ts';
import type { HttpParameter, OAuthParameters } from '../../model/connections.ts';
import { limits } from '../../model/limits.ts';

const FORM = 'application/x-www-form-urlencoded';
const MS_PER_SECOND = 1_000;
/** What stands in a header as it is: a token of other characters could not be sent. */
const TOKEN = /^[\x21-\x7e]+$/;
/** Error codes of RFC 6749 §5.2, which are no secrets; anything else that a server says is not passed on. */
const ERROR_CODE = /^[a-z_]{1,64}$/;

/** The client credentials grant over HTTP. A body parameter of the connection wins over the one made here. */
export function createOAuthClient(client: HttpClient): OAuthClient {
  return {
    async fetchToken(parameters, signal) {
      const answer = await client.request(tokenRequest(parameters), signal);
      if (answer.kind === 'answer') return readAnswer(answer.status, answer.body);
      const final = answer.kind === 'blocked' || answer.kind === 'invalid';
      return { kind: final ? 'refused' : 'unreachable', reason: answer.reason };
    },
  };
}

function tokenRequest(parameters: OAuthParameters): HttpRequest {
  const { ClientParameters: client, AuthorizationEndpoint, HttpMethod: method } = parameters;
  const { HeaderParameters, QueryStringParameters, BodyParameters } = parameters.OAuthHttpParameters ?? {};
  const url = new URL(AuthorizationEndpoint);
  const fields = {
    grant_type: 'client_credentials',
    client_id: client.ClientID,
    client_secret: client.ClientSecret,
    ...pairsOf(BodyParameters),
  };
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...lowerCased(pairsOf(HeaderParameters)),
  };
  for (const [name, value] of Object.entries(pairsOf(QueryStringParameters)))
    url.searchParams.set(name, value);
  const timeoutMs = limits.oauthTimeoutMs;
  if (method === 'GET') {
    for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
    return { method, url, headers, timeoutMs };
  }
  const type = headers['content-type'] ?? FORM;
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(type);
  const body = isJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
  return { method, url, headers: { ...headers, 'content-type': type }, body, timeoutMs };
}

const pairsOf = (list: readonly HttpParameter[] = []): Record<string, string> =>
  Object.fromEntries(list.flatMap(({ Key, Value }) => (Key ? [[Key, Value ?? '']] : [])));

const lowerCased = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function readAnswer(status: number, body: string): TokenAnswer {
  const members = objectOf(body);
  if (status === 429 || status === 408 || status >= 500) {
    return { kind: 'unreachable', reason: `The authorization endpoint answered ${status}.` };
  }
  if (status < 200 || status > 299) {
    const { error } = members;
    const code = typeof error === 'string' && ERROR_CODE.test(error) ? ` (${error})` : '';
    return { kind: 'refused', reason: `The authorization endpoint answered ${status}${code}.` };
  }
  const { access_token: token, expires_in: expires } = members;
  if (typeof token !== 'string' || token.length > limits.oauthTokenChars || !TOKEN.test(token)) {
    return { kind: 'refused', reason: 'The authorization endpoint answered without an access token.' };
  }
  return { kind: 'token', token, expiresInMs: lifetimeOf(expires) };
}

/** Some servers write the seconds as a text. */
function lifetimeOf(expires: unknown): number | undefined {
  const seconds = typeof expires === 'string' && expires !== '' ? Number(expires) : expires;
  return typeof seconds === 'number' && seconds > 0 ? seconds * MS_PER_SECOND : undefined;
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
