import type { TargetSettings } from '../../model/resources.ts';
import { parseObject } from './classify.ts';

export type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of a payload; none when it is no JSON object. */
export function membersOf(payload: string): Members {
  const value = parseObject(payload);
  return isObject(value) ? value : {};
}

/** An object in a member of a payload. */
export function objectIn(members: Members, name: string): Members | undefined {
  const value = members[name];
  return isObject(value) ? value : undefined;
}

/** Those of some members that are there. */
export function pick(members: Members, names: readonly string[]): Members {
  return Object.fromEntries(
    names.filter((name) => members[name] !== undefined).map((name) => [name, members[name]]),
  );
}

/** The same value with every member's name in camel case, as far down as it goes: `JobId` becomes `jobId`. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.slice(0, 1).toLowerCase() + name.slice(1),
      camelCased(member),
    ]),
  );
}

/** Whether the target says itself what is sent: a payload that is the event as it came is no parameters. */
export const isShaped = ({ Input, InputPath, InputTransformer }: TargetSettings): boolean =>
  (Input ?? InputPath ?? InputTransformer) !== undefined;
