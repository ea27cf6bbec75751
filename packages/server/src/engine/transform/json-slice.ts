/**
 * Walks a JSON text that is known to be valid and compact (an event of the log is) without turning it into values: what is
 * found is handed on as a slice of the text, so that `1.0`, `9007199254740993` and every escape stay as they were written.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
export const OPEN_BRACE = 0x7b;
export const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

/** The index behind a string's closing quote; `at` stands on its opening one. */
export function endOfString(text: string, at: number): number {
  for (let index = at + 1; ; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index + 1;
    if (code === BACKSLASH) index++;
    else if (Number.isNaN(code)) return index;
  }
}

/** The index behind the value that starts at `at`. Depth is counted, not followed, so any nesting is fine. */
export function endOfValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return endOfString(text, at);
  let index = at;
  let depth = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = endOfString(text, index);
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return index;
      if (--depth === 0) return index + 1;
    } else if (code === COMMA && depth === 0) return index;
    index++;
  }
  return index;
}

/** The characters that a JSON string stands for. */
export function textOfString(raw: string): string {
  return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
}

/**
 * Goes through the members of the object that starts at `at`. `visit` gets a member's name and where its value starts, and
 * answers the index behind the value.
 *
 * @returns the index behind the object.
 */
export function eachMember(
  text: string,
  at: number,
  visit: (name: string, valueAt: number) => number,
): number {
  let index = at + 1;
  while (text.charCodeAt(index) === QUOTE) {
    const nameEnd = endOfString(text, index);
    index = visit(textOfString(text.slice(index, nameEnd)), nameEnd + 1);
    if (text.charCodeAt(index) === COMMA) index++;
  }
  return index + 1;
}

/** The same for the elements of an array: `visit` gets an element's place and start, and answers the index behind it. */
export function eachElement(
  text: string,
  at: number,
  visit: (place: number, valueAt: number) => number,
): number {
  let index = at + 1;
  for (let place = 0; index < text.length && text.charCodeAt(index) !== CLOSE_BRACKET; place++) {
    index = visit(place, index);
    if (text.charCodeAt(index) === COMMA) index++;
  }
  return index + 1;
}
