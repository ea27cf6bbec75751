/** Something wrong with a wildcard text; `position` counts from the quote before it. */
export interface GlobFault {
  readonly fault: string;
}

/** The work that matching has cost, for tests that bound it. */
export interface StepCount {
  steps: number;
}

/**
 * A text in which `*` stands for any run of characters. `parts` are the texts between the stars, so that a glob with
 * n stars has n + 1 parts, of which the first and the last may be empty.
 */
export class Glob {
  readonly text: string;
  readonly parts: readonly string[];

  constructor(text: string, parts: readonly string[]) {
    this.text = text;
    this.parts = parts;
  }

  /**
   * Whether the whole of `value` fits. The parts between the first and the last are looked for from left to right,
   * each at its first place behind the one before: a later place never leaves more room, so nothing is tried twice.
   */
  matches(value: string, count?: StepCount): boolean {
    const { parts } = this;
    const first = parts[0]!;
    if (parts.length === 1) return value === first;
    const last = parts.at(-1)!;
    const end = value.length - last.length;
    if (end < first.length || !value.startsWith(first) || !value.endsWith(last)) return false;
    let from = first.length;
    for (let i = 1; i < parts.length - 1; i++) {
      const part = parts[i]!;
      const at = value.indexOf(part, from);
      if (count !== undefined) count.steps += (at < 0 ? value.length : at + part.length) - from + 1;
      if (at < 0 || at + part.length > end) return false;
      from = at + part.length;
    }
    return true;
  }
}

/** Reads a wildcard text. `\*` and `\\` stand for the characters themselves. */
export function parseGlob(text: string): Glob | GlobFault {
  const parts: string[] = [];
  let part = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const next = text[i + 1];
    if (c === '*') {
      if (next === '*') return { fault: `Consecutive wildcard characters at pos ${bytePosition(text, i)}` };
      parts.push(part);
      part = '';
    } else if (c !== '\\') {
      part += c;
    } else if (next === '*' || next === '\\') {
      part += next;
      i++;
    } else {
      return { fault: `Invalid escape character at pos ${bytePosition(text, i)}` };
    }
  }
  parts.push(part);
  return new Glob(text, parts);
}

/** Positions in messages count UTF-8 bytes and start at the quote in front of the text. */
function bytePosition(text: string, index: number): number {
  return 1 + new TextEncoder().encode(text.slice(0, index)).length;
}
