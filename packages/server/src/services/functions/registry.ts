import { existsSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { FUNCTION_NAME, type FunctionSettings } from '../../model/function-settings.ts';
import { limits } from '../../model/limits.ts';

/** Where the configuration says that functions are. */
export interface FunctionPlaces {
  readonly named: Readonly<Record<string, FunctionSettings>>;
  /** A folder with a module for each function; it may come and go. */
  readonly folder: string | undefined;
}

const EXTENSIONS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/** A function's module in the folder: `NAME.ts`, or `NAME/index.ts`. */
function moduleIn(folder: string, name: string): string | undefined {
  const candidates = EXTENSIONS.flatMap((extension) => [
    join(folder, name + extension),
    join(folder, name, `index${extension}`),
  ]);
  return candidates.find((candidate) => existsSync(candidate));
}

const defaultsFor = (module: string): FunctionSettings => ({
  module,
  handler: 'handler',
  timeoutMs: limits.functionDefaultTimeoutMs,
  memoryMegabytes: limits.functionDefaultMemoryMegabytes,
  concurrency: limits.functionDefaultConcurrency,
  environment: {},
});

/** Which functions there are. The folder is looked into when a name is asked for: files may be added at any time. */
export class FunctionRegistry {
  readonly #places: FunctionPlaces;

  constructor(places: FunctionPlaces) {
    this.#places = places;
  }

  find(name: string): FunctionSettings | undefined {
    if (!FUNCTION_NAME.test(name)) return undefined;
    const { named, folder } = this.#places;
    if (Object.hasOwn(named, name)) return named[name];
    const module = folder === undefined ? undefined : moduleIn(folder, name);
    return module === undefined ? undefined : defaultsFor(module);
  }

  /** All names, sorted. */
  names(): string[] {
    const { named, folder } = this.#places;
    const found = folder !== undefined && existsSync(folder) ? readdirSync(folder) : [];
    const names = found.map((entry) => basename(entry, extname(entry))).filter((name) => this.find(name));
    return [...new Set([...Object.keys(named), ...names])].sort();
  }
}
