import { createHash, hash } from 'node:crypto';
import type { MessageAttribute } from './message-attributes.ts';

/** One byte in front of a value tells its kind. */
const TEXT = Buffer.from([1]);
const BINARY = Buffer.from([2]);

/** Hex MD5 of a body's UTF-8 bytes: what SDKs compare with what they sent or got. */
export function md5OfBody(body: string): string {
  return hash('md5', body);
}

/**
 * Hex MD5 over attributes in the order of their names: for each the name, the data type, the kind and the value, all but
 * the kind with their length in front (four bytes, big-endian). Undefined when there are none.
 */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const md5 = createHash('md5');
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    md5.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name]!;
    add(Buffer.from(name));
    add(Buffer.from(attribute.type));
    md5.update(attribute.text === undefined ? BINARY : TEXT);
    add(attribute.text === undefined ? Buffer.from(attribute.base64, 'base64') : Buffer.from(attribute.text));
  }
  return md5.digest('hex');
}
