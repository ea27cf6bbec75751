import { occursIgnoringCase } from '../case-folding.ts';
import { EventValue } from '../event-value.ts';
import type { ValueKind } from '../event-value.ts';
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
  const otherKind = asOtherKind(value);
  if (otherKind !== undefined && condition.test(otherKind)) {
    const wanted = isSpelled(otherKind.kind) ? `a ${otherKind.kind}` : `the literal ${otherKind.text}`;
    const had = isSpelled(value.kind) ? `the ${value.kind}` : 'the literal';
    return `The event has ${had} ${value.toJson()}, and the pattern wants ${wanted}.`;
  }
  if (value.kind !== 'string') return undefined;
  if (wouldFit(condition, value.text.trim())) {
    return 'They differ only in white space around the text.';
  }
  const { text } = value;
  const other = condition.comparesWith;
  if (
    (typeof other === 'string' && other.length === text.length && occursIgnoringCase(other, text, 0)) ||
    wouldFit(condition, text.toLowerCase()) ||
    wouldFit(condition, text.toUpperCase())
  ) {
    return 'They differ only in upper and lower case.';
  }
  return undefined;
}

function wouldFit(condition: Condition, text: string): boolean {
  return condition.test(new EventValue('string', text, null));
}

/** A string's text as the number or literal it spells, and the reverse. */
function asOtherKind(value: EventValue): EventValue | undefined {
  if (value.kind !== 'string') return new EventValue('string', value.text, null);
  const kind = kindSpelled(value.text);
  return kind === undefined ? undefined : new EventValue(kind, value.text, null);
}

function kindSpelled(text: string): ValueKind | undefined {
  if (text === 'true' || text === 'false' || text === 'null') return text;
  return /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text) ? 'number' : undefined;
}

function isSpelled(kind: ValueKind): boolean {
  return kind === 'string' || kind === 'number';
}
