// Once loaded, whoever imports the sources gets the module as it is released: renamed members must not change an answer.
import { mkdtempSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildPattern } from '../../../scripts/pack-pattern.ts';

const folder = mkdtempSync(join(tmpdir(), 'pattern-module-'));
await buildPattern(folder);

const sources = import.meta.resolve('../src/index.ts');
const released = pathToFileURL(join(folder, 'index.js')).href;
let replaced = 0;
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    if (resolved.url !== sources) return resolved;
    replaced++;
    return { ...resolved, url: released, format: 'module' };
  },
});

let programs = 0;
globalThis.Function = new Proxy(Function, {
  construct(target, of, as) {
    const made = Reflect.construct(target, of, as) as object;
    programs++;
    return made;
  },
});

after(() => {
  rmSync(folder, { recursive: true });
  if (replaced === 0) throw new Error('no import of the sources was replaced');
  if (programs === 0) throw new Error('no program was made for rules');
});
