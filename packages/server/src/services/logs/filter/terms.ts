import { invalidParameter } from '../errors.ts';

/** One term of an unstructured pattern. */
interface Term {
  /** `+`: must be there, `-`: must not, `?`: at least one of those. */
  readonly sign: '+' | '-' | '?';
  readonly text: string;
}

const BARE = /^[\p{L}\p{N}_]+$/u;

/** Reads a quoted term from behind its opening quote; answers its text and the index behind it. */
function quoted(pattern: string, from: number): { text: string; end: number } {
  let text = '';
  for (let at = from; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '"') return { text, end: at + 1 };
    const escapes = character === '\\' && (pattern[at + 1] === '"' || pattern[at + 1] === '\\');
    text += escapes ? pattern[++at]! : character;
  }
  throw invalidParameter('Invalid filter pattern: a quote is not closed.');
}

function termsOf(pattern: string): Term[] {
  const terms: Term[] = [];
  let at = 0;
  while (at < pattern.length) {
    if (/\s/.test(pattern[at]!)) {
      at++;
      continue;
    }
    const mark = pattern[at];
    const sign = mark === '-' || mark === '?' ? mark : '+';
    if (sign !== '+') at++;
    if (pattern[at] === '"') {
      const { text, end } = quoted(pattern, at + 1);
      terms.push({ sign, text });
      at = end;
      continue;
    }
    const start = at;
    while (at < pattern.length && !/\s/.test(pattern[at]!)) at++;
    const text = pattern.slice(start, at);
    if (!BARE.test(text)) throw invalidParameter(`Invalid character(s) in term '${text}'`);
    terms.push({ sign, text });
  }
  return terms;
}

/**
 * Words and quoted phrases, all of which a message must hold, `-` in front of those that it must not hold, or `?` in front
 * of those of which one is enough. Beside other terms the ones with `?` are ignored, as the service documents it.
 */
export function compileTerms(pattern: string): (message: string) => boolean {
  const terms = termsOf(pattern);
  const must = terms.filter(({ sign }) => sign === '+').map(({ text }) => text);
  const mustNot = terms.filter(({ sign }) => sign === '-').map(({ text }) => text);
  if (must.length > 0 || mustNot.length > 0) {
    return (message) =>
      must.every((text) => message.includes(text)) && !mustNot.some((text) => message.includes(text));
  }
  return (message) => terms.length === 0 || terms.some(({ text }) => message.includes(text));
}
