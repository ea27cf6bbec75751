import { anythingBut } from './anything-but.ts';
import { cidr } from './cidr.ts';
import { equalsIgnoreCase } from './equals-ignore-case.ts';
import { exactly } from './exactly.ts';
import { exists } from './exists.ts';
import { numeric } from './numeric.ts';
import type { Operator } from './operator.ts';
import { prefix } from './prefix.ts';
import { suffix } from './suffix.ts';
import { wildcard } from './wildcard.ts';

/** The operators of the language. A new one is a file and a line here. */
export const operators: readonly Operator[] = [
  exactly,
  prefix,
  suffix,
  equalsIgnoreCase,
  wildcard,
  numeric,
  cidr,
  exists,
  anythingBut,
];
