import { invalidParameter } from '../errors.ts';
import { compileJsonSelector, noRegularExpressions } from './json-selector.ts';
import { compileTerms } from './terms.ts';

/** Whether a message fits a filter pattern. */
export type MessageFilter = (message: string) => boolean;

/**
 * Compiles a filter pattern: empty, words and phrases, or a selector for JSON messages. Throws InvalidParameterException
 * for a pattern that is none of these; no text of a pattern ever becomes a regular expression.
 */
export function compileFilter(pattern: string): MessageFilter {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return compileJsonSelector(text);
  if (text.startsWith('[')) {
    throw invalidParameter('Busbar does not support space-delimited filter patterns.');
  }
  if (text.startsWith('%')) throw noRegularExpressions();
  return compileTerms(text);
}
