import type { HttpBinding } from '../model/service-model.ts';

/** The operation that a method and a path ask for, and what stands where its path has labels. */
export interface RestMatch {
  readonly operation: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One step of a path template: text that must be there, or a label for what is there. */
type Step =
  | { readonly literal: string }
  | { readonly label: string; /** Takes all steps that are left. */ readonly greedy: boolean };

interface RestRoute {
  readonly operation: string;
  readonly method: string;
  readonly steps: readonly Step[];
}

/** Finds operations by method and path, from the bindings of a model. */
export class RestRoutes {
  readonly #routes: readonly RestRoute[];

  /** Operations without a binding have no route. */
  constructor(operations: Readonly<Record<string, { readonly http?: HttpBinding }>>) {
    this.#routes = Object.entries(operations)
      .flatMap(([operation, { http }]) =>
        http ? [{ operation, method: http.method, steps: stepsOf(http.path) }] : [],
      )
      .sort(mostLiteralFirst);
  }

  /** `path` as it was sent, percent-escapes included. A slash at its end does not matter. */
  find(method: string, path: string): RestMatch | undefined {
    const sent = segmentsOf(path);
    for (const route of this.#routes) {
      if (route.method !== method) continue;
      const labels = match(route.steps, sent);
      if (labels) return { operation: route.operation, labels };
    }
    return undefined;
  }
}

function segmentsOf(path: string): string[] {
  const segments = path.split('/').slice(1);
  if (segments.at(-1) === '') segments.pop();
  return segments;
}

const stepsOf = (template: string): Step[] =>
  segmentsOf(template).map((segment) => {
    const label = /^\{(.+?)(\+?)\}$/.exec(segment);
    return label ? { label: label[1]!, greedy: label[2] === '+' } : { literal: segment };
  });

/** `/a/search` is asked before `/a/{Name}`. */
function mostLiteralFirst(one: RestRoute, other: RestRoute): number {
  const order = (route: RestRoute): string =>
    route.steps.map((step) => ('literal' in step ? '0' : step.greedy ? '2' : '1')).join('');
  return order(one) < order(other) ? -1 : 1;
}

/** The labels when the segments fit; a label never stands for nothing. */
function match(steps: readonly Step[], sent: readonly string[]): Record<string, string> | undefined {
  const greedy = steps.some((step) => 'greedy' in step && step.greedy);
  if (greedy ? sent.length < steps.length : sent.length !== steps.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [index, step] of steps.entries()) {
    const segment = 'literal' in step || !step.greedy ? sent[index]! : sent.slice(index).join('/');
    const text = unescaped(segment);
    if ('literal' in step) {
      if (text !== step.literal) return undefined;
    } else if (!text) return undefined;
    else labels[step.label] = text;
  }
  return labels;
}

/** Undefined for broken escapes, which fit nothing. */
function unescaped(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
