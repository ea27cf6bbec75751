/**
 * JSON texts are checked and squeezed here without being parsed into values, so that number spelling, escapes, key order
 * and duplicate keys reach the target as the publisher wrote them. One pass over the text; containers that are still open
 * are kept on a list of their own, so that no nesting depth can exhaust the call stack.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const COMMA = 0x2c;
const COLON = 0x3a;

const isSpace = (code: number): boolean => code === SPACE || code === 0x0a || code === 0x0d || code === 0x09;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

const isHexDigit = (code: number): boolean =>
  isDigit(code) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);

/**
 * Steps over insignificant whitespace at `at` and notes where it began and ended.
 *
 * @returns the index of the next character that means something.
 */
function skipSpace(text: string, at: number, spaces: number[]): number {
  if (!isSpace(text.charCodeAt(at))) return at;
  spaces.push(at++);
  while (isSpace(text.charCodeAt(at))) at++;
  spaces.push(at);
  return at;
}

/** `at` stands behind a backslash; answers the index behind the escape, -1 when there is no such escape. */
function skipEscape(text: string, at: number): number {
  switch (text.charCodeAt(at)) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 1;
    case 0x75: // u
      for (let index = at + 1; index <= at + 4; index++) {
        if (!isHexDigit(text.charCodeAt(index))) return -1;
      }
      return at + 5;
    default:
      return -1;
  }
}

/** `at` stands behind the opening quote; answers the index behind the closing one, -1 for a string that is not JSON. */
function skipString(text: string, at: number): number {
  for (;;) {
    const code = text.charCodeAt(at++);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) {
      at = skipEscape(text, at);
      if (at < 0) return -1;
    } else if (!(code >= SPACE)) {
      // A control character, or NaN: the text ended.
      return -1;
    }
  }
}

/** Digits, at least one of them. */
function skipDigits(text: string, at: number): number {
  if (!isDigit(text.charCodeAt(at))) return -1;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

function skipNumber(text: string, start: number): number {
  let at = text.charCodeAt(start) === 0x2d ? start + 1 : start;
  at = text.charCodeAt(at) === 0x30 ? at + 1 : skipDigits(text, at);
  if (at >= 0 && text.charCodeAt(at) === 0x2e) at = skipDigits(text, at + 1);
  if (at < 0) return -1;
  const code = text.charCodeAt(at);
  if (code !== 0x65 && code !== 0x45) return at;
  const sign = text.charCodeAt(at + 1);
  return skipDigits(text, sign === 0x2b || sign === 0x2d ? at + 2 : at + 1);
}

/** A string, number or literal that starts with `code` at `at`; answers the index behind it, -1 when there is none. */
function skipScalar(text: string, at: number, code: number): number {
  if (code === QUOTE) return skipString(text, at + 1);
  if (code === 0x74) return text.startsWith('true', at) ? at + 4 : -1;
  if (code === 0x66) return text.startsWith('false', at) ? at + 5 : -1;
  if (code === 0x6e) return text.startsWith('null', at) ? at + 4 : -1;
  return skipNumber(text, at);
}

/** Reads `"key" :` at `at`; answers where the value starts, -1 when there is no key. */
function skipKey(text: string, at: number, spaces: number[]): number {
  if (text.charCodeAt(at) !== QUOTE) return -1;
  const behind = skipString(text, at + 1);
  if (behind < 0) return -1;
  const colon = skipSpace(text, behind, spaces);
  return text.charCodeAt(colon) === COLON ? skipSpace(text, colon + 1, spaces) : -1;
}

/** Steps over what stands before a container's next value: nothing for an array, a key for an object; -1 if it is missing. */
function skipToMember(text: string, at: number, close: number, spaces: number[]): number {
  const start = skipSpace(text, at, spaces);
  return close === CLOSE_BRACE ? skipKey(text, start, spaces) : start;
}

/**
 * Behind a value: closes the containers that end here. Shortens `open`.
 *
 * @returns where the next value of a container that goes on starts; the end when `open` is empty; -1 for anything else.
 */
function skipClosers(text: string, start: number, open: number[], spaces: number[]): number {
  let at = start;
  while (open.length > 0) {
    const close = open[open.length - 1]!;
    at = skipSpace(text, at, spaces);
    const code = text.charCodeAt(at++);
    if (code === COMMA) return skipToMember(text, at, close, spaces);
    if (code !== close) return -1;
    open.pop();
  }
  return at;
}

/**
 * Reads one JSON value (RFC 8259) that starts at `start`.
 *
 * @param spaces gets the beginning and the end of every stretch of insignificant whitespace inside the value.
 * @returns the index behind the value, or -1 when there is none.
 */
function skipValue(text: string, start: number, spaces: number[]): number {
  // The closing characters of the containers that are open.
  const open: number[] = [];
  let at = start;
  do {
    const code = text.charCodeAt(at);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      // In both pairs the closing character's code is the opening one's plus two.
      const close = code + 2;
      at = skipSpace(text, at + 1, spaces);
      if (text.charCodeAt(at) !== close) {
        open.push(close);
        at = skipToMember(text, at, close, spaces);
        continue;
      }
      at++;
    } else {
      at = skipScalar(text, at, code);
    }
    if (at >= 0) at = skipClosers(text, at, open, spaces);
  } while (at >= 0 && open.length > 0);
  return at;
}

/** The text without the stretches whose beginnings and ends are listed. */
function squeeze(text: string, spaces: readonly number[]): string {
  if (spaces.length === 0) return text;
  const pieces: string[] = [];
  let from = 0;
  for (let index = 0; index < spaces.length; index += 2) {
    pieces.push(text.slice(from, spaces[index]));
    from = spaces[index + 1]!;
  }
  pieces.push(text.slice(from));
  return pieces.join('');
}

/**
 * Checks that a text is one JSON value and answers it without insignificant whitespace. Key order, number spelling,
 * escapes and duplicate keys stay as they are; integers of any size are accepted because they are never converted.
 *
 * @param text JSON text, whitespace around it allowed.
 * @returns the compact text (the very input when it is compact already), or undefined when the text is not JSON.
 */
export function compactJson(text: string): string | undefined {
  const spaces: number[] = [];
  const end = skipValue(text, skipSpace(text, 0, spaces), spaces);
  if (end < 0 || skipSpace(text, end, spaces) !== text.length) return undefined;
  return squeeze(text, spaces);
}

/** Like `compactJson`, for a text that must be an object: undefined for any other JSON value. */
export function compactJsonObject(text: string): string | undefined {
  return text.charCodeAt(skipSpace(text, 0, [])) === OPEN_BRACE ? compactJson(text) : undefined;
}
