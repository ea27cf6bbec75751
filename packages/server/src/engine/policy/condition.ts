import { limits } from '../../model/limits.ts';
import { matchesArn, matchesGlob } from './glob.ts';

/** The condition keys of a request with their values. Names are compared without regard to case. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

export type Effect = 'Allow' | 'Deny';

type Comparison = (wanted: string, given: string) => boolean;

interface Operator {
  readonly compare: Comparison;
  readonly negated: boolean;
}

const equals: Comparison = (wanted, given) => wanted === given;
const equalsIgnoreCase: Comparison = (wanted, given) => wanted.toLowerCase() === given.toLowerCase();

const OPERATORS = new Map<string, Operator>([
  ['stringequals', { compare: equals, negated: false }],
  ['stringnotequals', { compare: equals, negated: true }],
  ['stringequalsignorecase', { compare: equalsIgnoreCase, negated: false }],
  ['stringnotequalsignorecase', { compare: equalsIgnoreCase, negated: true }],
  ['stringlike', { compare: matchesGlob, negated: false }],
  ['stringnotlike', { compare: matchesGlob, negated: true }],
  ['arnequals', { compare: matchesArn, negated: false }],
  ['arnnotequals', { compare: matchesArn, negated: true }],
  ['arnlike', { compare: matchesArn, negated: false }],
  ['arnnotlike', { compare: matchesArn, negated: true }],
  ['bool', { compare: equalsIgnoreCase, negated: false }],
]);

/** Policy variables that are filled in, and where their values come from: never from what a publisher wrote. */
const VARIABLE = /\$\{([^}]*)\}/g;
const VARIABLES = new Set(['aws:principalaccount', 'aws:principalarn']);

const hasOnlyKnownVariables = (value: string): boolean =>
  [...value.matchAll(VARIABLE)].every(([, name = '']) => VARIABLES.has(name.toLowerCase()));

function fillVariables(value: string, context: RequestContext): string {
  if (!value.includes('${')) return value;
  return value.replace(VARIABLE, (_, name: string) => valuesOf(context, name.toLowerCase())?.[0] ?? '');
}

/** One line of a statement's conditions, ready to be judged. */
export interface Condition {
  /** Lower case. */
  readonly key: string;
  readonly values: readonly string[];
  /** `null` asks whether the key is there at all; `unknown` cannot be judged by this house. */
  readonly operator: Operator | 'null' | 'unknown';
  readonly quantifier: 'any' | 'all' | undefined;
  readonly ifExists: boolean;
}

/**
 * Reads an operator's name with its quantifier and suffix.
 *
 * @param name as in the policy, for example `ForAnyValue:StringLikeIfExists`.
 */
export function parseCondition(name: string, key: string, values: readonly string[]): Condition {
  const [, quantifier, operator = '', suffix] =
    /^(?:for(any|all)values?:)?([a-z]*?)(ifexists)?$/.exec(name.toLowerCase()) ?? [];
  // A condition with a variable that is not filled in here cannot be judged.
  const known = values.every(hasOnlyKnownVariables) ? OPERATORS.get(operator) : undefined;
  return {
    key: key.toLowerCase(),
    values,
    operator: operator === 'null' ? 'null' : (known ?? 'unknown'),
    quantifier: quantifier === 'any' || quantifier === 'all' ? quantifier : undefined,
    ifExists: suffix !== undefined,
  };
}

/** The values of a condition key in a request; undefined when the request has none. */
function valuesOf(context: RequestContext, key: string): readonly string[] | undefined {
  for (const [name, value] of Object.entries(context)) {
    if (name.toLowerCase() !== key) continue;
    const values = typeof value === 'string' ? [value] : value;
    return values.length > 0 ? values : undefined;
  }
  return undefined;
}

function holdsForValues(
  condition: Condition,
  operator: Operator,
  given: readonly string[],
  wanted: readonly string[],
  effect: Effect,
): boolean {
  const passes = (value: string): boolean =>
    wanted.some((item) => operator.compare(item, value)) !== operator.negated;
  // IAM leaves open what an operator without a quantifier makes of several values. Here it takes the safe side: all of them
  // must pass for an Allow, one is enough for a Deny.
  const quantifier = condition.quantifier ?? (effect === 'Allow' ? 'all' : 'any');
  return quantifier === 'all' ? given.every(passes) : given.some(passes);
}

/** Whether values are so long, or so many, that comparing them could hold up everybody else. */
function areTooLong(values: readonly string[]): boolean {
  let chars = values.length;
  for (const value of values) chars += value.length;
  return chars > limits.policyContextChars;
}

/**
 * Judges one condition. A key that the request lacks fails positive operators and passes negated ones, `…IfExists` and
 * `ForAllValues:`, as in IAM.
 *
 * @param effect of the statement: what cannot be judged (an unknown operator, values beyond
 * `limits.policyContextChars`) never allows, and always denies.
 */
export function holds(condition: Condition, context: RequestContext, effect: Effect): boolean {
  const { operator } = condition;
  if (operator === 'unknown') return effect === 'Deny';
  const given = valuesOf(context, condition.key);
  if (operator === 'null') return condition.values.includes(String(given === undefined));
  if (given !== undefined) {
    if (areTooLong(given)) return effect === 'Deny';
    const wanted = condition.values.map((value) => fillVariables(value, context));
    return holdsForValues(condition, operator, given, wanted, effect);
  }
  if (condition.ifExists || condition.quantifier === 'all') return true;
  return condition.quantifier === undefined && operator.negated;
}
