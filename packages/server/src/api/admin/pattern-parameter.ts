import { createMatcher, PatternError, type Matcher } from '@busbar/pattern';
import { limits } from '../../model/limits.ts';
import { badRequest, textParameter } from './parameters.ts';

/** A matcher of the event pattern in the query; undefined when it is missing. Throws for one that is not valid. */
export function patternParameter(query: URLSearchParams, name: string): Matcher<true> | undefined {
  const pattern = textParameter(query, name, limits.adminPatternChars);
  return pattern === undefined ? undefined : matcherFor(pattern);
}

/** A matcher of an event pattern. Throws for one that is not valid. */
export function matcherFor(pattern: string): Matcher<true> {
  const matcher = createMatcher<true>();
  try {
    matcher.add(true, pattern);
  } catch (error) {
    if (error instanceof PatternError) throw badRequest(`The pattern is not valid: ${error.message}`);
    throw error;
  }
  return matcher;
}
