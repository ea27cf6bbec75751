import { parseJsonPath } from '../engine/transform/json-path.ts';
import { textOfString } from '../engine/transform/json-slice.ts';
import { createPathReader } from '../engine/transform/path-set.ts';

/** Resolves one parameter for an event's JSON text; undefined when the path leads to nothing that is a text or a number. */
export type DynamicValue = (event: string) => string | undefined;

/**
 * A parameter whose whole value may be a JSONPath (`$.detail.customer`), resolved against the original event. Anything
 * else, a text that only looks like a path included, stands for itself.
 */
export function dynamicValue(text: string): DynamicValue {
  const path = text.startsWith('$') ? parseJsonPath(text) : undefined;
  if (!path) return () => text;
  const read = createPathReader([path]);
  return (event) => {
    const [raw] = read(event);
    if (raw === undefined || /^[[{n]/.test(raw)) return undefined;
    return raw.startsWith('"') ? textOfString(raw) : raw;
  };
}
