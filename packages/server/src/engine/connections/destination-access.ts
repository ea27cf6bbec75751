import type { ApiDestination, AuthParameters, Connection, OAuthParameters } from '../../model/connections.ts';
import type { DestinationAccess, DestinationAnswer } from '../ports/destination-access.ts';
import type { Connections } from './connections.ts';

/** Opens the way from an API destination's ARN to its credentials. */
export function destinationAccess(connections: Connections): DestinationAccess {
  return { open: (arn, refused) => open(connections, arn, refused) };
}

function open(
  connections: Connections,
  arn: string,
  refused?: string,
): DestinationAnswer | Promise<DestinationAnswer> {
  const destination = connections.destinations.ofArn(arn)?.document;
  if (!destination) return { kind: 'missing', reason: `The API destination ${arn} does not exist.` };
  const connection = connections.documents.ofArn(destination.connectionArn)?.document;
  if (!connection)
    return { kind: 'missing', reason: 'The connection of the API destination does not exist.' };
  if (connection.state === 'AUTHORIZING') {
    return { kind: 'wait', reason: `The connection ${connection.name} is being authorized.` };
  }
  if (connection.state === 'DEAUTHORIZED') {
    return { kind: 'closed', reason: `The connection ${connection.name} is not authorized.` };
  }
  const parameters = connections.parametersOf(connection);
  if (!parameters) {
    return { kind: 'closed', reason: `The secret of the connection ${connection.name} cannot be opened.` };
  }
  const oauth = parameters.OAuthParameters;
  if (!oauth) return { kind: 'open', destination, parameters, token: undefined };
  return openWithToken(connections, connection, oauth, { destination, parameters }, refused);
}

async function openWithToken(
  connections: Connections,
  connection: Connection,
  oauth: OAuthParameters,
  place: { readonly destination: ApiDestination; readonly parameters: AuthParameters },
  refused: string | undefined,
): Promise<DestinationAnswer> {
  const answer = await connections.tokens.get(connection, oauth, refused);
  if (answer.kind === 'token') return { kind: 'open', ...place, token: answer.token };
  if (answer.kind === 'unreachable') return { kind: 'wait', reason: answer.reason };
  await connections.refused(connection, answer.reason);
  return { kind: 'closed', reason: answer.reason };
}
