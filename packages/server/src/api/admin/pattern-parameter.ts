import { createMatcher, parsePattern, PatternError, type Matcher } from '@busbar/pattern';
import { limits } from '../../model/limits.ts';
import { badRequest, textParameter } from './parameters.ts';

/** An event pattern in the query; undefined when it is missing. Throws for one that is not valid. */
export function patternText(query: URLSearchParams, name: string): string | undefined {
  const pattern = textParameter(query, name, limits.adminPatternChars);
  if (pattern !== undefined) checkPattern(pattern);
  return pattern;
}

/** The same as a matcher. */
export function patternParameter(query: URLSearchParams, name: string): Matcher<true> | undefined {
  const pattern = patternText(query, name);
  if (pattern === undefined) return undefined;
  const matcher = createMatcher<true>();
  matcher.add(true, pattern);
  return matcher;
}

/** Throws for an event pattern that is not valid. */
export function checkPattern(pattern: string): void {
  try {
    parsePattern(pattern);
  } catch (error) {
    if (error instanceof PatternError) throw badRequest(`The pattern is not valid: ${error.message}`);
    throw error;
  }
}
