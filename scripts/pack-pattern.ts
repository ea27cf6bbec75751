// Makes `@busbar/pattern` ready for a package registry, as JavaScript with declarations: Node strips no types below `node_modules`.
// `npm run pack:pattern` writes the folder and the archive into `packages/pattern/dist/`, and prints the archive's path.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

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

/**
 * Builds the package into `into/package` and packs it.
 *
 * @returns the path of the archive.
 */
export function packPattern(into: string): string {
  const folder = join(into, 'package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const options = ['-p', join(SOURCE, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')];
  execFileSync(process.execPath, [compiler, ...options], { stdio: 'inherit' });
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

if (import.meta.main) console.log(packPattern(join(SOURCE, 'dist')));
