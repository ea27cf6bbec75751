import type { AdminRoute } from './admin-route.ts';

const PREFIX = '/_busbar/';

export const isAdminPath = (path: string): boolean => path.startsWith(PREFIX);

export interface FoundRoute {
  readonly route: AdminRoute;
  readonly steps: Readonly<Record<string, string>>;
}

/** Finds the route of a path. */
export class RouteTable {
  readonly #routes: readonly { readonly route: AdminRoute; readonly steps: readonly string[] }[];

  constructor(routes: readonly AdminRoute[]) {
    this.#routes = routes.map((route) => ({ route, steps: route.path.slice(1).split('/') }));
  }

  /** Undefined when nothing is there; `methods` when something is, but not for this method. */
  find(method: string, path: string): FoundRoute | { readonly methods: readonly string[] } | undefined {
    const given = path.slice(PREFIX.length).split('/');
    const fitting = this.#routes.flatMap(({ route, steps }) => {
      const values = valuesOf(steps, given);
      return values ? [{ route, steps: values }] : [];
    });
    if (fitting.length === 0) return undefined;
    // HEAD is not served: it would open streams for nothing.
    return (
      fitting.find(({ route }) => route.method === method) ?? {
        methods: fitting.map(({ route }) => route.method),
      }
    );
  }
}

function valuesOf(steps: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (steps.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, step] of steps.entries()) {
    const text = given[index]!;
    if (step.startsWith(':')) {
      if (text === '') return undefined;
      values[step.slice(1)] = decoded(text);
    } else if (step !== text) return undefined;
  }
  return values;
}

/** A text with broken escapes is taken as it stands: nothing will be found under it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
