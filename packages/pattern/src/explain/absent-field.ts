import type { EventValue } from '../event-value.ts';
import type { PathNode } from '../match/path-trie.ts';
import type { SharedLeaf } from '../match/shared-leaf.ts';
import { either } from '../operators/expression.ts';

/** Similar fields mentioned. */
const MAX_SUGGESTIONS = 3;

/** A hint why the leaf's field has no value in the event; '' if there is none to give. */
export function whyAbsent(leaf: SharedLeaf): string {
  const { node } = leaf.field;
  let root = node;
  while (root.parent !== null) {
    root = root.parent;
    const value = root.field?.values[0];
    if (value !== undefined) return tellScalar(root, value);
  }
  const present = fieldsWithValues(root);
  const within = present.find((other) => node.leadsTo(other));
  if (within !== undefined) return `It is an object; name a field within it, such as "${within.path}".`;
  const path = node.path.toLowerCase();
  const otherCase = present.filter((other) => other.path.toLowerCase() === path);
  if (otherCase.length > 0) {
    return `The event has ${quoted(otherCase)}, and upper and lower case are told apart in field names.`;
  }
  const fits = ({ field }: PathNode): boolean =>
    leaf.conditions.some(({ condition }) => field!.values.some((value) => condition.test(value)));
  const elsewhere = present
    .filter((other) => other.name === node.name)
    .toSorted((a, b) => Number(fits(b)) - Number(fits(a)));
  const name = node.name.toLowerCase();
  const similar =
    elsewhere.length > 0 ? elsewhere : present.filter((other) => other.name.toLowerCase() === name);
  return similar.length > 0 ? `The event has ${quoted(similar)} instead.` : '';
}

function quoted(nodes: readonly PathNode[]): string {
  return either(
    nodes.slice(0, MAX_SUGGESTIONS).map((node) => `"${node.path}"`),
    'and',
  );
}

function tellScalar(node: PathNode, value: EventValue): string {
  const json = value.toJson();
  const shown = json.length > 40 ? `${json.slice(0, 40)}…` : json;
  const told = `"${node.path}" is ${shown} and not an object.`;
  const holdsJson = value.kind === 'string' && value.text.trimStart().startsWith('{');
  return holdsJson ? `${told} JSON within a string is not looked into.` : told;
}

/** All fields of the event that have values, nearest to the root first. */
function fieldsWithValues(root: PathNode): PathNode[] {
  const nodes = [root];
  for (const { children } of nodes) for (const child of children?.values() ?? []) nodes.push(child);
  return nodes.filter(({ field }) => field !== null && field.values.length > 0);
}
