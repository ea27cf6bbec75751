/** Where a placeholder stands decides how its value is written. */
export type PlaceholderPosition =
  /** Outside of quotes: a JSON value. */
  | 'value'
  /** All there is between two quotes. */
  | 'whole'
  /** Between quotes, with other text. */
  | 'part';

export type TemplatePart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly name: string; readonly position: PlaceholderPosition };

export interface Template {
  /**
   * `json`: the result must be JSON. `text`: quoted lines. `unusable`: begins like quoted lines but does not go on so;
   * such a template can be put, but nothing can be delivered.
   */
  readonly kind: 'json' | 'text' | 'unusable';
  readonly parts: readonly TemplatePart[];
}

const QUOTE = '"';
/** What ends a line for the service, whose placeholders do not reach over lines. */
const LINE_ENDS = new Set(['\n', '\r', '\u2028', '\u2029']);

/** Follows whether text stands inside a JSON string, and where that string began. */
class QuoteTracker {
  #openedAt = -1;
  #escaped = false;

  /** The index of the quote that opened the string around the current place; -1 outside of strings. */
  get openedAt(): number {
    return this.#openedAt;
  }

  pass(text: string, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const character = text[index];
      if (this.#escaped) this.#escaped = false;
      else if (character === '\\' && this.#openedAt >= 0) this.#escaped = true;
      else if (character === QUOTE) this.#openedAt = this.#openedAt < 0 ? index : -1;
    }
  }
}

/** The places of `<name>` in a text: from each `<` to the next `>` on the same line. One pass. */
function placeholders(text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  let start = -1;
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (LINE_ENDS.has(character)) start = -1;
    else if (character === '<' && start < 0) start = index;
    else if (character === '>' && start >= 0) {
      found.push({ start, end: index + 1 });
      start = -1;
    }
  }
  return found;
}

function positionOf(text: string, start: number, end: number, openedAt: number): PlaceholderPosition {
  if (openedAt < 0) return 'value';
  return openedAt === start - 1 && text[end] === QUOTE ? 'whole' : 'part';
}

function splitParts(text: string, positioned: boolean): TemplatePart[] {
  const parts: TemplatePart[] = [];
  const quotes = new QuoteTracker();
  let from = 0;
  for (const { start, end } of placeholders(text)) {
    if (start > from) parts.push({ kind: 'literal', text: text.slice(from, start) });
    quotes.pass(text, from, start);
    const position = positioned ? positionOf(text, start, end, quotes.openedAt) : 'part';
    parts.push({ kind: 'placeholder', name: text.slice(start + 1, end - 1), position });
    from = end;
  }
  if (from < text.length) parts.push({ kind: 'literal', text: text.slice(from) });
  return parts;
}

/** The non-blank lines without the blanks around them, or undefined when one of them is not quoted. */
function quotedLines(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const filled = lines.filter((line) => line !== '');
  const quoted = filled.every((line) => line.length >= 2 && line.startsWith(QUOTE) && line.endsWith(QUOTE));
  return quoted ? filled.join('\n') : undefined;
}

/**
 * Takes an input template apart. One that begins with a quote is a text template: quoted lines. Any other is a JSON
 * template, also one that is a single placeholder.
 */
export function parseTemplate(text: string): Template {
  if (!text.trimStart().startsWith(QUOTE)) return { kind: 'json', parts: splitParts(text, true) };
  const lines = quotedLines(text);
  if (lines === undefined) return { kind: 'unusable', parts: splitParts(text, false) };
  return { kind: 'text', parts: splitParts(lines, false) };
}

/** The names that a template asks for, in order of appearance. */
export function placeholderNames(template: Template): string[] {
  const names = new Set<string>();
  for (const part of template.parts) if (part.kind === 'placeholder') names.add(part.name);
  return [...names];
}
