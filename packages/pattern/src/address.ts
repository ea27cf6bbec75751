/** An IP address as its bytes: 4 for IPv4, 16 for IPv6. */
export type Address = readonly number[];

const LONGEST_IPV4 = 15;
const LONGEST_IPV6 = 45;
const IPV6_GROUPS = 8;

/** Whether a text is spelled with the characters of an address, be it a valid one or not. */
export function looksLikeAddress(text: string): boolean {
  return /^(\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F:]*)$/.test(text);
}

/** Parses an IPv4 address of four decimals or an IPv6 address of hexadecimal groups; `undefined` if it is neither. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > LONGEST_IPV6 || !looksLikeAddress(text)) return undefined;
  if (text.includes(':')) return parseIpv6(text);
  const bytes = text.split('.').map(Number);
  return text.length > LONGEST_IPV4 || bytes.some((byte) => byte > 255) ? undefined : bytes;
}

/** A key shared by all spellings of an address; `undefined` if the text is none. */
export function addressKey(text: string): string | undefined {
  return parseAddress(text)?.join('.');
}

function parseIpv6(text: string): Address | undefined {
  const [head, tail, more] = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const missing = IPV6_GROUPS - head!.length - (tail?.length ?? 0);
  if (more !== undefined || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...head!, ...Array<string>(missing).fill('0'), ...(tail ?? [])];
  if (groups.some((group) => group === '' || group.length > 4)) return undefined;
  return groups.flatMap((group) => {
    const number = Number.parseInt(group, 16);
    return [number >> 8, number & 255];
  });
}
