// Makes one small module of the sources of `@busbar/pattern`.
import { buildSync } from 'esbuild';
import { minify } from 'terser';
import { ownNames } from './own-names.ts';
import { shortNames } from './short-names.ts';

/** A module and its source map. */
export interface Minified {
  readonly code: string;
  readonly map: string;
}

/**
 * Minifies the sources in a folder, given the declarations that were emitted for their entry. Two minifiers in turn: the first
 * one puts the modules together and renames members, the second one shortens expressions further.
 */
export async function minifyPattern(source: string, declarations: string): Promise<Minified> {
  const names = ownNames(source, declarations);
  const { outputFiles } = buildSync({
    entryPoints: [`${source}/index.ts`],
    outfile: `${source}/../dist/index.js`,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    sourcemap: 'external',
    mangleProps: new RegExp(`^(?:${names.join('|')})$`),
    mangleCache: shortNames(source, names),
  });
  const [map, code] = outputFiles.toSorted((a, b) => b.path.length - a.path.length);
  const minified = await minify(code!.text, {
    module: true,
    ecma: 2020,
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true, lhs_constants: false, inline: false },
    sourceMap: { content: map!.text, url: 'index.js.map', includeSources: true },
  });
  return { code: minified.code!, map: minified.map as string };
}
