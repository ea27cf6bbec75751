// House rules that a machine can check: sizes, who may import whom, and what only one place may touch.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { test } from 'node:test';
import { missingOptionals, type LockFile } from './complete-lock-file.ts';
import { functionsOf, importsOf } from './source-scan.ts';

const root = join(import.meta.dirname, '..');
const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 60;

/** File → why it may be longer, or hold a longer function. */
const EXEMPT: Readonly<Record<string, string>> = {};

const sources = globSync(
  ['packages/*/{src,test,bin}/**/*.{ts,mjs}', 'scripts/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts'],
  {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**'],
  },
)
  .map((path) => path.split(sep).join('/'))
  .sort()
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const production = sources.filter(({ path }) => /^packages\/[^/]+\/src\//.test(path));

test('no file is over the limit', () => {
  const long = sources
    .filter(({ path, text }) => text.split('\n').length - 1 > MAX_FILE_LINES && !EXEMPT[path])
    .map(({ path, text }) => `${path}: ${text.split('\n').length - 1}`);
  assert.deepEqual(long, []);
});

test('no function is over the limit', () => {
  const long = production
    .filter(({ path }) => !EXEMPT[path])
    .flatMap(({ path, text }) =>
      functionsOf(path, text)
        .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
        .map(({ name, line, lines }) => `${path}:${line} ${name}: ${lines}`),
    );
  assert.deepEqual(long, []);
});

/** Layer of the server → the layers it may import besides itself. Files directly in `src/` compose and may import all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  config: ['model'],
  engine: ['model', '@busbar/pattern'],
  store: ['model', 'engine', '@busbar/pattern'],
  targets: ['model', 'engine', '@busbar/pattern'],
  sources: ['model', 'engine', '@busbar/pattern'],
  services: ['model', 'engine', '@busbar/pattern'],
  schema: ['model', 'engine', '@busbar/pattern'],
  api: ['model', 'engine', '@busbar/pattern'],
  // Patterns are judged and explained on the spot: the package is pure, and no daemon is needed for it.
  cli: ['model', '@busbar/pattern'],
};

/** The layer of a file of the server, or undefined for those that compose. */
function layerOf(path: string): string | undefined {
  const inside = relative('packages/server/src', path).split(sep);
  return inside.length > 1 ? inside[0] : undefined;
}

test('layers import only what lies below them', () => {
  const breaches: string[] = [];
  for (const { path, text } of production.filter((source) => source.path.startsWith('packages/server/'))) {
    const layer = layerOf(path);
    if (!layer) continue;
    const allowed = MAY_IMPORT[layer];
    assert.ok(allowed, `${path}: the layer ${layer} is not in MAY_IMPORT`);
    for (const specifier of importsOf(text)) {
      const target: string | undefined = specifier.startsWith('.')
        ? layerOf(join(dirname(path), specifier))
        : specifier.startsWith('@busbar/')
          ? specifier
          : layer;
      if (target !== layer && !(target && allowed.includes(target)))
        breaches.push(`${path} imports ${specifier}`);
    }
  }
  assert.deepEqual(breaches, []);
});

/** The roots, which put the layers together, and what each may name. */
const COMPOSERS: Readonly<Record<string, RegExp>> = {
  'packages/server/src/compose.ts': /^\.\/(targets|sources|services|store\/secrets)\//,
  'packages/server/src/open-storage.ts': /^\.\/store\/(memory|sqlite)\//,
};

test('only the composers name concrete stores, targets and services', () => {
  const breaches = production
    .filter(({ path }) => path.startsWith('packages/server/src/') && layerOf(path) === undefined)
    .flatMap(({ path, text }) =>
      importsOf(text)
        .filter((specifier) => /^\.\/(store|targets|sources|services)\//.test(specifier))
        .filter((specifier) => !COMPOSERS[path]?.test(specifier))
        .map((specifier) => `${path} imports ${specifier}`),
    );
  assert.deepEqual(breaches, []);
});

test('the pattern package depends on nothing', () => {
  const breaches = production
    .filter(({ path }) => path.startsWith('packages/pattern/'))
    .flatMap(({ path, text }) =>
      importsOf(text)
        .filter((specifier) => !specifier.startsWith('.'))
        .map((specifier) => `${path} imports ${specifier}`),
    );
  assert.deepEqual(breaches, []);
});

test('time, chance and environment come through one place each', () => {
  const places: readonly [RegExp, readonly string[]][] = [
    [/\bDate\.now\b|\bnew Date\(\)/, ['packages/server/src/clock.ts']],
    [/\bMath\.random\b|\brandomUUID\b/, ['packages/server/src/random.ts']],
    [/\bprocess\.env\b/, ['packages/server/src/config.ts']],
  ];
  const breaches = production.flatMap(({ path, text }) =>
    places
      .filter(([pattern, allowed]) => pattern.test(text) && !allowed.includes(path))
      .map(([pattern]) => `${path}: ${pattern}`),
  );
  assert.deepEqual(breaches, []);
});

test('clients of other systems are loaded by those who use them, not at the start', () => {
  const client = /^(?:@aws-sdk|@nats-io|@platformatic|amqplib|mqtt|pg|redis)(?:\/|$)/;
  // Values at the top of a module; types cost nothing, and `import(…)` is what is wanted.
  const eager = /^(?:import|export) (?!type\b)[^;(]*?from '([^'\n]+)'/gms;
  const breaches = production.flatMap(({ path, text }) =>
    [...text.matchAll(eager)]
      .filter(([, specifier]) => client.test(specifier!))
      .map(([, specifier]) => `${path} imports ${specifier}`),
  );
  assert.deepEqual(breaches, []);
});

test('there is no grab-bag file', () => {
  const bags = production
    .map(({ path }) => path)
    .filter((path) => /\/(utils?|helpers?|types|common|misc)(\/|\.ts$)/.test(path));
  assert.deepEqual(bags, []);
});

test('documents and lock file name no machine path and no registry', () => {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  assert.doesNotMatch(lock, /"resolved": *"https?:/);
});

test('the lock file holds the optional packages of every platform', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile;
  assert.deepEqual([...missingOptionals(lock).keys()], [], 'run node scripts/complete-lock-file.ts');
});
