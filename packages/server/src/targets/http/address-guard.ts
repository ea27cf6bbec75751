import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { HttpAccess } from '../../model/http-settings.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [address: Address, bits: number];

/** Azure's metadata and wire server: the one address of its kind that is a public one. */
const PUBLIC_METADATA = '168.63.129.16';

/** All of IPv6 that is handed out to public networks (RFC 4291). */
const GLOBAL_IPV6: Range = ipaddr.IPv6.parseCIDR('2000::/3');

/** Decides which addresses may be reached. Everything that is not plainly public is refused unless it is allowed. */
export interface AddressGuard {
  /** A host name that the operator allows, wherever it leads. */
  allowsName(hostname: string): boolean;
  /** An address that the operator allows. */
  allows(address: string): boolean;
  /** An address in the public Internet. */
  isPublic(address: string): boolean;
}

export function createAddressGuard({ allow, allowLoopback }: HttpAccess): AddressGuard {
  const entries = allowLoopback ? [...allow, '127.0.0.0/8', '::1', 'localhost'] : allow;
  const ranges = entries.map(parseRange).filter((range) => range !== undefined);
  const names = new Set(entries.filter((entry) => !parseRange(entry)).map((name) => name.toLowerCase()));
  return {
    allowsName: (hostname) => names.has(hostname.toLowerCase()),
    allows(address) {
      const parsed = parse(address);
      return parsed !== undefined && ranges.some((range) => isWithin(parsed, range));
    },
    isPublic,
  };
}

/** `10.0.0.0/8` or `10.1.2.3`; undefined for what is a name. */
export function parseRange(text: string): Range | undefined {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = parse(text);
  return address && [address, address.kind() === 'ipv4' ? 32 : 128];
}

function isPublic(text: string): boolean {
  const address = parse(text);
  if (!address || address.range() !== 'unicast' || text === PUBLIC_METADATA) return false;
  return address.kind() === 'ipv4' || isWithin(address, GLOBAL_IPV6);
}

/** Only the spelling that sockets connect to: `isIP` knows no octal, no hexadecimal and no short forms. */
const parse = (text: string): Address | undefined => (isIP(text) === 0 ? undefined : ipaddr.parse(text));

const isWithin = (address: Address, [range, bits]: Range): boolean =>
  address.kind() === range.kind() && address.match(range, bits);
