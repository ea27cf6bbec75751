import type { AdminRoute } from './admin-route.ts';
import { onlyParameters } from './parameters.ts';

/** `GET /_busbar/`: what there is. */
export function listRoutes(routes: readonly AdminRoute[]): AdminRoute {
  return {
    method: 'GET',
    path: '/',
    summary: 'this list',
    async run({ query }) {
      onlyParameters(query, []);
      return {
        value: {
          routes: routes.map(({ method, path, summary }) => ({ method, path: `/_busbar${path}`, summary })),
        },
      };
    },
  };
}
