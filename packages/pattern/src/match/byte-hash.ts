/**
 * The hash by which texts are looked up (FNV-1a). It grows byte by byte, so that reading a string to its closing quote
 * yields its hash, and going through its first bytes yields those of all its beginnings.
 */
export const HASH_START = 0x811c9dc5 | 0;

export function hashOn(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

export function hashBytes(bytes: Uint8Array): number {
  let hash = HASH_START;
  for (const byte of bytes) hash = hashOn(hash, byte);
  return hash;
}

/** A byte with ASCII capitals made small. */
export function foldByte(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte | 32 : byte;
}

const LONE_SURROGATES = /\p{Surrogate}/gu;
const encoder = new TextEncoder();

/** A text in UTF-8. Lone surrogates become bytes that no UTF-8 holds, so that they equal no other text. */
export function encodeUnits(text: string): Uint8Array {
  if (text.isWellFormed()) return encoder.encode(text);
  const bytes: number[] = [];
  let from = 0;
  for (const { 0: unit, index } of text.matchAll(LONE_SURROGATES)) {
    const code = unit.charCodeAt(0);
    bytes.push(...encoder.encode(text.slice(from, index)), 0xff, code >> 8, 0xff, code & 0xff);
    from = index + 1;
  }
  return Uint8Array.from([...bytes, ...encoder.encode(text.slice(from))]);
}
