import { looksLikeAddress, parseAddress } from '../address.ts';
import type { Address } from '../address.ts';
import { PatternError } from '../errors.ts';
import { readStringArgument } from './expression.ts';
import type { Operator } from './operator.ts';

/** Reads `address/bits`. Errors name no position, as in EventBridge. */
function parseBlock(text: string): [Address, number] {
  const halves = text.split('/');
  // A trailing slash adds no half in the engine behind EventBridge, and is thus reported as a missing one.
  while (halves.length > 1 && halves.at(-1) === '') halves.pop();
  if (halves.length !== 2) throw new PatternError("Malformed CIDR, one '/' required");
  const [addressText, bitsText] = halves as [string, string];
  const bits = Number(bitsText);
  if (!/^[+-]?[0-9]+$/.test(bitsText) || bits !== (bits | 0)) {
    throw new PatternError('Malformed CIDR, mask bits must be an integer');
  }
  if (bits < 0) throw new PatternError('Malformed CIDR, mask bits must not be negative');
  const address = parseAddress(addressText);
  if (address === undefined) {
    const kind = looksLikeAddress(addressText) ? 'Invalid' : 'Nonstandard';
    throw new PatternError(`${kind} IP address: ${addressText}`);
  }
  if (address.length === 4 && bits > 31) throw new PatternError('IPv4 mask bits must be < 32');
  if (bits > 127) throw new PatternError('IPv6 mask bits must be < 128');
  return [address, bits];
}

/** Whether the first `bits` of the addresses are alike. */
function beginAlike(address: Address, block: Address, bits: number): boolean {
  return (
    address.length === block.length &&
    // Of a byte may differ what lies behind the bits: nothing, some, or all of it.
    address.every((byte, index) => (byte ^ block[index]!) < 2 ** (8 * (index + 1) - bits))
  );
}

/** A string that is an IP address within the block: `"10.0.0.0/8"`. */
export const cidr: Operator = (reader) => {
  const text = readStringArgument(reader, 'prefix');
  const [block, bits] = parseBlock(text);
  return {
    operator: 'cidr',
    key: `cidr:${block.join('.')}/${bits}`,
    test(value) {
      if (value.kind !== 'string') return false;
      const address = parseAddress(value.text);
      return address !== undefined && beginAlike(address, block, bits);
    },
    describe: () => `an IP address within ${text}`,
  };
};
