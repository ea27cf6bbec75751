/**
 * What a JSON number is compared by: the double, when it stands for exactly the written decimal, and otherwise the
 * written text. `300`, `300.0` and `3e2` share a key; `9007199254740993` and `1e400` are keys of their own.
 */
export type NumberKey = number | string;

/** A JSON number; the groups are its digits before and behind the point, and the exponent. */
export const NUMBER = /^-?(0|[1-9]\d*)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

/** One text for all spellings of a number's magnitude: its significant digits and a power of ten. */
function canonical(text: string): string {
  const [, whole = '', fraction = '', power = '0'] = NUMBER.exec(text)!;
  const digits = (whole + fraction).replace(/^0+/, '');
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return end === 0 ? '0' : `${digits.slice(0, end)}e${Number(power) - fraction.length + digits.length - end}`;
}

/** The key of a valid JSON number text. */
export function numberKey(text: string): NumberKey {
  const value = Number(text);
  // Most programs write doubles the way that JavaScript does.
  if (String(value) === text) return value;
  if (!Number.isFinite(value) || canonical(text) !== canonical(String(value))) return text;
  return value === 0 ? 0 : value;
}
