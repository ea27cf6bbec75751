import type { AuthorizationType } from '../../../model/connections.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { connectionNotFound, connectionTimes } from './connection-output.ts';
import { mergedParameters, refusePrivate, type PartialParameters } from './connection-parameters.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly Name: string;
  readonly AuthorizationType?: AuthorizationType;
  readonly AuthParameters?: PartialParameters;
  readonly Description?: string;
  readonly KmsKeyIdentifier?: string;
  readonly InvocationConnectivityParameters?: object;
}

/** UpdateConnection: members that are left out stay as they are, credentials too. */
export function updateConnection({ connections }: EventsContext): Operation {
  return defineOperation<Input>('UpdateConnection', async (input, call) => {
    refusePrivate(input);
    const found = connections.documents.get(call, input.Name);
    if (!found) throw connectionNotFound(input.Name);
    const { document: present } = found;
    const authorizationType = input.AuthorizationType ?? present.authorizationType;
    const sameType = authorizationType === present.authorizationType;
    const known = sameType ? connections.parametersOf(present) : undefined;
    const changes = input.AuthParameters !== undefined || !sameType;
    const updated = await connections.update(present, {
      description: input.Description === undefined ? present.description : input.Description || undefined,
      authorizationType,
      kmsKeyIdentifier:
        input.KmsKeyIdentifier === undefined ? present.kmsKeyIdentifier : input.KmsKeyIdentifier || undefined,
      parameters: changes
        ? mergedParameters(authorizationType, known, input.AuthParameters ?? {})
        : undefined,
    });
    if (!updated) throw connectionNotFound(input.Name);
    return connectionTimes(updated);
  });
}
