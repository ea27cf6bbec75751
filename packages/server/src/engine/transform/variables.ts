import { isoSeconds } from '../envelope.ts';
import { parseJsonPath, type JsonPath } from './json-path.ts';
import { createPathReader } from './path-set.ts';

/** The rule on whose behalf a payload is built. */
export interface RuleIdentity {
  readonly ruleArn: string;
  readonly ruleName: string;
}

/** The JSON texts of the variables for one event, by name; a name that is missing has no value. */
export type VariableReader = (event: string, ingestedAt: number) => ReadonlyMap<string, string>;

/** Needed by `<aws.events.event>`: the envelope's members without the detail, in the service's order. */
const EVENT_MEMBERS: readonly (readonly [name: string, path: string])[] = [
  ['id', '$.id'],
  ['account', '$.account'],
  ['detailType', '$.detail-type'],
  ['time', '$.time'],
  ['source', '$.source'],
  ['region', '$.region'],
  ['resources', '$.resources'],
  ['version', '$.version'],
];

type Predefined = (rule: RuleIdentity, event: string, ingestedAt: number) => string;

const readEventMembers = createPathReader(EVENT_MEMBERS.map(([, path]) => parseJsonPath(path)!));

function eventWithoutDetail(event: string): string {
  const values = readEventMembers(event);
  const members = EVENT_MEMBERS.flatMap(([name], index) =>
    values[index] === undefined ? [] : [`"${name}":${values[index]}`],
  );
  return `{${members.join(',')}}`;
}

const PREDEFINED = new Map<string, Predefined>([
  ['aws.events.rule-arn', (rule) => JSON.stringify(rule.ruleArn)],
  ['aws.events.rule-name', (rule) => JSON.stringify(rule.ruleName)],
  ['aws.events.event.ingestion-time', (_rule, _event, ingestedAt) => `"${isoSeconds(ingestedAt)}"`],
  ['aws.events.event', (_rule, event) => eventWithoutDetail(event)],
  ['aws.events.event.json', (_rule, event) => event],
]);

/** Whether the service itself defines a variable of this name. */
export const isPredefined = (name: string): boolean => PREDEFINED.has(name);

/**
 * Compiles the variables that a template asks for, and only those.
 *
 * @param names the placeholders of the template.
 * @param paths `InputPathsMap`. A path that is not one leads nowhere: targets with such paths cannot be put.
 */
export function createVariableReader(
  names: readonly string[],
  paths: Readonly<Record<string, string>>,
  rule: RuleIdentity,
): VariableReader {
  const mapped: { name: string; path: JsonPath }[] = [];
  for (const name of names) {
    const path = Object.hasOwn(paths, name) ? parseJsonPath(paths[name]!) : undefined;
    if (path) mapped.push({ name, path });
  }
  const predefined = names.filter(isPredefined);
  const read = createPathReader(mapped.map(({ path }) => path));
  return (event, ingestedAt) => {
    const variables = new Map<string, string>();
    const values = read(event);
    for (const [index, { name }] of mapped.entries()) {
      if (values[index] !== undefined) variables.set(name, values[index]);
    }
    for (const name of predefined) variables.set(name, PREDEFINED.get(name)!(rule, event, ingestedAt));
    return variables;
  };
}
