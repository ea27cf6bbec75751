import type { LookupAddress, LookupAllOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { limits } from '../../model/limits.ts';
import type { AddressGuard } from './address-guard.ts';
import type { MakeConnector } from './client.ts';
import { BlockedAddress } from './failure.ts';

/** `dns.lookup` for all addresses. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** What may be connected to: any public address by TLS, an allowed one by plain HTTP too. */
type MayReach = (address: string) => boolean;

/**
 * Sockets only to addresses that the guard lets through. A name is looked up once, and the socket connects to the answer
 * that was checked: a name server that says something else the next time gains nothing.
 */
export function guardedConnector(guard: AddressGuard, lookup: Lookup): MakeConnector {
  return (build) => {
    const connectTo = (mayReach: MayReach) =>
      build({ timeout: limits.httpConnectMs, lookup: checkedLookup(lookup, mayReach) });
    const overTls: MayReach = (address) => guard.allows(address) || guard.isPublic(address);
    const overAnything: MayReach = (address) => guard.allows(address);
    const connectors = {
      anywhere: connectTo(() => true),
      'https:': connectTo(overTls),
      'http:': connectTo(overAnything),
    };
    return (options, callback) => {
      const { hostname } = options;
      if (guard.allowsName(hostname)) return connectors.anywhere(options, callback);
      const protocol = options.protocol === 'https:' ? 'https:' : 'http:';
      const mayReach = protocol === 'https:' ? overTls : overAnything;
      // A literal address is connected to without a lookup.
      if (isIP(hostname) !== 0 && !mayReach(hostname)) return callback(blocked(hostname), null);
      return connectors[protocol](options, callback);
    };
  };
}

function checkedLookup(lookup: Lookup, mayReach: MayReach): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      // One bad answer spoils all: which of them would be connected to is up to the network.
      if (!addresses.every(({ address }) => mayReach(address))) return callback(blocked(hostname), []);
      const [first] = addresses;
      if (!first) return callback(unknownName(hostname), []);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

const blocked = (hostname: string): BlockedAddress =>
  new BlockedAddress(
    `${hostname} is not a public address that is reached by HTTPS, and not allowed by targets.http.allow.`,
  );

const unknownName = (hostname: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' });
