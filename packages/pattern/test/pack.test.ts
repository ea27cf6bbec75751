// The package as a registry would hand it out: installed into an empty project, used from there, and type-checked.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { packPattern } from '../../../scripts/pack-pattern.ts';

const PROGRAM = `
import { createMatcher, explain, EventError } from '@busbar/pattern';
const matcher = createMatcher<string>({ contract: 'strict' });
matcher.add('orders', '{"source":["shop"],"detail":{"total":[{"numeric":[">",100]}]}}');
const matched: string[] = matcher.match('{"source":"shop","detail":{"total":250}}');
const wrong: boolean = explain('{"state":["on"]}', '{"state":"off"}').matched;
let refused = false;
try {
  matcher.match('{');
} catch (error) {
  refused = error instanceof EventError;
}
console.log(JSON.stringify([matched, wrong, refused]));
`;

const project = mkdtempSync(join(tmpdir(), 'pattern-package-'));
const installed = join(project, 'node_modules/@busbar/pattern');
before(async () => {
  writeFileSync(join(project, 'package.json'), '{"name":"user","private":true,"type":"module"}');
  const archive = await packPattern(project);
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', archive], {
    cwd: project,
    stdio: 'ignore',
  });
});
after(() => rmSync(project, { recursive: true, force: true }));

/** Every Node on the path, and the one that runs the tests: the package promises 20 and newer. */
function nodes(): Map<string, string> {
  const folders = [dirname(process.execPath), ...(process.env['PATH'] ?? '').split(delimiter)];
  const found = new Map<string, string>();
  for (const path of folders.map((folder) => join(folder, 'node'))) {
    if (!existsSync(path)) continue;
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim();
    if (!found.has(version)) found.set(version, path);
  }
  return found;
}

test('an installed package is type-checked and runs on every Node at hand', (t) => {
  writeFileSync(join(project, 'program.ts'), PROGRAM);
  const config = {
    compilerOptions: {
      strict: true,
      target: 'es2023',
      module: 'nodenext',
      lib: ['es2023', 'dom'],
      types: [],
      skipLibCheck: false,
    },
    files: ['program.ts'],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
  const require = createRequire(import.meta.url);
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', project], { stdio: 'inherit' });
  for (const [version, path] of nodes()) {
    const printed = execFileSync(path, [join(project, 'program.js')], { encoding: 'utf8' });
    assert.equal(printed.trim(), '[["orders"],false,true]', version);
    t.diagnostic(`ran on Node ${version}`);
  }
});

test('an installed package depends on nothing and holds what its README links to', () => {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  assert.equal(manifest['dependencies'], undefined);
  const readme = readFileSync(join(installed, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/gu)].map(([, path]) => path!);
  assert.ok(links.length > 0);
  for (const path of [...links, 'LICENSE', 'cases']) assert.ok(existsSync(join(installed, path)), path);
});
