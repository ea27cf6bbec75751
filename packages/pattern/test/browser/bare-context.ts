// Runs `judge.ts` in a context that has what the language itself has, TextEncoder and TextDecoder. Needs --experimental-vm-modules.
//   bare-context.ts <case file> …     prints the judgements as JSON
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vm from 'node:vm';
import { PACKAGE, scriptOf } from './sources.ts';

/** What `node:vm` offers under the flag; the types of Node leave out what this needs. */
interface LinkedModule {
  readonly identifier: string;
  readonly namespace: Record<string, unknown>;
  link(linker: (specifier: string, from: LinkedModule) => LinkedModule): Promise<void>;
  evaluate(): Promise<void>;
}
type NewModule = new (text: string, options: { identifier: string; context: vm.Context }) => LinkedModule;
const { SourceTextModule } = vm as unknown as { readonly SourceTextModule: NewModule };

const context = vm.createContext(Object.create(null) as object);
// The encoder is made inside, so that its arrays are the context's own, as they are a page's own in a browser.
const install = vm.runInContext(
  `(encoder, TextDecoder) => {
    globalThis.TextEncoder = class {
      encode(text) { return Uint8Array.from(encoder.encode(text)); }
      encodeInto(text, bytes) { return encoder.encodeInto(text, bytes); }
    };
    globalThis.TextDecoder = TextDecoder;
  }`,
  context,
) as (encoder: InstanceType<typeof TextEncoder>, decoder: typeof TextDecoder) => void;
install(new TextEncoder(), TextDecoder);

const modules = new Map<string, LinkedModule>();
function load(path: string): LinkedModule {
  const known = modules.get(path);
  if (known) return known;
  const loaded = new SourceTextModule(scriptOf(path), { identifier: path, context });
  modules.set(path, loaded);
  return loaded;
}

const main = load(join(import.meta.dirname, 'judge.ts'));
await main.link((specifier, from) => load(join(dirname(from.identifier), specifier)));
await main.evaluate();
const judgeText = main.namespace.judge as (rows: unknown) => unknown;
const parse = vm.runInContext('(text) => JSON.parse(text).rows', context) as (text: string) => unknown;
const judgements = process.argv
  .slice(2)
  .map((name) => judgeText(parse(readFileSync(join(PACKAGE, `cases/${name}.json`), 'utf8'))));
const absent = vm.runInContext(
  '[typeof process, typeof Buffer, typeof require, typeof setTimeout]',
  context,
) as unknown;
console.log(JSON.stringify({ judgements, absent }));
