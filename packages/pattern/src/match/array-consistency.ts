import { MAX_AGREEMENT_STEPS } from '../limits.ts';
import type { ElementIndex } from './element-index.ts';
import { elementsAgree } from './element-node.ts';
import type { ElementNode, ElementTree } from './element-node.ts';
import type { PathNode } from './path-trie.ts';
import { QuickAgreement } from './quick-agreement.ts';
import type { SharedLeaf } from './shared-leaf.ts';

/** The work that finding an agreement has cost. */
interface StepCount {
  steps: number;
}

/**
 * The array elements chosen so far, as far as later leaves can still disagree with them. Rarely more than one: a
 * choice stops to matter once all paths through its array are done, and those stand side by side in path order.
 */
type Choice = readonly ElementNode[];

/**
 * Whether values, or absences, can be chosen for all leaves that agree on the array elements they lie in. Most
 * events answer that within a few attempts; those that do not get the thorough search.
 */
export function canAgree(leaves: readonly SharedLeaf[], generation: number, elements: ElementTree): boolean {
  const quick = new QuickAgreement(leaves, generation).run();
  return quick ?? canAgreeThoroughly(leaves, generation, elements.repeatsArrays);
}

/**
 * The search that is right whatever the event, up to `MAX_AGREEMENT_STEPS`.
 *
 * The leaves are taken in ascending order of their paths. All choices are followed side by side, and choices that
 * later leaves cannot tell apart are followed once; so the work grows with the number of elements and not with the
 * number of ways to combine them.
 */
export function canAgreeThoroughly(
  leaves: readonly SharedLeaf[],
  generation: number,
  repeatsArrays: boolean,
): boolean {
  const effort: StepCount = { steps: 0 };
  let choices: Choice[] = [[]];
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i]!;
    const later = leaves.slice(i + 1).map(({ field }) => field.node);
    const next = new Map<string, Choice>();
    const keep = (choice: Choice): void => {
      const kept = relevant(choice, later);
      next.set(kept.map(({ id }) => id).join(), kept);
    };
    const satisfying = leaf.field.elementsOf(leaf, generation);
    for (const choice of choices) {
      if (satisfying.outside) keep(choice);
      for (const element of agreeing(satisfying, choice, leaf.field.node, repeatsArrays, effort)) {
        keep([...choice, element]);
        if (effort.steps > MAX_AGREEMENT_STEPS) return false;
      }
      if (leaf.acceptsAbsence && isAbsent(leaf, choice, repeatsArrays, effort)) keep(choice);
      if (++effort.steps > MAX_AGREEMENT_STEPS) return false;
    }
    if (next.size === 0) return false;
    choices = [...next.values()];
  }
  return true;
}

function isAbsent(leaf: SharedLeaf, choice: Choice, repeatsArrays: boolean, effort: StepCount): boolean {
  const { elements, node } = leaf.field;
  if (elements.outside) return false;
  for (const _ of agreeing(elements, choice, node, repeatsArrays, effort)) return false;
  return true;
}

/** The elements of values at `node` that agree with the choice. */
function* agreeing(
  index: ElementIndex,
  choice: Choice,
  node: PathNode,
  repeatsArrays: boolean,
  effort: StepCount,
): Generator<ElementNode> {
  for (const element of candidates(index, choice, node, repeatsArrays)) {
    effort.steps++;
    if (choice.every((chosen) => elementsAgree(chosen, element))) yield element;
  }
}

/**
 * A superset of the agreeing elements. Where a chosen element lies on the way to `node`, only elements within it or
 * around it can agree; with repeated arrays there may be others, and every element is a candidate.
 */
function* candidates(
  index: ElementIndex,
  choice: Choice,
  node: PathNode,
  repeatsArrays: boolean,
): Generator<ElementNode> {
  const anchor = repeatsArrays ? null : deepestAnchor(choice, node);
  if (anchor === null) {
    yield* index.elements;
    return;
  }
  yield* index.within(anchor);
  for (let outer = anchor.parent; outer !== null; outer = outer.parent) {
    if (index.elements.has(outer)) yield outer;
  }
}

function deepestAnchor(choice: Choice, node: PathNode): ElementNode | null {
  let deepest: ElementNode | null = null;
  for (const chosen of choice) {
    const anchor = trim(chosen, [node]);
    if (anchor !== null && (deepest === null || anchor.depth > deepest.depth)) deepest = anchor;
  }
  return deepest;
}

/** The innermost element around `element`, itself included, whose array lies on the way to one of the paths. */
function trim(element: ElementNode, paths: readonly PathNode[]): ElementNode | null {
  let node: ElementNode | null = element;
  while (node !== null && !leadsToAny(node.path, paths)) node = node.parent;
  return node;
}

function leadsToAny(node: PathNode, paths: readonly PathNode[]): boolean {
  return paths.some((path) => node.leadsTo(path));
}

/** Reduces a choice to what the later paths can tell apart: no element that another one implies, in a fixed order. */
function relevant(choice: Choice, later: readonly PathNode[]): Choice {
  if (choice.length === 0) return choice;
  const trimmed = new Set<ElementNode>();
  for (const element of choice) {
    const kept = trim(element, later);
    if (kept !== null) trimmed.add(kept);
  }
  const implied = new Set<ElementNode>();
  for (const element of trimmed) {
    for (let outer = element.parent; outer !== null; outer = outer.parent) implied.add(outer);
  }
  return [...trimmed].filter((element) => !implied.has(element)).toSorted((a, b) => a.id - b.id);
}
