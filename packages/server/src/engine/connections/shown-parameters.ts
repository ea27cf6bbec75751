import type { AuthParameters, HttpParameter, HttpParameterLists } from '../../model/connections.ts';

/** What DescribeConnection shows: everything but passwords, keys, client secrets, and parameters marked as secret. */
export function shownParameters(parameters: AuthParameters): object {
  const { BasicAuthParameters, ApiKeyAuthParameters, OAuthParameters, InvocationHttpParameters } = parameters;
  return {
    ...(BasicAuthParameters && { BasicAuthParameters: { Username: BasicAuthParameters.Username } }),
    ...(ApiKeyAuthParameters && { ApiKeyAuthParameters: { ApiKeyName: ApiKeyAuthParameters.ApiKeyName } }),
    ...(OAuthParameters && {
      OAuthParameters: {
        ClientParameters: { ClientID: OAuthParameters.ClientParameters.ClientID },
        AuthorizationEndpoint: OAuthParameters.AuthorizationEndpoint,
        HttpMethod: OAuthParameters.HttpMethod,
        ...(OAuthParameters.OAuthHttpParameters && {
          OAuthHttpParameters: shownLists(OAuthParameters.OAuthHttpParameters),
        }),
      },
    }),
    ...(InvocationHttpParameters && { InvocationHttpParameters: shownLists(InvocationHttpParameters) }),
  };
}

const shownLists = (lists: HttpParameterLists): object =>
  Object.fromEntries(
    Object.entries(lists).map(([name, list]) => [name, (list as readonly HttpParameter[]).map(shown)]),
  );

const shown = ({ Key, Value, IsValueSecret = false }: HttpParameter): HttpParameter => ({
  ...(Key !== undefined && { Key }),
  ...(Value !== undefined && !IsValueSecret && { Value }),
  IsValueSecret,
});
