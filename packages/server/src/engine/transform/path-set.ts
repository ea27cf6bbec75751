import { eachElement, eachMember, endOfValue, OPEN_BRACE, OPEN_BRACKET } from './json-slice.ts';
import type { JsonPath, PathStep } from './json-path.ts';

/** Paths that share their first steps share nodes, so that one walk over the text answers all of them. */
interface PathNode {
  readonly members: Map<string, PathNode>;
  readonly elements: Map<number, PathNode>;
  every: PathNode | undefined;
  /** The paths that end here. */
  readonly paths: number[];
  /** The paths whose first `[*]` step leaves from here: an array here means that they resolve, if only to an empty list. */
  readonly opens: number[];
}

/** A value found for a path; `start` is -1 for the mere fact that a path with `[*]` met an array. */
interface Finding {
  path: number;
  readonly start: number;
  readonly end: number;
}

/** No path: the finding was overtaken by a later member of the same name. */
const OVERTAKEN = -1;

const newNode = (): PathNode => ({
  members: new Map(),
  elements: new Map(),
  every: undefined,
  paths: [],
  opens: [],
});

function childOf(node: PathNode, step: PathStep): PathNode {
  if (step.kind === 'every') return (node.every ??= newNode());
  const found = step.kind === 'member' ? node.members.get(step.name) : node.elements.get(step.place);
  if (found) return found;
  const child = newNode();
  if (step.kind === 'member') node.members.set(step.name, child);
  else node.elements.set(step.place, child);
  return child;
}

function buildTree(paths: readonly JsonPath[]): PathNode {
  const root = newNode();
  for (const [path, steps] of paths.entries()) {
    let node = root;
    let opened = false;
    for (const step of steps) {
      if (step.kind === 'every' && !opened) {
        node.opens.push(path);
        opened = true;
      }
      node = childOf(node, step);
    }
    node.paths.push(path);
  }
  return root;
}

/** Collects what the nodes want of the value at `at`; answers the index behind it. Recursion is as deep as paths are long. */
function visit(text: string, at: number, nodes: readonly PathNode[], findings: Finding[]): number {
  const first = text.charCodeAt(at);
  let end: number;
  if (first === OPEN_BRACE && nodes.some((node) => node.members.size > 0)) {
    end = visitObject(text, at, nodes, findings);
  } else if (first === OPEN_BRACKET && nodes.some((node) => node.every || node.elements.size > 0)) {
    end = visitArray(text, at, nodes, findings);
  } else {
    end = endOfValue(text, at);
  }
  for (const node of nodes) {
    for (const path of node.paths) findings.push({ path, start: at, end });
  }
  return end;
}

function visitObject(text: string, at: number, nodes: readonly PathNode[], findings: Finding[]): number {
  // Where the findings below a member begin and end: of members with the same name only the last one counts.
  const ranges = new Map<string, readonly [number, number]>();
  return eachMember(text, at, (name, valueAt) => {
    const wanted: PathNode[] = [];
    for (const node of nodes) {
      const child = node.members.get(name);
      if (child) wanted.push(child);
    }
    if (wanted.length === 0) return endOfValue(text, valueAt);
    const [from, to] = ranges.get(name) ?? [0, 0];
    for (let index = from; index < to; index++) findings[index]!.path = OVERTAKEN;
    const before = findings.length;
    const end = visit(text, valueAt, wanted, findings);
    ranges.set(name, [before, findings.length]);
    return end;
  });
}

function visitArray(text: string, at: number, nodes: readonly PathNode[], findings: Finding[]): number {
  for (const node of nodes) {
    for (const path of node.opens) findings.push({ path, start: -1, end: -1 });
  }
  return eachElement(text, at, (place, valueAt) => {
    const wanted: PathNode[] = [];
    for (const node of nodes) {
      const child = node.elements.get(place);
      if (child) wanted.push(child);
      if (node.every) wanted.push(node.every);
    }
    return wanted.length === 0 ? endOfValue(text, valueAt) : visit(text, valueAt, wanted, findings);
  });
}

/** The JSON texts of the values that the paths lead to, in the order of the paths; undefined where a path leads nowhere. */
export type PathReader = (text: string) => (string | undefined)[];

/**
 * Compiles paths into one reader. It walks a valid, compact JSON text once, however many paths there are.
 * A path with `[*]` answers an array of everything it leads to, in the text's order (an empty one when the array is
 * there but holds nothing fitting). Of duplicate members the last counts.
 */
export function createPathReader(paths: readonly JsonPath[]): PathReader {
  if (paths.length === 0) return () => [];
  const root = [buildTree(paths)];
  const manifold = paths.map((steps) => steps.some((step) => step.kind === 'every'));
  return (text) => {
    const findings: Finding[] = [];
    visit(text, 0, root, findings);
    const values: (string | undefined)[] = paths.map(() => undefined);
    const lists: string[][] = [];
    for (const { path, start, end } of findings) {
      if (path === OVERTAKEN) continue;
      if (!manifold[path]) values[path] = text.slice(start, end);
      else if (start < 0) lists[path] ??= [];
      else (lists[path] ??= []).push(text.slice(start, end));
    }
    for (const [path, list] of lists.entries()) if (list) values[path] = `[${list.join(',')}]`;
    return values;
  };
}
