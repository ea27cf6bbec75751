import type { TokenReader } from '../json/token-reader.ts';

/** Said of numbers first, and of more since. */
export const TOO_MANY = 'Too many elements in numeric expression';

const ONE_KEY = 'Only one key allowed in match expression';

/** Reads the brace that closes a match expression. */
export function closeExpression(reader: TokenReader, otherwise = ONE_KEY): void {
  if (reader.next() !== '}') reader.fail(otherwise);
}

/** Takes the current token as an argument that must be a string, and reads the closing brace. `what` names the operator in errors. */
export function takeStringArgument(reader: TokenReader, what: string): string {
  if (reader.kind !== 'string') reader.fail(`${what} match pattern must be a string`);
  const text = reader.text();
  closeExpression(reader);
  return text;
}

/** Reads an argument that must be a string, and the closing brace. */
export function readStringArgument(reader: TokenReader, what: string): string {
  reader.next();
  return takeStringArgument(reader, what);
}

/** Puts alternatives into a sentence: `"a"`, `"a" or "b"`, `"a", "b" or "c"`. */
export function either(texts: readonly string[], word = 'or'): string {
  if (texts.length < 2) return texts.join('');
  return `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`;
}
