// Which members of `@busbar/pattern` get short names when it is released: those that the package declares and that nobody outside of it
// has to know. A name stays if it is in the public declarations or in an object of the language that the sources use, or if a
// text of the sources may mean it. The programs in `match/generate/` are texts; what they name is marked, and so renamed as well.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A text that the minifier takes for a member's name. */
const RENAMED = /\/\* @__KEY__ \*\/ '\w+'/gu;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gmu;
const WORD = /[A-Za-z_$][\w$]*/gu;
const MEMBER = /^\s+(?:(?:static|override|readonly|get|set) )*([A-Za-z]\w*)\??(?:[:(]|<\w|;| =)/gmu;
const TEXT = /'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/gu;
const INSERTED = /\$\{[^}]*\}/gu;

/** What a line may begin with that is no member. */
const KEYWORDS = [
  'case',
  'catch',
  'constructor',
  'default',
  'for',
  'if',
  'return',
  'super',
  'switch',
  'throw',
];
/** Members of objects that the language makes and no prototype shows. */
const OF_RESULTS = [
  'done',
  'groups',
  'index',
  'input',
  'lastIndex',
  'next',
  'raw',
  'read',
  'value',
  'written',
];

function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

const readSource = (path: string): string =>
  readFileSync(path, 'utf8').replace(RENAMED, '').replace(COMMENT, '');

/** The declarations that users get to see: the given one and all that it refers to. */
export function publicDeclarations(entry: string): string[] {
  const paths = new Set([entry]);
  for (const path of paths) {
    for (const [, to] of readSource(path).matchAll(/from '(\..*?)\.[jt]s'/gu))
      paths.add(join(dirname(path), `${to}.d.ts`));
  }
  return [...paths];
}

/** Every member of the global objects that the sources name, of what these construct, and of what they inherit from. */
function namesOfLanguage(words: ReadonlySet<string>): Set<string> {
  const names = new Set(OF_RESULTS);
  const seen = new Set<unknown>();
  const take = (value: unknown): void => {
    if (value === undefined || value === null || seen.has(value)) return;
    seen.add(value);
    for (const name of Object.getOwnPropertyNames(value)) names.add(name);
    take(Object.getPrototypeOf(value));
    take((value as { prototype?: unknown }).prototype);
  };
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    names.add(name);
    if (words.has(name)) take((globalThis as Record<string, unknown>)[name]);
  }
  const generator = (function* () {})();
  for (const made of ['', 0, false, [], {}, take, [].values(), new Map().keys(), generator, /./gu.exec('a')])
    take(made);
  return names;
}

/** The members below the folder `source` that may be renamed, given the public declarations' entry. */
export function ownNames(source: string, entry: string): string[] {
  const texts = new Map<string, string>();
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.ts')) texts.set(name, readSource(join(source, name)));
  const declared = new Set<string>();
  const kept = namesOfLanguage(new Set([...texts.values()].flatMap(wordsOf)));
  for (const word of [...KEYWORDS, ...publicDeclarations(entry).flatMap((path) => wordsOf(readSource(path)))])
    kept.add(word);
  for (const [name, text] of texts) {
    for (const [, member] of text.matchAll(MEMBER)) declared.add(member!);
    for (const [literal] of text.matchAll(TEXT)) {
      const words = wordsOf(literal.replace(INSERTED, ' '));
      // Sentences name no members, programs and single words may.
      if (name.includes('generate') || words.join('').length === literal.length - 2)
        for (const word of words) kept.add(word);
    }
  }
  return [...declared].filter((name) => !kept.has(name)).toSorted();
}
