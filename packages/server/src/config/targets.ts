import { isIP } from 'node:net';
import type { HttpAccess, TargetOptions } from '../model/http-settings.ts';
import { limits } from '../model/limits.ts';
import { ConfigError } from './error.ts';

const HOST_NAME = /^[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$/i;
const RANGE = /^([0-9a-f.:]+)\/(\d{1,3})$/i;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `"targets": { "http": { "allow": ["10.0.0.0/8", "hooks.internal"], "timeoutMs": 5000 } }`. */
export function readTargets(value: unknown, path: string): TargetOptions {
  const targets = objectAt(value, 'targets', ['http'], path);
  const http = objectAt(targets['http'], 'targets.http', ['allow', 'timeoutMs'], path);
  const { allow, timeoutMs = limits.httpTimeoutMs } = http;
  if (allow !== undefined && !(Array.isArray(allow) && allow.every(isPlace))) {
    throw new ConfigError(
      `"targets.http.allow" in ${path} must be a list of addresses, ranges (10.0.0.0/8) and host names`,
    );
  }
  if (
    !Number.isSafeInteger(timeoutMs) ||
    Number(timeoutMs) < 1 ||
    Number(timeoutMs) > limits.httpMaximumTimeoutMs
  ) {
    throw new ConfigError(
      `"targets.http.timeoutMs" in ${path} must be a whole number from 1 to ${limits.httpMaximumTimeoutMs}`,
    );
  }
  return { http: { allow: allow as string[] | undefined, timeoutMs: Number(timeoutMs) } };
}

function objectAt(
  value: unknown,
  name: string,
  members: readonly string[],
  path: string,
): Record<string, unknown> {
  const object = value ?? {};
  if (!isObject(object)) throw new ConfigError(`"${name}" in ${path} must be an object`);
  const stranger = Object.keys(object).find((member) => !members.includes(member));
  if (stranger) throw new ConfigError(`"${name}" in ${path} has an unknown member "${stranger}"`);
  return object;
}

function isPlace(entry: unknown): boolean {
  if (typeof entry !== 'string') return false;
  const [, address = '', bits = ''] = RANGE.exec(entry) ?? [];
  const version = isIP(address);
  if (version !== 0) return Number(bits) <= (version === 4 ? 32 : 128);
  // What looks like an address but is none (`10.1`) would never be a host's name.
  return isIP(entry) !== 0 || (HOST_NAME.test(entry) && !/(^|\.)(\d+|0x[0-9a-f]*)$/i.test(entry));
}

/**
 * What HTTP targets may reach. A daemon that only its own machine can speak to, that asks nobody who he is, and whose
 * configuration says nothing, is taken for one of development: its targets may be on the same machine.
 */
export function httpAccessOf(config: {
  readonly auth: string;
  readonly host: string;
  readonly targets: TargetOptions;
}): HttpAccess {
  const { allow } = config.targets.http;
  return {
    allow: allow ?? [],
    allowLoopback: allow === undefined && config.auth === 'none' && isLoopback(config.host),
  };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
