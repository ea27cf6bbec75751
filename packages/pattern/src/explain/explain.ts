import { canAgree } from '../match/array-consistency.ts';
import { EventScanner } from '../match/event-scanner.ts';
import { LeafStore } from '../match/leaf-store.ts';
import type { ElementTree } from '../match/element-node.ts';
import type { SharedLeaf } from '../match/shared-leaf.ts';
import { parsePattern } from '../parse-pattern.ts';
import type { Pattern } from '../pattern.ts';
import { either } from '../operators/expression.ts';
import { whyAbsent } from './absent-field.ts';
import { whyUnfit } from './unfit-value.ts';

/** Values listed of one field. */
const MAX_LISTED_VALUES = 10;

/** Why a pattern matches an event, or why it does not. Plain data. */
export interface Explanation {
  readonly matched: boolean;
  /** One English sentence, about the combination that came closest. */
  readonly summary: string;
  /** One entry for each combination of the pattern's `$or` groups; a pattern without them has one. */
  readonly combinations: readonly CombinationExplanation[];
}

/** The verdict on one combination, all of whose leaves must hold. */
export interface CombinationExplanation {
  readonly matched: boolean;
  readonly leaves: readonly LeafExplanation[];
}

/** The verdict on one field. */
export interface LeafExplanation {
  /** The field's dotted path. */
  readonly path: string;
  /** The alternatives in English, such as `a string that starts with "ab"`. */
  readonly wanted: readonly string[];
  /** The first of the field's values in the event, as JSON texts. Empty where it has none. */
  readonly found: readonly string[];
  readonly matched: boolean;
  /** An English sentence. */
  readonly reason: string;
}

/**
 * Explains, field by field, whether and why a pattern matches an event.
 *
 * The verdict is the one of `matchesPattern`. Throws `PatternError` or `EventError`.
 */
export function explain(pattern: string | Pattern, event: string | Uint8Array): Explanation {
  const parsed = typeof pattern === 'string' ? parsePattern(pattern) : pattern;
  const store = new LeafStore(true);
  const combinations = parsed.combinations.map((leaves) => leaves.map((leaf) => store.share(leaf)));
  const scanner = new EventScanner('strict');
  scanner.scan(event, store.root);
  const known = new Map<SharedLeaf, LeafExplanation>();
  const explained = combinations.map((leaves) => explainCombination(leaves, scanner.elements, known));
  return {
    matched: explained.some(({ matched }) => matched),
    summary: summarise(explained),
    combinations: explained,
  };
}

/** Only one event is ever scanned here. */
const GENERATION = 1;

function explainCombination(
  leaves: readonly SharedLeaf[],
  elements: ElementTree,
  known: Map<SharedLeaf, LeafExplanation>,
): CombinationExplanation {
  const alone = leaves.map((leaf) => {
    const explained = known.get(leaf) ?? explainLeaf(leaf);
    known.set(leaf, explained);
    return explained;
  });
  const matched = canAgree(leaves, GENERATION, elements);
  /** Of leaves that hold only one by one, the first that cannot hold together with those before it. */
  const conflict =
    !matched && alone.every((leaf) => leaf.matched)
      ? leaves.findIndex((_, index) => !canAgree(leaves.slice(0, index + 1), GENERATION, elements))
      : -1;
  return {
    matched,
    leaves: alone.map((leaf, index) => {
      if (matched && !leaf.matched) return { ...leaf, matched, reason: absentThere(leaf) };
      return index === conflict ? { ...leaf, matched, reason: tellConflict(leaf, alone, index) } : leaf;
    }),
  };
}

function explainLeaf(leaf: SharedLeaf): LeafExplanation {
  const { field, conditions } = leaf;
  const { path } = field.node;
  const wanted = conditions.map(({ condition }) => condition.describe());
  const found = field.values.slice(0, MAX_LISTED_VALUES).map((value) => value.toJson());
  const holding = conditions.find((condition) => condition.satisfying(GENERATION).length > 0);
  const matched = field.present ? holding !== undefined : leaf.acceptsAbsence;
  const tell = (): string => {
    if (found.length === 0) {
      return matched
        ? 'has no value, and that is wanted.'
        : `has no value; wanted ${either(wanted)}. ${whyAbsent(leaf)}`;
    }
    if (matched) {
      const value = field.values[holding!.satisfying(GENERATION)[0]!]!;
      return `is ${value.toJson()}, which is ${holding!.condition.describe()}.`;
    }
    const is = found.length === 1 ? 'is' : 'has the values';
    return `${is} ${found.join(', ')}; wanted ${either(wanted)}. ${whyUnfit(leaf)}`;
  };
  return { path, wanted, found, matched, reason: `"${path}" ${tell()}`.trimEnd() };
}

function absentThere({ path }: LeafExplanation): string {
  return `"${path}" has no value in the array element that the other fields match in, and that is wanted.`;
}

function tellConflict(leaf: LeafExplanation, all: readonly LeafExplanation[], index: number): string {
  const before = all.slice(0, index).map(({ path }) => `"${path}"`);
  const others = before.length === 0 ? 'the other fields' : either(before, 'and');
  return (
    `"${leaf.path}" has a fitting value, but in a different array element than ${others}; ` +
    'fields below one array must match within the same element.'
  );
}

function summarise(combinations: readonly CombinationExplanation[]): string {
  if (combinations.some(({ matched }) => matched)) return 'The pattern matches the event.';
  const closest = combinations.toSorted((a, b) => distance(a) - distance(b))[0]!;
  const reasons = closest.leaves.filter((leaf) => !leaf.matched).map((leaf) => leaf.reason);
  const choice = combinations.length === 1 ? '' : ' in any of its combinations; the closest fails because';
  return `The pattern does not match${choice}: ${reasons.join(' ')}`;
}

/** Grows with the number of failing leaves; among these, fields that the event lacks are further off. */
function distance({ leaves }: CombinationExplanation): number {
  const failing = leaves.filter((leaf) => !leaf.matched);
  return failing.length + failing.filter((leaf) => leaf.found.length === 0).length / (leaves.length + 1);
}
