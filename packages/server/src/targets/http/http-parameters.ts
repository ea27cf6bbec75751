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

export const HTTP_FIELDS: readonly ParameterField[] = [
  {
    name: 'PathParameterValues',
    type: 'list',
    required: false,
    secret: false,
    description: `What stands for each \`*\` in the path of the endpoint, from left to right. ${DYNAMIC}`,
    example: ['$.detail.orderId'],
  },
  {
    name: 'HeaderParameters',
    type: 'map',
    required: false,
    secret: false,
    description: `Headers. ${DYNAMIC} Those of the connection win.`,
    example: { 'X-Tenant': '$.detail.tenant' },
  },
  {
    name: 'QueryStringParameters',
    type: 'map',
    required: false,
    secret: false,
    description: `Query parameters. ${DYNAMIC} Those of the connection win.`,
    example: { source: '$.source' },
  },
];

export const httpParametersOf = (target: TargetSettings): HttpParameters =>
  (target[HTTP_BLOCK] as HttpParameters | undefined) ?? {};

/** The parameters of a target, ready to be resolved for each event. */
export interface PreparedParameters {
  readonly path: readonly DynamicValue[];
  readonly headers: readonly (readonly [name: string, value: DynamicValue])[];
  readonly query: readonly (readonly [name: string, value: DynamicValue])[];
}

export function prepareParameters(parameters: HttpParameters): PreparedParameters {
  const prepared = (values: Readonly<Record<string, string>> = {}) =>
    Object.entries(values).map(([name, value]) => [name, dynamicValue(value)] as const);
  return {
    path: (parameters.PathParameterValues ?? []).map(dynamicValue),
    headers: prepared(parameters.HeaderParameters),
    query: prepared(parameters.QueryStringParameters),
  };
}
