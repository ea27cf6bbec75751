/**
 * Reads the first digits of a JSON number, without making a string of it. Numbers of up to eight digits come out
 * exactly. Ranges are mostly decided by that: only a number next to a bound needs to be known to its last digit.
 */
import { POWERS_OF_TEN } from './exact-double.ts';

/** Enough digits to tell on which side of most bounds a number lies. */
const FEW_DIGITS = 8;

const BELOW = 1 - 2 ** -50;
const ABOVE = 1 + 2 ** -50;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;

export class NumberEstimate {
  /** The number lies between these two. */
  low = 0;
  high = 0;
  /** Both are the number, and it is a double exactly. */
  exact = false;

  /** Looks at the first digits of the number between two positions. */
  read(bytes: Uint8Array, start: number, end: number): void {
    let mantissa = 0;
    let digits = 0;
    let scale = 0;
    let fraction = false;
    let dropped = false;
    for (let i = bytes[start]! === MINUS ? start + 1 : start; i < end; i++) {
      const c = bytes[i]!;
      if (c === DOT) {
        fraction = true;
      } else if (c > 57) {
        // An exponent.
        this.#set(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false);
        return;
      } else if (digits < FEW_DIGITS) {
        mantissa = mantissa * 10 + (c - ZERO);
        if (mantissa > 0) digits++;
        if (fraction) scale--;
      } else if (fraction && dropped) {
        // The rest of the digits adds nothing, but there may be an exponent.
        if (hasExponent(bytes, i, end)) {
          this.#set(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false);
          return;
        }
        break;
      } else {
        if (c !== ZERO) dropped = true;
        if (!fraction) scale++;
      }
    }
    this.#scale(mantissa, scale, dropped, bytes[start]! === MINUS);
  }

  #scale(mantissa: number, scale: number, dropped: boolean, negative: boolean): void {
    if (scale >= POWERS_OF_TEN.length || -scale >= POWERS_OF_TEN.length) {
      this.#set(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false);
      return;
    }
    const power = POWERS_OF_TEN[scale < 0 ? -scale : scale]!;
    let low = scale < 0 ? mantissa / power : mantissa * power;
    let high = low;
    if (dropped) {
      low *= BELOW;
      high = (scale < 0 ? (mantissa + 1) / power : (mantissa + 1) * power) * ABOVE;
    }
    if (negative) this.#set(high === 0 ? 0 : -high, low === 0 ? 0 : -low, !dropped);
    else this.#set(low, high, !dropped);
  }

  #set(low: number, high: number, exact: boolean): void {
    this.low = low;
    this.high = high;
    this.exact = exact;
  }
}

function hasExponent(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! > 57) return true;
  return false;
}
