import { dynamicValue, type DynamicValue } from '../dynamic-value.ts';

/** A block for one event; `missing` is the path that led to no text and no number. */
export type Resolved<Block> =
  | { readonly block: Block; readonly missing?: undefined }
  | { readonly block?: undefined; readonly missing: string };

/** A path somewhere in a block. */
interface Leaf {
  /** The names and numbers that lead to it. */
  readonly place: readonly string[];
  readonly path: string;
  readonly value: DynamicValue;
}

/**
 * A parameter block any of whose texts may be a JSONPath, to be resolved against the original event. Members named in
 * `fixed` (those of an enumeration) stand for themselves, wherever they are.
 */
export function dynamicBlock<Block>(
  block: Block,
  fixed: ReadonlySet<string> = new Set(),
): (event: string) => Resolved<Block> {
  const leaves = leavesOf(block, fixed, []);
  if (leaves.length === 0) return () => ({ block });
  return (event) => {
    const copy = structuredClone(block);
    for (const { place, path, value } of leaves) {
      const found = value(event);
      if (found === undefined) return { missing: path };
      put(copy, place, found);
    }
    return { block: copy };
  };
}

function leavesOf(value: unknown, fixed: ReadonlySet<string>, place: readonly string[]): Leaf[] {
  if (typeof value === 'string') {
    return value.startsWith('$') ? [{ place, path: value, value: dynamicValue(value) }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([name]) => !fixed.has(name))
    .flatMap(([name, member]) => leavesOf(member, fixed, [...place, name]));
}

function put(block: unknown, place: readonly string[], value: string): void {
  let holder = block as Record<string, unknown>;
  for (const name of place.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
  holder[place.at(-1)!] = value;
}
