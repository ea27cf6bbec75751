/** Combinations that the `$or` groups of one pattern may expand to. Source: EventBridge quotas. */
export const MAX_OR_COMBINATIONS = 1000;

/** States that the wildcards of one path may have active at once. Source: the engine's guidance; see PATTERNS.md. */
export const MAX_WILDCARD_COMPLEXITY = 10;

/** Configurations visited before a wildcard counts as too complex, so that a hostile text costs bounded work. */
export const MAX_WILDCARD_CONFIGURATIONS = 20_000;

/** Levels of nesting in a pattern. Source: the JSON reader behind EventBridge accepts 1,000. */
export const MAX_PATTERN_DEPTH = 1000;

/** Levels of nesting in an event; what lies deeper is checked for syntax but yields no value. */
export const MAX_EVENT_DEPTH = 1000;

/** Characters of the pattern that an error's source position quotes. Source: the JSON reader behind EventBridge. */
export const MAX_QUOTED_SOURCE = 500;

/** Characters of an unrecognised token that an error quotes. Source: the JSON reader behind EventBridge. */
export const MAX_QUOTED_TOKEN = 256;

/**
 * Attempts to find agreeing array elements for one combination of a pattern in one event. Beyond it the event counts
 * as not matching. An event of the size that EventBridge takes has fewer elements; only arrays that
 * repeat under one path, or paths made to interleave, need as many.
 */
export const MAX_AGREEMENT_STEPS = 500_000;
