/**
 * A text in which `*` stands for any run of characters, as the texts between the stars: with n stars there are n + 1,
 * of which the first and the last may be empty.
 */
export type Glob = readonly string[];

/**
 * Whether the whole of `value` fits. The parts between the first and the last are looked for from left to right,
 * each at its first place behind the one before: a later place never leaves more room, so nothing is tried twice.
 */
export function fitsGlob(value: string, parts: Glob): boolean {
  const first = parts[0]!;
  if (parts.length === 1) return value === first;
  const last = parts.at(-1)!;
  const end = value.length - last.length;
  if (end < first.length || !value.startsWith(first) || !value.endsWith(last)) return false;
  let from = first.length;
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i]!;
    const at = value.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

/** Reads a wildcard text, or answers what is wrong with it. `\*` and `\\` stand for the characters themselves. */
export function parseGlob(text: string): Glob | string {
  const parts = [''];
  for (const { 0: token, index } of text.matchAll(/\\?[^]/g)) {
    // Positions count UTF-8 bytes and start at the quote in front of the text.
    const place = (): string => `at pos ${1 + new TextEncoder().encode(text.slice(0, index)).length}`;
    if (token === '*') {
      if (text[index + 1] === '*') return `Consecutive wildcard characters ${place()}`;
      parts.push('');
    } else {
      if (/^\\[^*\\]?$/.test(token)) return `Invalid escape character ${place()}`;
      parts[parts.length - 1] += token.at(-1)!;
    }
  }
  return parts;
}
