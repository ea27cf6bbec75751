import { isAbsolute } from 'node:path';
import { limits } from '../model/limits.ts';
import { LOCAL_NAME, type CommandSettings, type FileSettings } from '../model/local-settings.ts';
import { ConfigError } from './error.ts';

const MS_PER_SECOND = 1_000;

type Given = Readonly<Record<string, unknown>>;

/** `"files": { "audit": "/var/log/audit.ndjson", "out": "stdout", "ledger": { "path": "/srv/ledger", "fsync": true } }` */
export function readFiles(value: unknown, place: string): Record<string, FileSettings> {
  return readNamed(value, 'files', place, (given, fault) => {
    const { path, fsync = false, ...strange } = typeof given === 'string' ? { path: given } : given;
    if (typeof path !== 'string' || !(path === 'stdout' || isAbsolute(path))) {
      throw fault('needs an absolute path, or "stdout"');
    }
    if (typeof fsync !== 'boolean') throw fault('has an "fsync" that is neither true nor false');
    refuseStrange(strange, fault);
    return { path, fsync };
  });
}

/** `"commands": { "notify": { "command": "/usr/local/bin/notify", "args": ["--quiet"], "env": { "HOME": "/srv" } } }` */
export function readCommands(value: unknown, place: string): Record<string, CommandSettings> {
  return readNamed(value, 'commands', place, (given, fault) => {
    const settings = typeof given === 'string' ? { command: given } : given;
    const { command, args = [], env = {}, directory, timeoutSeconds = 30, ...strange } = settings as Given;
    if (typeof command !== 'string' || !isAbsolute(command)) {
      throw fault('needs a "command" that is an absolute path');
    }
    if (!Array.isArray(args) || !args.every((argument) => typeof argument === 'string')) {
      throw fault('has "args" that are no list of texts');
    }
    if (!isObject(env) || !Object.values(env).every((variable) => typeof variable === 'string')) {
      throw fault('has an "env" that is no object of texts');
    }
    if (directory !== undefined && (typeof directory !== 'string' || !isAbsolute(directory))) {
      throw fault('has a "directory" that is no absolute path');
    }
    const most = limits.commandMaximumMs / MS_PER_SECOND;
    if (!(
      Number.isInteger(timeoutSeconds) &&
      Number(timeoutSeconds) >= 1 &&
      Number(timeoutSeconds) <= most
    )) {
      throw fault(`has a "timeoutSeconds" that is no whole number from 1 to ${most}`);
    }
    refuseStrange(strange, fault);
    const timeoutMs = Number(timeoutSeconds) * MS_PER_SECOND;
    return { command, args, env: env as Record<string, string>, directory, timeoutMs };
  });
}

type Fault = (says: string) => ConfigError;

function readNamed<T>(
  value: unknown,
  setting: string,
  place: string,
  read: (given: string | Given, fault: Fault) => T,
): Record<string, T> {
  const entries = value ?? {};
  if (!isObject(entries)) throw new ConfigError(`"${setting}" in ${place} must be an object`);
  const named = Object.create(null) as Record<string, T>;
  for (const [name, given] of Object.entries(entries)) {
    const fault: Fault = (says) => new ConfigError(`"${setting}" in ${place}: "${name}" ${says}`);
    if (!LOCAL_NAME.test(name)) throw fault('is no name: letters, digits and ._- may stand in one');
    if (typeof given !== 'string' && !isObject(given)) throw fault('must be a text or an object');
    named[name] = read(given, fault);
  }
  return named;
}

const isObject = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refuseStrange(rest: object, fault: Fault): void {
  const [name] = Object.keys(rest);
  if (name !== undefined) throw fault(`has an unknown member "${name}"`);
}
