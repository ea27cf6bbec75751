import { parsePattern, PatternError, type Pattern } from '@busbar/pattern';
import { CONDITION_FIELDS, type RequestContext } from '../../../engine/policy/index.ts';
import { ApiError, limitExceeded } from '../../../model/errors.ts';
import type { Quotas } from '../../../model/limits.ts';

/** Parses a pattern. Throws `InvalidEventPatternException` with the service's own reason and place. */
export function parseEventPattern(text: string): Pattern {
  try {
    return parsePattern(text);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new ApiError(
      'InvalidEventPatternException',
      `Event pattern is not valid. Reason: ${error.describe()}`,
    );
  }
}

/** The same within the quota of characters. Throws `LimitExceededException` too. */
export function parseNewPattern(text: string, { eventPatternChars }: Quotas): Pattern {
  if (text.length > eventPatternChars) throw limitExceeded();
  return parseEventPattern(text);
}

/**
 * What a policy sees of a pattern: for each field the literal strings it is compared with. A field that can also match
 * something else (by another operator, or in another `$or` branch) has no value: nothing is known about it.
 */
export function patternContext(pattern: Pattern | undefined): RequestContext {
  const context: Record<string, readonly string[]> = {};
  for (const [key, field] of CONDITION_FIELDS) {
    const strings = pattern?.literalStrings(field);
    if (strings !== undefined) context[key] = strings;
  }
  return context;
}
