// A small reader of TypeScript sources for the house rules: imports and functions with their lengths.

/** The module specifiers that a source imports, re-exports or loads. */
export function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\()(['"])([^'"\n]+)\1/g);
  return [...found].map((match) => match[2]!);
}

export interface FunctionSpan {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

const STARTS: readonly RegExp[] = [
  /^\s*(?:export )?(?:default )?(?:async )?function\b\*? *([\w$]*)/,
  /^\s*(?:public |private |static |async |override |get |set |\*)*(#?[\w$]+)(?:<[^>]*>)?\(.*\)?.*\{$/,
  /^\s*(?:export )?const ([\w$]+)[^=]*= (?:async )?(?:\([^)]*\)|[\w$]+)[^=]*=> \{$/,
];
const NOT_FUNCTIONS = new Set([
  'if',
  'for',
  'while',
  'switch',
  'catch',
  'return',
  'function',
  'else',
  'do',
  'test',
  'describe',
]);

/** Functions by their first line; the length runs to the line that closes at the same indentation (prettier keeps that true). */
export function functionsOf(_path: string, text: string): FunctionSpan[] {
  const lines = text.split('\n');
  const spans: FunctionSpan[] = [];
  lines.forEach((line, index) => {
    const name = STARTS.map((start) => start.exec(line)?.[1]).find((match) => match !== undefined);
    if (name === undefined || NOT_FUNCTIONS.has(name)) return;
    const indent = /^\s*/.exec(line)![0];
    const end = lines.findIndex((other, at) => at > index && other.startsWith(`${indent}}`));
    if (end > index) spans.push({ name, line: index + 1, lines: end - index + 1 });
  });
  return spans;
}
