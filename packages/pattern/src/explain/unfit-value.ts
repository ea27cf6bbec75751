import { occursIgnoringCase } from '../case-folding.ts';
import { EventValue, kindOf } from '../event-value.ts';
import type { ValueKind } from '../event-value.ts';
import { NUMBER } from '../json/number.ts';
import type { SharedLeaf } from '../match/shared-leaf.ts';
import type { Condition } from '../operators/operator.ts';

/** Values looked at for a hint. */
const MAX_VALUES = 10;

/** A hint why none of the leaf's values fits; '' if there is none to give. */
export function whyUnfit(leaf: SharedLeaf): string {
  const conditions = leaf.conditions.map(({ condition }) => condition);
  for (const value of leaf.field.values.slice(0, MAX_VALUES)) {
    for (const condition of conditions) {
      const hint = condition.comparesWith === undefined ? undefined : nearMiss(value, condition);
      if (hint !== undefined) return hint;
    }
  }
  if (conditions.every(({ acceptsAbsence }) => acceptsAbsence === true)) return 'The field must be absent.';
  return '';
}

/** Changes the value a little, and says which change would satisfy the condition. */
function nearMiss(value: EventValue, condition: Condition): string | undefined {
  const { kind, text } = value;
  const fits = (other: string, otherKind: ValueKind = 'string'): boolean =>
    condition.test(new EventValue(otherKind, other));
  if (kind !== 'string') {
    const had = kind === 'number' ? kind : 'literal';
    return fits(text) ? `The event has the ${had} ${text}, and the pattern wants a string.` : undefined;
  }
  // Literals are named like their kinds.
  const spelled = kindOf(text.charCodeAt(0));
  if ((spelled === text || NUMBER.test(text)) && fits(text, spelled)) {
    const wanted = spelled === 'number' ? 'a number' : `the literal ${text}`;
    return `The event has the string ${value.toJson()}, and the pattern wants ${wanted}.`;
  }
  if (fits(text.trim())) return 'They differ only in white space around the text.';
  const other = condition.comparesWith;
  if (
    (other?.length === text.length && occursIgnoringCase(other, text, 0)) ||
    fits(text.toLowerCase()) ||
    fits(text.toUpperCase())
  ) {
    return 'They differ only in upper and lower case.';
  }
  return undefined;
}
