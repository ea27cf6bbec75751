// Which short name each renamed member of `@busbar/pattern` gets. Members that no object has both may share one: fewer names in all
// make the released module smaller.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Comments, and texts in single quotes. */
const NOT_CODE = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$|'(?:[^'\\\n]|\\.)*'/gmu;
const BRACES = /\{[^{}]*\}/u;
const BRACKETS = /\([^()]*\)|\[[^[\]]*\]/gu;
/** Braces around such hold no member's name themselves. */
const STATEMENTS = /\b(?:const|let|return|throw|if|for|while)\b/u;
const NAME = /\b[A-Za-z]\w*/gu;
const OPTIONAL = /^\s+(?:readonly )?(\w+)\?[:(]/gmu;
const SPREAD = /[{,]\s*\.\.\./u;
const OWNER = /(?:class|interface) (\w+)(?:[^{};]* extends (\w+))?[^{};]*$/u;
/** The names that the minifiers give most often come first. */
const LETTERS = Array.from('teinsrlhouafcdgpmbwvxykSAMNIjzTCEBOWFUqPLRDJVQHKGZXY');

/** The names between two braces: those of a class, of an interface or of an object. */
interface Group {
  readonly names: ReadonlySet<string>;
  /** What a class or an interface extends. */
  readonly base: string | undefined;
}

class Groups {
  readonly uses = new Map<string, number>();
  /** Members that objects may lack. */
  readonly lacking = new Set<string>();
  readonly #groups: Group[] = [];
  readonly #byOwner = new Map<string, Group>();

  read(source: string): void {
    let text = source.replace(NOT_CODE, '');
    for (const name of text.match(NAME) ?? []) this.uses.set(name, (this.uses.get(name) ?? 0) + 1);
    for (const [, member] of text.matchAll(OPTIONAL)) this.lacking.add(member!);
    for (let braces = BRACES.exec(text); braces !== null; braces = BRACES.exec(text)) {
      const before = text.slice(0, braces.index);
      this.#add(before, braces[0]);
      text = `${before};${text.slice(braces.index + braces[0].length)}`;
    }
  }

  #add(before: string, within: string): void {
    if (STATEMENTS.test(within)) return;
    const [, owner, base] = OWNER.exec(before) ?? [];
    const group = { names: new Set(within.match(NAME)), base };
    this.#groups.push(group);
    if (owner !== undefined) this.#byOwner.set(owner, group);
    // What is spread into an object may have members that its type does not show.
    if (SPREAD.test(within.replace(BRACKETS, ''))) for (const name of group.names) this.lacking.add(name);
  }

  /** What some object has besides a member. */
  beside(member: string): string[] {
    return this.#groups
      .map((group) => this.#withBase(group))
      .filter((names) => names.includes(member))
      .flat();
  }

  #withBase({ names, base }: Group): string[] {
    const inherited = this.#byOwner.get(base ?? '');
    return [...names, ...(inherited === undefined ? [] : this.#withBase(inherited))];
  }
}

/**
 * Short names for members of the sources in a folder. Two members get different ones if they stand in the same braces
 * anywhere, be it a class, an interface or an object; with a class goes what it extends. Members that objects may lack
 * share theirs with none, because who asks for such a member must not find another one.
 */
export function shortNames(source: string, members: readonly string[]): Record<string, string> {
  const groups = new Groups();
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.ts')) groups.read(readFileSync(join(source, name), 'utf8'));
  const { uses, lacking } = groups;
  const given = new Map<string, string>();
  const usesOf = (member: string): number => uses.get(member) ?? 0;
  for (const member of members.toSorted((a, b) => usesOf(b) - usesOf(a))) {
    const others = lacking.has(member) ? members : [...groups.beside(member), ...lacking];
    const taken = new Set(others.map((other) => given.get(other)));
    const free = LETTERS.find((letter) => !taken.has(letter));
    // The minifier finds a longer name for what is left.
    if (free !== undefined) given.set(member, free);
  }
  return Object.fromEntries(given);
}
