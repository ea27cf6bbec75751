import { formatArn } from '../../../model/arn.ts';
import type { ApiDestination } from '../../../model/connections.ts';
import { resourceAlreadyExists } from '../../../model/errors.ts';
import { limits } from '../../../model/limits.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { destinationHead } from './connection-output.ts';
import type { EventsContext } from './dependencies.ts';
import { requireConnection } from './destination-connection.ts';
import { checkEndpoint } from './endpoint.ts';

interface Input {
  readonly Name: string;
  readonly ConnectionArn: string;
  readonly InvocationEndpoint: string;
  readonly HttpMethod: string;
  readonly Description?: string;
  readonly InvocationRateLimitPerSecond?: number;
}

const taken = (name: string): Error => resourceAlreadyExists(`An api-destination '${name}' already exists.`);

/** CreateApiDestination: active as soon as its connection is authorized. */
export function createApiDestination(context: EventsContext): Operation {
  const { connections, reservations, quotas, clock, random } = context;
  return defineOperation<Input>('CreateApiDestination', async (input, call) => {
    const { Name: name } = input;
    const { account, region } = call;
    checkEndpoint('InvocationEndpoint', input.InvocationEndpoint);
    requireConnection(context, call, input.ConnectionArn);
    if (connections.destinations.get(call, name)) throw taken(name);
    const present = connections.destinations.list(call).length;
    const release = reservations.reserve(
      `${account}/${region}/api-destinations`,
      present,
      quotas.apiDestinations,
    );
    try {
      const now = clock.now();
      const uid = random.uuid();
      const destination: ApiDestination = {
        account,
        region,
        uid,
        name,
        arn: formatArn('events', region, account, `api-destination/${name}/${uid}`),
        connectionArn: input.ConnectionArn,
        endpoint: input.InvocationEndpoint,
        method: input.HttpMethod,
        description: input.Description,
        ratePerSecond: input.InvocationRateLimitPerSecond ?? limits.apiDestinationRatePerSecond,
        createdAt: now,
        modifiedAt: now,
      };
      if (!(await connections.destinations.put(destination, 'absent'))) throw taken(name);
      return destinationHead(destination, connections.stateOf(destination));
    } finally {
      release();
    }
  });
}
