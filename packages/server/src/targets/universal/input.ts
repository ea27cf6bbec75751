import { limits } from '../../model/limits.ts';
import type { CallShape, UniversalApi } from './api.ts';

export type CallInput = Readonly<Record<string, unknown>>;

const MS = 1_000;

export const isObject = (value: unknown): value is CallInput =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const upperFirst = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** A member of a table; never one that all objects have, such as `__proto__`. */
const own = <Value>(table: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined =>
  table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;

/** Whether a value lies deeper than any API follows. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.universalInputLevels) return true;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}

/** The shape of an action's input; undefined when everything in it is written as it is given. */
export function inputShape({ inputs, shapes }: UniversalApi, action: string): CallShape | undefined {
  const name = inputs?.[action];
  return name === undefined ? undefined : shapes?.[name];
}

/** How a member is called on the wire. It may be given with a small letter in front as well. */
export function wireName({ camel }: UniversalApi, shape: CallShape | undefined, given: string): string {
  const named = own(shape?.wire, upperFirst(given));
  return named ?? (camel ? lowerFirst(given) : given);
}

/** What refers to the shape of a member. */
export const memberRef = (shape: CallShape | undefined, given: string): string | undefined =>
  own(shape?.members, upperFirst(given));

const PLACE = /^(?:path|query|header):/;

/** A value as JSON has it on the wire: names, base64 and times in the API's form. */
export function jsonValue(api: UniversalApi, ref: string | undefined, value: unknown): unknown {
  if (ref === '$free') return value;
  if (ref === '$blob') return typeof value === 'string' ? Buffer.from(value).toString('base64') : value;
  if (ref === '$time') return secondsOf(value);
  const shape = ref === undefined ? undefined : api.shapes?.[ref];
  if (Array.isArray(value)) return value.map((each) => jsonValue(api, shape?.each, each));
  if (!isObject(value)) return value;
  const isMap = shape?.map !== undefined;
  const members = Object.entries(value).map(([name, inner]) => {
    if (isMap) return [name, jsonValue(api, shape.each, inner)] as const;
    const wire = wireName(api, shape, name);
    return [PLACE.test(wire) ? name : wire, jsonValue(api, memberRef(shape, name), inner)] as const;
  });
  return Object.fromEntries(members);
}

/** A time as a number of seconds, where it is given as a text. */
function secondsOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? value : ms / MS;
}

/** The input with a token that is the same for every attempt, where the API takes one and none is given. */
export function withToken(shape: CallShape | undefined, input: CallInput, token: string): CallInput {
  if (shape?.token === undefined) return input;
  return shape.token in input || lowerFirst(shape.token) in input
    ? input
    : { ...input, [shape.token]: token };
}
