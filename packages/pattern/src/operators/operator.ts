import type { EventValue } from '../event-value.ts';
import type { NumberRange } from './number-range.ts';
import type { Glob } from '../wildcard/glob.ts';
import type { TokenReader } from '../json/token-reader.ts';

/**
 * A projection of values by which conditions can be looked up, such as "the text of a string". Conditions on one
 * view of one field are found by a single map access, however many there are.
 *
 * @internal
 */
export interface View {
  readonly name: string;
  /** The key of a value, or `undefined` when the view does not apply to it. */
  of(value: EventValue): string | number | undefined;
}

/**
 * Says that a value can only satisfy the condition if the value's key under `view` is `key`.
 *
 * @internal
 */
export interface IndexHint {
  readonly view: View;
  readonly key: string | number;
}

/**
 * What values look like that satisfy a condition, in forms by which many conditions can be looked up at once: strings
 * that are, start with, end with or hold a text, numbers in a range, or all values but those that others find.
 *
 * @internal
 */
export type Reach =
  | {
      readonly by: 'text' | 'prefix' | 'suffix' | 'infix';
      /** In small letters if case is ignored. */
      readonly text: string;
      readonly ignoresCase: boolean;
      /** Every value that is found satisfies the condition; otherwise it has to be tested. */
      readonly suffices: boolean;
    }
  | NumberRange
  | { readonly by: 'other'; readonly than: readonly Reach[] };

/** One alternative of a pattern's leaf: an operator with its argument. */
export interface Condition {
  /** The operator's name, or `literal`. */
  readonly operator: string;
  /** Identity: conditions with equal keys test alike. */
  readonly key: string;
  /** @internal Whether one value of the event satisfies the condition. */
  test(value: EventValue): boolean;
  /** The condition in English, to follow "wanted", such as `a string that starts with "ab"`. */
  describe(): string;
  /** @internal Present when a satisfying value is always found under one key. */
  readonly index?: IndexHint;
  /** @internal Present when satisfying values can be told by their looks; goes before `index`. */
  readonly reach?: Reach;
  /** The condition is satisfied where the field has no value at all. */
  readonly acceptsAbsence?: boolean;
  /** The string that the condition equates the field with. */
  readonly literal?: string;
  /** @internal Texts with wildcards that count together towards the pattern's complexity. */
  readonly globs?: readonly Glob[];
  /**
   * Present where a value that nearly satisfies the condition deserves a hint; the text that values are compared
   * with, or null if there is none.
   *
   * @internal
   */
  readonly comparesWith?: string | null;
}

/**
 * A match expression of the pattern language, `{ "<name>": <argument> }`: reads the argument. The reader stands on the
 * operator's name; afterwards it must stand on the brace that closes the expression. Throws `PatternError`.
 *
 * @internal
 */
export type Operator = (reader: TokenReader) => Condition;
