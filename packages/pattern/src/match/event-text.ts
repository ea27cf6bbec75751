/**
 * The event at hand as UTF-8 bytes in a buffer that outlives it.
 *
 * Copying a string into a buffer once and reading bytes from there is several times faster than reading characters
 * of the string: a byte is one load, and four of them can be looked at together. Positions count bytes. Content is cut
 * from the string again where both positions are the same.
 */
import { EventError } from '../errors.ts';

/** What stands behind the text. No JSON text can hold it. */
export const END = 0;

/** Bytes kept from one text to the next. */
const KEPT_BYTES = 1 << 20;
const FIRST_BYTES = 1 << 10;

/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3;

/** Reads of several bytes may begin at the last one. */
const ROOM_BEHIND = 8;

const BACKSLASH = 92;

const LONE_SURROGATE = /\p{Surrogate}/gu;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class EventText {
  /** The text in UTF-8, followed by a zero and then by what earlier texts have left. */
  bytes = new Uint8Array(FIRST_BYTES);
  /** The same bytes, to be read four at a time. */
  words = new DataView(this.bytes.buffer);
  /** Bytes of the text. */
  length = 0;
  /** Empty where the event was given as bytes that were not checked. */
  #text = '';
  #ascii = false;

  /** Takes in an event; `check` has bytes refused that are not UTF-8. */
  open(event: string | Uint8Array, check: boolean): void {
    if (typeof event === 'string') this.#openText(event);
    else this.#openBytes(event, check);
    this.bytes[this.length] = END;
  }

  /** Lets go of the text. */
  close(): void {
    this.#text = '';
    if (this.bytes.length > KEPT_BYTES) this.#allocate(FIRST_BYTES);
  }

  #openText(event: string): void {
    // UTF-8 has no lone surrogates, but escapes for them mean the same where JSON can hold them at all.
    const text = event.isWellFormed() ? event : event.replace(LONE_SURROGATE, escapeUnit);
    this.#reserve(text.length * MOST_BYTES_A_UNIT);
    this.length = encoder.encodeInto(text, this.bytes).written;
    this.#ascii = this.length === text.length;
    this.#text = text;
  }

  #openBytes(event: Uint8Array, check: boolean): void {
    this.#text = check ? decodeUtf8(event) : '';
    this.#reserve(event.length);
    this.bytes.set(event);
    this.length = event.length;
    this.#ascii = check && this.length === this.#text.length;
  }

  #reserve(length: number): void {
    if (this.bytes.length <= length + ROOM_BEHIND) this.#allocate(length * 2 + ROOM_BEHIND);
  }

  #allocate(length: number): void {
    this.bytes = new Uint8Array(length);
    this.words = new DataView(this.bytes.buffer);
  }

  /**
   * Whether one of the names may occur again behind a position. Searching a string is native code and many times
   * faster than reading it.
   */
  mentions(names: readonly string[], position: number): boolean {
    if (!this.#ascii) return true;
    const text = this.#text;
    // A name that is spelled otherwise needs this escape.
    if (text.includes('\\u', position)) return true;
    for (let i = 0; i < names.length; i++) if (text.includes(names[i]!, position)) return true;
    return false;
  }

  /** The text between two positions. */
  slice(start: number, end: number): string {
    return this.#ascii ? this.#text.slice(start, end) : decodeUtf8(this.bytes.subarray(start, end));
  }

  /** The content of the string between two quotes, escapes resolved. */
  decode(start: number, end: number): string {
    return JSON.parse(this.slice(start - 1, end + 1)) as string;
  }

  /** Throws an error about the character at a position. */
  fail(message: string, position: number): never {
    const offset = this.slice(0, position).length;
    throw new EventError(`${message} (at character ${offset + 1})`, offset);
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new EventError('The event is not valid UTF-8', 0);
  }
}

/** Writes a lone surrogate as an escape, unless a backslash before it already makes it a faulty one. */
function escapeUnit(unit: string, at: number, text: string): string {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1 ? unit : `\\u${unit.charCodeAt(0).toString(16)}`;
}
