import { dirname, resolve } from 'node:path';
import { FUNCTION_NAME, type FunctionSettings } from '../model/function-settings.ts';
import { limits } from '../model/limits.ts';
import { ConfigError } from './error.ts';

/** A bound of a number: its least and greatest value, and what holds when it is not given. */
type NumberRange = readonly [least: number, greatest: number, fallback: number];

const NUMBERS = {
  timeoutMs: [1, limits.functionTimeoutMs, limits.functionDefaultTimeoutMs],
  memoryMegabytes: [
    limits.functionMinimumMemoryMegabytes,
    limits.functionMemoryMegabytes,
    limits.functionDefaultMemoryMegabytes,
  ],
  concurrency: [1, limits.functionMaximumConcurrency, limits.functionDefaultConcurrency],
} as const satisfies Record<string, NumberRange>;

const KNOWN: ReadonlySet<string> = new Set(['module', 'handler', 'environment', ...Object.keys(NUMBERS)]);

/**
 * Local functions by name: `"functions": { "payment": "./functions/payment.ts", "invoice": { "module": …, "timeoutMs": … } }`.
 * A text stands for an object with that `module`. Paths are relative to the configuration file.
 */
export function readFunctions(value: unknown, path: string): Record<string, FunctionSettings> {
  const functions = Object.create(null) as Record<string, FunctionSettings>;
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  if (entries.length > limits.functions) {
    throw new ConfigError(`"functions" in ${path} has more than ${limits.functions} functions`);
  }
  for (const [name, given] of entries) {
    const place = `"functions" in ${path}: "${name}"`;
    if (!FUNCTION_NAME.test(name)) {
      throw new ConfigError(`${place} is no name of a function: up to 64 letters, digits, - and _`);
    }
    functions[name] = readFunction(typeof given === 'string' ? { module: given } : given, place, path);
  }
  return functions;
}

function readFunction(given: unknown, place: string, path: string): FunctionSettings {
  if (!isObject(given) || typeof given['module'] !== 'string' || given['module'] === '') {
    throw new ConfigError(`${place} needs the path of its module, or an object with a "module"`);
  }
  const stranger = Object.keys(given).find((member) => !KNOWN.has(member));
  if (stranger !== undefined) throw new ConfigError(`${place} has an unknown setting "${stranger}"`);
  const { module, handler = 'handler', environment = {} } = given;
  if (typeof handler !== 'string' || handler === '') {
    throw new ConfigError(`${place}: "handler" must be the name of an export`);
  }
  if (!isObject(environment) || !Object.values(environment).every((text) => typeof text === 'string')) {
    throw new ConfigError(`${place}: "environment" must be an object of texts`);
  }
  return {
    module: resolve(dirname(path), module),
    handler,
    timeoutMs: readNumber(given, 'timeoutMs', place),
    memoryMegabytes: readNumber(given, 'memoryMegabytes', place),
    concurrency: readNumber(given, 'concurrency', place),
    environment: environment as Record<string, string>,
  };
}

function readNumber(given: Record<string, unknown>, name: keyof typeof NUMBERS, place: string): number {
  const [least, greatest, fallback] = NUMBERS[name];
  const value = given[name] ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > greatest) {
    throw new ConfigError(`${place}: "${name}" must be a whole number from ${least} to ${greatest}`);
  }
  return value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
