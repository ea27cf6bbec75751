/**
 * What a JSON number is compared by: the double, when it stands for exactly the written decimal, and otherwise the
 * written text. `300`, `300.0` and `3e2` share a key; `9007199254740993` and `1e400` are keys of their own.
 */
export type NumberKey = number | string;

const CERTAINLY_EXACT_LENGTH = 15;

interface Decimal {
  digits: string;
  exponent: number;
}

/** Normalises a JSON number text, without its sign, to significant digits and a power of ten. */
function toDecimal(text: string): Decimal {
  const e = text.search(/[eE]/);
  const mantissa = e < 0 ? text : text.slice(0, e);
  let exponent = e < 0 ? 0 : Number(text.slice(e + 1));
  const dot = mantissa.indexOf('.');
  let digits = dot < 0 ? mantissa : mantissa.slice(0, dot) + mantissa.slice(dot + 1);
  if (dot >= 0) exponent -= mantissa.length - dot - 1;
  let start = 0;
  while (start < digits.length && digits[start] === '0') start++;
  let end = digits.length;
  while (end > start && digits[end - 1] === '0') end--;
  exponent += digits.length - end;
  digits = digits.slice(start, end);
  return { digits, exponent: digits === '' ? 0 : exponent };
}

/** The key of a valid JSON number text. */
export function numberKey(text: string): NumberKey {
  const value = Number(text);
  // Fifteen significant digits always survive a double, and a text this short without an exponent has no more.
  if (text.length <= CERTAINLY_EXACT_LENGTH && !text.includes('e') && !text.includes('E')) {
    return value === 0 ? 0 : value;
  }
  if (!Number.isFinite(value)) return text;
  // Most programs write doubles the way that JavaScript does.
  if (String(value) === text) return value;
  const written = toDecimal(text.startsWith('-') ? text.slice(1) : text);
  const held = toDecimal(String(Math.abs(value)));
  const exact = written.digits === held.digits && written.exponent === held.exponent;
  if (!exact) return text;
  return value === 0 ? 0 : value;
}
