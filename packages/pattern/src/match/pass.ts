/**
 * Moves past the scalars of an event that most events consist of: strings without escapes, and numbers without exponents.
 * Whatever else there is takes a closer look, which the answer 0 asks for; so these few lines are compiled
 * into every place that reads an event, and cost no call there.
 */
const QUOTE = 34;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const BACKSLASH = 92;
const LETTER_E = 101;

const SHORT_TEXT = 16;

const HIGH_BITS = 0x80808080 | 0;
const ONES = 0x01010101;
const SPACES = 0x20202020;
const QUOTES = 0x22222222;
const ZEROS = 0x30303030;
/** Added to a byte, sets its high bit if it is above the digit nine. */
const ABOVE_NINE = 0x46464646;
const BACKSLASHES = 0x5c5c5c5c;

/** Moves to the quote, backslash or control character that is next. */
export function passText(words: DataView, from: number): number {
  for (let i = from; ; i += 4) {
    const word = words.getInt32(i, true);
    const quotes = word ^ QUOTES;
    const escapes = word ^ BACKSLASHES;
    // A byte has its high bit set if it is one of these, at least up to the first that is.
    const found =
      (((quotes - ONES) & ~quotes) | ((escapes - ONES) & ~escapes) | ((word - SPACES) & ~word)) & HIGH_BITS;
    if (found !== 0) return i + ((31 - Math.clz32(found & -found)) >> 3);
  }
}

/**
 * Moves to the same, or past some bytes. The end of a short string is found sooner byte by byte, because the processor goes on
 * with where it expects it to be.
 */
export function passShortText(bytes: Uint8Array, from: number): number {
  const far = from + SHORT_TEXT;
  for (let i = from; ; i++) {
    const c = bytes[i]!;
    if (c === QUOTE || c === BACKSLASH || c < 32 || i === far) return i;
  }
}

/** Moves past digits. */
export function passDigits(words: DataView, from: number): number {
  for (let i = from; ; i += 4) {
    const word = words.getInt32(i, true);
    const found = ((word + ABOVE_NINE) | (word - ZEROS) | word) & HIGH_BITS;
    if (found !== 0) return i + ((31 - Math.clz32(found & -found)) >> 3);
  }
}

/** Moves past the scalar that starts with `first`. */
export function passScalar(bytes: Uint8Array, words: DataView, from: number, first: number): number {
  let c = first;
  let i = from;
  if (c === QUOTE) {
    i = passText(words, i + 1);
    return bytes[i]! === QUOTE ? i + 1 : 0;
  }
  if (c === MINUS) c = bytes[++i]!;
  if (c < ZERO || c > NINE) return 0;
  if (c === ZERO) c = bytes[++i]!;
  else
    do c = bytes[++i]!;
    while (c >= ZERO && c <= NINE);
  if (c === DOT) {
    const decimals = i + 1;
    i = passDigits(words, decimals);
    if (i === decimals) return 0;
    c = bytes[i]!;
  }
  // An exponent, or a digit behind a zero.
  return (c | 32) === LETTER_E || (c >= ZERO && c <= NINE) ? 0 : i;
}
