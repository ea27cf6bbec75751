/** One step of a path: into an object's member, an array's element, or every element of an array. */
export type PathStep =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'element'; readonly place: number }
  | { readonly kind: 'every' };

export type JsonPath = readonly PathStep[];

// Each expression is tried at one place (`y`) and holds no nested repetition: parsing a path takes time in proportion to it.
const DOT_NAME = /\.([^\s.[\]*?()'"]+)/y;
const BRACKET_PLACE = /\[(\d{1,9})\]/y;
const BRACKET_EVERY = /\[\*\]/y;
const BRACKET_NAME = /\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y;

function take(expression: RegExp, text: string, at: number): RegExpExecArray | undefined {
  expression.lastIndex = at;
  return expression.exec(text) ?? undefined;
}

function readStep(text: string, at: number): { step: PathStep; end: number } | undefined {
  const end = (match: RegExpExecArray): number => at + match[0].length;
  const dot = take(DOT_NAME, text, at);
  if (dot) return { step: { kind: 'member', name: dot[1]! }, end: end(dot) };
  const place = take(BRACKET_PLACE, text, at);
  if (place) return { step: { kind: 'element', place: Number(place[1]) }, end: end(place) };
  const every = take(BRACKET_EVERY, text, at);
  if (every) return { step: { kind: 'every' }, end: end(every) };
  const quoted = take(BRACKET_NAME, text, at);
  if (!quoted) return undefined;
  const name = (quoted[1] ?? quoted[2] ?? '').replace(/\\(.)/g, '$1');
  return { step: { kind: 'member', name }, end: end(quoted) };
}

/**
 * Parses the part of JSONPath that input paths may use: `$`, `.name`, `['name']`, `[0]`, `[*]`. Filters, slices and
 * recursive descent are not part of it.
 *
 * @returns the steps (none for `$` itself), or undefined when the text is not such a path.
 */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!text.startsWith('$')) return undefined;
  const steps: PathStep[] = [];
  let at = 1;
  while (at < text.length) {
    const read = readStep(text, at);
    if (!read) return undefined;
    steps.push(read.step);
    at = read.end;
  }
  return steps;
}
