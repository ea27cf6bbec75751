import type { ParameterField } from '../../engine/ports/connector.ts';
import type { TargetSettings } from '../../model/resources.ts';
import { dynamicValue, type DynamicValue } from '../dynamic-value.ts';

/** The block of a target that goes over HTTP. */
export interface HttpParameters {
  readonly PathParameterValues?: readonly string[];
  readonly HeaderParameters?: Readonly<Record<string, string>>;
  readonly QueryStringParameters?: Readonly<Record<string, string>>;
}

export const HTTP_BLOCK = 'HttpParameters';

const DYNAMIC = 'A value may be a JSONPath (`$.detail.id`) that is resolved against the original event.';

/** The fields of the block. `winner` names what has the last word on headers and query parameters. */
export const httpFields = (winner?: string): readonly ParameterField[] => {
  const note = winner === undefined ? '' : ` Those of ${winner} win.`;
  return [
    {
      name: 'PathParameterValues',
      type: 'list',
      required: false,
      secret: false,
      description: `What stands for each \`*\` in the path, from left to right. ${DYNAMIC}`,
      example: ['$.detail.orderId'],
    },
    {
      name: 'HeaderParameters',
      type: 'map',
      required: false,
      secret: false,
      description: `Headers. ${DYNAMIC}${note}`,
      example: { 'X-Tenant': '$.detail.tenant' },
    },
    {
      name: 'QueryStringParameters',
      type: 'map',
      required: false,
      secret: false,
      description: `Query parameters. ${DYNAMIC}${note}`,
      example: { source: '$.source' },
    },
  ];
};

export const httpParametersOf = (target: TargetSettings): HttpParameters =>
  (target[HTTP_BLOCK] as HttpParameters | undefined) ?? {};

/** The parameters of a target, ready to be resolved for each event. */
export interface PreparedParameters {
  readonly path: readonly DynamicValue[];
  readonly headers: readonly NamedValue[];
  readonly query: readonly NamedValue[];
}

type NamedValue = readonly [name: string, value: DynamicValue];

/** What became of parameters for one event, or why the request cannot be made. */
export type Resolved<Value> =
  { readonly value: Value; readonly refused?: undefined } | { readonly refused: string };

export function prepareParameters(parameters: HttpParameters): PreparedParameters {
  const prepared = (values: Readonly<Record<string, string>> = {}) =>
    Object.entries(values).map(([name, value]) => [name, dynamicValue(value)] as const);
  return {
    path: (parameters.PathParameterValues ?? []).map(dynamicValue),
    headers: prepared(parameters.HeaderParameters),
    query: prepared(parameters.QueryStringParameters),
  };
}

/** Names with their values; `kind` is what one of them is called. */
export function resolveNamed(
  named: readonly NamedValue[],
  event: string,
  kind: 'header' | 'query parameter',
): Resolved<[name: string, value: string][]> {
  const pairs: [string, string][] = [];
  for (const [name, value] of named) {
    const text = value(event);
    if (text === undefined) return { refused: `The event has nothing for the ${kind} ${name}.` };
    pairs.push([name, text]);
  }
  return { value: pairs };
}

/** A path with its wildcards filled in. `absent` stands for those that the target names no value for. */
export function fillPath(
  template: string,
  values: readonly DynamicValue[],
  event: string,
  absent?: string,
): Resolved<string> {
  let used = 0;
  let isMissing = false;
  const path = template.replaceAll('*', () => {
    const value = values[used++];
    const text = value ? value(event) : absent;
    if (text === undefined) isMissing = true;
    return escaped(text ?? '');
  });
  if (isMissing) return { refused: 'There is no value for a wildcard in the path of the endpoint.' };
  // A value must stay a part of its step: `..` would lead out of the endpoint's path.
  if (dotSteps(path) !== dotSteps(template))
    return { refused: 'A path parameter must not be a dot segment.' };
  return { value: path };
}

export const queryText = (pairs: Iterable<readonly [name: string, value: string]>): string =>
  Array.from(pairs, ([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&');

/** Half a character, which JSON can hold, has no escape. */
const escaped = (text: string): string => encodeURIComponent(text.toWellFormed());

const dotSteps = (path: string): number =>
  path.split('/').filter((step) => step === '.' || step === '..').length;
