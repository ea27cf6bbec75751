import { PatternError } from './errors.ts';
import { MAX_WILDCARD_COMPLEXITY } from './limits.ts';
import type { Condition } from './operators/operator.ts';
import { wildcardComplexity } from './wildcard/complexity.ts';

/** One field's alternatives. */
export interface Leaf {
  /** The field's names from the root, joined by dots. */
  readonly path: string;
  /** At least one, no two alike; any of them suffices. */
  readonly conditions: readonly Condition[];
}

/** Leaves that must all hold, in ascending order of their paths. */
export type Combination = readonly Leaf[];

/** What a pattern says about one field, over all of its `$or` combinations. */
export interface FieldSummary {
  /** The strings that the field is equated with, literally. */
  readonly strings: readonly string[];
  /** No alternative is anything else than a literal string. */
  readonly onlyStrings: boolean;
  /** Every combination constrains the field. */
  readonly inEveryCombination: boolean;
}

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

  /** The number of combinations that `$or` expands to; 1 without `$or`. */
  get combinationCount(): number {
    return this.combinations.length;
  }

  /** The fields that the pattern constrains, by dotted path, as access policies look at them. */
  fields(): Map<string, FieldSummary> {
    const summaries = new Map<string, { strings: Set<string>; onlyStrings: boolean; combinations: number }>();
    for (const { path, conditions } of this.combinations.flat()) {
      const summary = summaries.get(path) ?? { strings: new Set(), onlyStrings: true, combinations: 0 };
      summaries.set(path, summary);
      summary.combinations++;
      for (const { literal } of conditions) {
        if (literal === undefined) summary.onlyStrings = false;
        else summary.strings.add(literal);
      }
    }
    return new Map(
      [...summaries].map(([path, { strings, onlyStrings, combinations }]) => [
        path,
        {
          strings: [...strings],
          onlyStrings,
          inEveryCombination: combinations === this.combinations.length,
        },
      ]),
    );
  }

  /** The strings that the field at `path` is equated with; empty if there are none. */
  literalStrings(path: string): readonly string[] {
    return this.fields().get(path)?.strings ?? [];
  }
}

/**
 * Throws where wildcards are too complex. Those on one path add up if they are tried together, that is if all
 * fields before the path carry the same leaves.
 */
export function refuseComplexWildcards(combinations: readonly Combination[]): void {
  const leafNumbers = new Map<Leaf, number>();
  const groups = new Map<string, Map<string, Condition>>();
  for (const leaves of combinations) {
    let before = '';
    for (const leaf of leaves) {
      if (!leafNumbers.has(leaf)) leafNumbers.set(leaf, leafNumbers.size);
      const wild = leaf.conditions.filter(({ globs }) => globs !== undefined);
      if (wild.length > 0) {
        const place = `${before}${leaf.path}`;
        const group = groups.get(place) ?? new Map<string, Condition>();
        groups.set(place, group);
        for (const condition of wild) group.set(condition.key, condition);
      }
      before += `${leafNumbers.get(leaf)},`;
    }
  }
  for (const group of groups.values()) refuseComplexGroup(group.values());
}

function refuseComplexGroup(conditions: Iterable<Condition>): void {
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
