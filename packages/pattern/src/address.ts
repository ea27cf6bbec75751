/** An IP address as its bytes: 4 for IPv4, 16 for IPv6. */
export type Address = readonly number[];

const LONGEST_IPV4 = 15;
const LONGEST_IPV6 = 45;
const IPV4_BYTES = 4;
const IPV6_GROUPS = 8;

/** Whether a text is spelled with the characters of an address, be it a valid one or not. */
export function looksLikeAddress(text: string): boolean {
  return /^(\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F:]*)$/.test(text);
}

/** Parses an IPv4 address of four decimals or an IPv6 address of hexadecimal groups; `undefined` if it is neither. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** A key shared by all spellings of an address; `undefined` if the text is none. */
export function addressKey(text: string): string | undefined {
  // Most values are not addresses; the cheap checks keep them away from the parser.
  if (text.length < 2 || text.length > LONGEST_IPV6) return undefined;
  const first = text.charCodeAt(0) | 32;
  if (!((first >= 48 && first <= 58) || (first >= 97 && first <= 102))) return undefined;
  return parseAddress(text)?.join('.');
}

function parseIpv4(text: string): Address | undefined {
  if (text.length > LONGEST_IPV4) return undefined;
  const decimals = text.split('.');
  if (decimals.length !== IPV4_BYTES) return undefined;
  const bytes: number[] = [];
  for (const decimal of decimals) {
    if (!/^[0-9]+$/.test(decimal) || Number(decimal) > 255) return undefined;
    bytes.push(Number(decimal));
  }
  return bytes;
}

function parseIpv6(text: string): Address | undefined {
  if (text.length > LONGEST_IPV6) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!);
  const tail = halves.length === 2 ? parseGroups(halves[1]!) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = IPV6_GROUPS - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  return groups.flatMap((group) => [group >> 8, group & 255]);
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  for (const group of text.split(':')) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    groups.push(Number.parseInt(group, 16));
  }
  return groups;
}
