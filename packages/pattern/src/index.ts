export { EventError, PatternError } from './errors.ts';
export { createMatcher, matchesPattern } from './match/matcher.ts';
export type { Matcher } from './match/matcher.ts';
export { operators } from './operators/list.ts';
export type { Condition, IndexHint, Operator, View } from './operators/operator.ts';
export { parsePattern } from './parse-pattern.ts';
export { Pattern } from './pattern.ts';
export type { Combination, FieldSummary, Leaf } from './pattern.ts';
