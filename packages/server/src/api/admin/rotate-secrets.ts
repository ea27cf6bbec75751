import type { Connections } from '../../engine/connections/connections.ts';
import type { AdminRoute } from './admin-route.ts';
import { badRequest, onlyParameters } from './parameters.ts';

/** `POST /_busbar/secrets/rotate`: seals the secrets of all connections anew. Answers once that is durable. */
export function rotateSecrets(connections: Connections): AdminRoute {
  return {
    method: 'POST',
    path: '/secrets/rotate',
    summary: 'seal the secrets of all connections with a new key',
    async run({ query, body, seesAll }) {
      onlyParameters(query, []);
      if (Object.keys(body).length > 0) throw badRequest('This takes no members.');
      const { newKey, resealed, unreadable } = await connections.rotateSecrets();
      // Whoever sees only an account of his own is told no names of others.
      return { value: { newKey, resealed, ...(seesAll ? { unreadable } : { unreadable: [] }) } };
    },
  };
}
