import type { DocumentedConnector, ParameterField } from '../engine/ports/connector.ts';
import { limits } from '../model/limits.ts';
import type { TargetSettings } from '../model/resources.ts';

export const BUSBAR_BLOCK = 'BusbarParameters';

/** The members of `BusbarParameters` that every kind of target takes. */
export const COMMON_FIELDS: readonly ParameterField[] = [
  {
    name: 'MaximumRatePerSecond',
    type: 'integer',
    required: false,
    secret: false,
    description: 'The most deliveries a second. Further ones wait in the backlog.',
    example: 50,
    fallback: 'no limit',
  },
  {
    name: 'MaximumConcurrency',
    type: 'integer',
    required: false,
    secret: false,
    description: 'The most sends under way at once.',
    example: 4,
    fallback: "the connector's own",
  },
];

type Check = (value: unknown) => boolean;

const isText: Check = (value) =>
  typeof value === 'string' && value !== '' && value.length <= limits.busbarParameterChars;

/** Values of lists and maps are plain: nothing nests, so that a block stays small whatever is sent. */
const isPlain: Check = (value) => isText(value) || typeof value === 'number' || typeof value === 'boolean';

const isObject = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length <= limits.busbarParameterItems;

const isMap: Check = (value) =>
  isObject(value) && Object.entries(value).every((entry) => entry.every(isPlain));

const CHECKS: Readonly<Record<ParameterField['type'], Check>> = {
  string: isText,
  integer: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  boolean: (value) => typeof value === 'boolean',
  list: (value) =>
    Array.isArray(value) && value.length <= limits.busbarParameterItems && value.every(isPlain),
  map: isMap,
  structure: isMap,
};

const isChoice = ({ type, choices }: ParameterField, value: unknown): boolean =>
  typeof value === (type === 'integer' ? 'number' : 'string') && choices!.includes(String(value));

/** What is wrong with a target's `BusbarParameters`, in the manner of the service's own texts; undefined when nothing is. */
export function checkBusbarParameters(
  target: TargetSettings,
  connector: Pick<DocumentedConnector, 'parameters'>,
): string | undefined {
  const block = target[BUSBAR_BLOCK];
  if (block === undefined) return undefined;
  if (!isObject(block)) return `Parameter ${BUSBAR_BLOCK} is not valid for target ${target.Id}.`;
  const { block: named, fields: inBlock, busbarFields = [] } = connector.parameters;
  const own = named === BUSBAR_BLOCK ? inBlock : busbarFields;
  const fields = new Map([...COMMON_FIELDS, ...own].map((field) => [field.name, field]));
  for (const [name, value] of Object.entries(block)) {
    const field = fields.get(name);
    const fits = field && (field.choices ? isChoice(field, value) : CHECKS[field.type](value));
    if (!fits) return `Parameter ${BUSBAR_BLOCK}.${name} is not valid for target ${target.Id}.`;
  }
  const missing = own.find(({ name, required }) => required && !(name in block));
  return (
    missing && `Parameter(s) ${BUSBAR_BLOCK}.${missing.name} must be specified for target: ${target.Id}.`
  );
}

/** The connector with the check of what all kinds of target have in common. */
export function withCommonChecks(connector: DocumentedConnector): DocumentedConnector {
  return {
    ...connector,
    check: (arn, target) => checkBusbarParameters(target, connector) ?? connector.check(arn, target),
  };
}
