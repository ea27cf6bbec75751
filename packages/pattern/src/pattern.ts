import { PatternError } from './errors.ts';
import { MAX_WILDCARD_COMPLEXITY } from './limits.ts';
import type { Condition } from './operators/operator.ts';
import { mostComplexity, wildcardComplexity } from './wildcard/complexity.ts';

/** One field's alternatives. */
export interface Leaf {
  /** The field's names from the root, joined by dots. */
  readonly path: string;
  /** At least one, no two alike; any of them suffices. */
  readonly conditions: readonly Condition[];
}

/** Leaves that must all hold, in ascending order of their paths. */
export type Combination = readonly Leaf[];

/** A valid pattern. Immutable. */
export class Pattern {
  /** The text as it was given. */
  readonly text: string;
  /** The pattern in disjunctive form: it matches where one of these does. */
  readonly combinations: readonly Combination[];
  /** Whether a `wildcard` occurs anywhere, be it inside anything-but. */
  readonly usesWildcard: boolean;

  constructor(text: string, combinations: readonly Combination[]) {
    this.text = text;
    this.combinations = combinations;
    this.usesWildcard = combinations.some((leaves) =>
      leaves.some((leaf) => leaf.conditions.some((condition) => condition.globs !== undefined)),
    );
  }

  /** The strings that the field at `path` must equal one of; `undefined` if anything else can satisfy the pattern. */
  literalStrings(path: string): readonly string[] | undefined {
    const strings = new Set<string>();
    for (const leaves of this.combinations) {
      const leaf = leaves.find((each) => each.path === path);
      if (leaf === undefined) return undefined;
      for (const { literal } of leaf.conditions) {
        if (literal === undefined) return undefined;
        strings.add(literal);
      }
    }
    return [...strings];
  }
}

/**
 * Throws where wildcards are too complex. Those on one path add up if they are tried together, that is if all
 * fields before the path carry the same leaves.
 *
 * @internal
 */
export function refuseComplexWildcards(combinations: readonly Combination[]): void {
  const leafNumbers = new Map<Leaf, number>();
  const groups = new Map<string, Map<string, Condition>>();
  for (const leaves of combinations) {
    let before = '';
    for (const leaf of leaves) {
      const number = leafNumbers.get(leaf) ?? leafNumbers.size;
      leafNumbers.set(leaf, number);
      const place = `${before}${leaf.path}`;
      for (const condition of leaf.conditions) {
        if (condition.globs === undefined) continue;
        const group = groups.get(place) ?? new Map<string, Condition>();
        groups.set(place, group.set(condition.key, condition));
      }
      before += `${number},`;
    }
  }
  for (const group of groups.values()) refuseComplexGroup([...group.values()]);
}

function refuseComplexGroup(conditions: readonly Condition[]): void {
  const most = conditions.reduce((sum, { globs }) => sum + mostComplexity(globs!), 0);
  if (most <= MAX_WILDCARD_COMPLEXITY) return;
  let room = MAX_WILDCARD_COMPLEXITY;
  for (const { globs } of conditions) {
    room -= wildcardComplexity(globs!, room);
    if (room >= 0) continue;
    throw new PatternError(
      'Rule is too complex - try using fewer wildcard characters or ' +
        'fewer repeating character sequences after a wildcard character',
    );
  }
}
