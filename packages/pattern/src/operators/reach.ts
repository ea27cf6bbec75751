import { BEYOND_ASCII } from '../case-folding.ts';
import type { Glob } from '../wildcard/glob.ts';
import type { Reach } from './operator.ts';

/**
 * How values are found that are, start with or end with `text`; `suffices` says that all of these satisfy the
 * condition. `undefined` where the bytes of a value cannot tell: a lone surrogate at an end may be half of a character,
 * and case is only folded within ASCII. Affixes without content would be found by everything.
 */
export function reachByText(
  by: 'text' | 'prefix' | 'suffix' | 'infix',
  text: string,
  ignoresCase = false,
  suffices = true,
): Reach | undefined {
  if (by !== 'text' && (text === '' || !text.isWellFormed())) return undefined;
  if (ignoresCase && BEYOND_ASCII.test(text)) return undefined;
  return { by, text: ignoresCase ? text.toLowerCase() : text, ignoresCase, suffices };
}

/** How values are found that none of `reaches` finds; `undefined` if one of them is missing. */
export function reachOther(reaches: readonly (Reach | undefined)[]): Reach | undefined {
  const than = reaches.filter((reach) => reach !== undefined);
  return than.length === reaches.length ? { by: 'other', than } : undefined;
}

/** How texts are found that may fit a wildcard: by the longer one of its ends, or else by a part within. */
export function reachGlob(parts: Glob): Reach | undefined {
  const first = parts[0]!;
  if (parts.length === 1) return reachByText('text', first);
  const last = parts.at(-1)!;
  if (first === '' && last === '') return reachInfix(parts);
  const suffices = parts.length === 2 && (first === '' || last === '');
  if (last.length > first.length) return reachByText('suffix', last, false, suffices);
  return reachByText('prefix', first, false, suffices);
}

/** Longer texts are looked for by their first characters, which bounds the work at each place of a value. */
const LONGEST_INFIX = 8;

function reachInfix(parts: readonly string[]): Reach | undefined {
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best));
  if (BEYOND_ASCII.test(longest)) return undefined;
  const text = longest.slice(0, LONGEST_INFIX);
  return reachByText('infix', text, false, parts.length === 3 && text === longest);
}
