import type { AuthParameters, HttpParameter } from '../../model/connections.ts';

/** Shorter texts would be found everywhere. */
const SHORTEST = 4;
const MASK = '***';

/** Takes everything that is secret out of a text: peers quote what they were sent. */
export type Redact = (text: string) => string;

/** Gathers the secrets when the first text comes: of what went well none is looked at. */
export function redactionOf(parameters: AuthParameters, token: string | undefined): Redact {
  let secrets: readonly string[] | undefined;
  return (text) => {
    secrets ??= secretsOf(parameters, token);
    return secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  };
}

/** Every secret in every spelling. */
function secretsOf(parameters: AuthParameters, token: string | undefined): readonly string[] {
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key, OAuthParameters: oauth } = parameters;
  const lists = [parameters.InvocationHttpParameters, oauth?.OAuthHttpParameters];
  const marked = lists.flatMap((each) => Object.values(each ?? {}) as (readonly HttpParameter[])[]).flat();
  const secrets = [
    token,
    basic?.Password,
    basic && Buffer.from(`${basic.Username}:${basic.Password}`, 'utf8').toString('base64'),
    ...(key?.ApiKeyValue.split(/\s+/) ?? []),
    oauth?.ClientParameters.ClientSecret,
    ...marked.flatMap(({ Value, IsValueSecret }) => (IsValueSecret ? [Value] : [])),
  ].filter((secret) => secret !== undefined && secret.length >= SHORTEST) as string[];
  const spellings = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ]);
  // Longer ones first: a secret may be a part of another one.
  return [...new Set(spellings)].sort((a, b) => b.length - a.length);
}
