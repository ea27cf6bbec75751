import { readStringArgument } from './expression.ts';
import { literalString } from './literal-string.ts';
import type { Operator } from './operator.ts';

/** The string itself, as if it stood in the array without an operator: `"order-placed"`. */
export const exactly: Operator = (reader) => literalString(readStringArgument(reader, 'exact'));
