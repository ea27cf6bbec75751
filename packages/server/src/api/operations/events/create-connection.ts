import { resourceAlreadyExists } from '../../../model/errors.ts';
import type { AuthorizationType } from '../../../model/connections.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { connectionHead } from './connection-output.ts';
import { newParameters, refusePrivate, type PartialParameters } from './connection-parameters.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly Name: string;
  readonly AuthorizationType: AuthorizationType;
  readonly AuthParameters: PartialParameters;
  readonly Description?: string;
  readonly KmsKeyIdentifier?: string;
  readonly InvocationConnectivityParameters?: object;
}

const taken = (name: string): Error => resourceAlreadyExists(`Connection ${name} already exists.`);

/** CreateConnection: with OAuth credentials the first token is fetched behind the answer. */
export function createConnection({ connections, reservations, quotas }: EventsContext): Operation {
  return defineOperation<Input>('CreateConnection', async (input, call) => {
    const { Name: name, AuthorizationType: authorizationType } = input;
    refusePrivate(input);
    const parameters = newParameters(authorizationType, input.AuthParameters);
    if (connections.documents.get(call, name)) throw taken(name);
    const present = connections.documents.list(call).length;
    const release = reservations.reserve(
      `${call.account}/${call.region}/connections`,
      present,
      quotas.connections,
    );
    try {
      const connection = await connections.create(call, {
        name,
        description: input.Description,
        authorizationType,
        kmsKeyIdentifier: input.KmsKeyIdentifier || undefined,
        parameters,
      });
      if (!connection) throw taken(name);
      return connectionHead(connection);
    } finally {
      release();
    }
  });
}
