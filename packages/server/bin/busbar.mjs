#!/usr/bin/env node
// The `busbar` command. Plain JavaScript, so that any Node from 20 on can start it: when the Node that runs it is
// older than the daemon needs, it hands over to the one that came with `npm ci` (packages node-<os>-<arch>).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
// As a whole: older versions lack enableCompileCache, and a missing name would end the import.
import * as nodeModule from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const NEEDED_MAJOR = 24;
const major = Number(process.versions.node.split('.')[0]);

/** The path of a bundled Node that is new enough, or undefined. */
function bundledNode() {
  const require = nodeModule.createRequire(import.meta.url);
  const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
  if (process.platform === 'win32') names.push(`node-win-${process.arch}`);
  for (const name of names) {
    try {
      const root = dirname(require.resolve(`${name}/package.json`));
      const binary = join(root, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
      if (existsSync(binary)) return binary;
    } catch {
      // Not installed for this platform: try the next name.
    }
  }
  return undefined;
}

if (major >= NEEDED_MAJOR) {
  // Loading modules would grow the young part of the heap for good: see `src/young-heap.ts`. Before the cache is opened,
  // because what is compiled with other flags is not taken from it.
  setFlagsFromString('--semi-space-growth-factor=1');
  // Keeps stripped and compiled sources between starts; without it every start pays for type stripping again.
  const { directory } = nodeModule.enableCompileCache();
  if (directory) process.env.NODE_COMPILE_CACHE ??= directory;
  const { main } = await import('../src/main.ts');
  await main(process.argv.slice(2));
} else {
  const node = bundledNode();
  if (!node) {
    console.error(
      `busbar needs Node ${NEEDED_MAJOR} or newer, and this is Node ${process.versions.node}. ` +
        'Run `npm ci` so that the bundled Node is installed, or install a newer Node.',
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // Ctrl-C reaches the child by itself; a second one from here would end it before it has drained.
  process.on('SIGINT', () => undefined);
  child.on('exit', (code, signal) => {
    process.exit(signal ? 1 : (code ?? 1));
  });
}
