// Makes `@busbar/pattern` ready for a package registry: one small JavaScript module with declarations, because Node strips no types
// below `node_modules`.
// `npm run pack:pattern` writes the folder and the archive into `packages/pattern/dist/`, and prints the archive's path.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { minifyPattern } from './minify-pattern.ts';
import { publicDeclarations } from './own-names.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'packages/pattern');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly [member: string]: unknown;
}

/** The manifest as a registry gets it: it names the emitted files. */
function released(manifest: Manifest): Manifest {
  return {
    ...manifest,
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    sideEffects: false,
    files: ['dist', 'cases', 'PATTERNS.md'],
  };
}

/** Writes the module, its source map and the declarations that users get to see into a folder. */
export async function buildPattern(into: string): Promise<void> {
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const declarations = join(into, 'declarations');
  const options = [
    '-p',
    join(SOURCE, 'tsconfig.build.json'),
    '--emitDeclarationOnly',
    '--outDir',
    declarations,
  ];
  execFileSync(process.execPath, [compiler, ...options], { stdio: 'inherit' });
  const entry = join(declarations, 'index.d.ts');
  const { code, map } = await minifyPattern(join(SOURCE, 'src'), entry);
  for (const path of publicDeclarations(entry)) cpSync(path, join(into, relative(declarations, path)));
  rmSync(declarations, { recursive: true });
  writeFileSync(join(into, 'index.js'), code);
  writeFileSync(join(into, 'index.js.map'), map);
}

/**
 * Builds the package into `into/package` and packs it.
 *
 * @returns the path of the archive.
 */
export async function packPattern(into: string): Promise<string> {
  const folder = join(into, 'package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await buildPattern(join(folder, 'dist'));
  const manifest = released(JSON.parse(readFileSync(join(SOURCE, 'package.json'), 'utf8')) as Manifest);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const name of ['README.md', 'PATTERNS.md', 'cases']) {
    cpSync(join(SOURCE, name), join(folder, name), { recursive: true });
  }
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  execFileSync('npm', ['pack', '--silent', '--offline', '--pack-destination', into], {
    cwd: folder,
    stdio: 'ignore',
  });
  return join(into, `${manifest.name.slice(1).replace('/', '-')}-${manifest.version}.tgz`);
}

if (import.meta.main) console.log(await packPattern(join(SOURCE, 'dist')));
