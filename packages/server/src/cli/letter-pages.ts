import { valueOf } from './arguments.ts';
import type { Client } from './client.ts';
import { usageError, type Invocation } from './command.ts';
import { checkBus, findRule } from './resources.ts';
import { didYouMean } from './suggest.ts';

/** A dead letter as the daemon lists it. */
export interface LetterSummary {
  readonly id: string;
  readonly createdAt: string;
  readonly eventId: string;
  readonly bus: string;
  readonly rule: string;
  readonly target: string;
  readonly fault?: string;
  readonly code: string;
  readonly reason: string;
  readonly attempts: number;
  readonly queue?: { readonly arn: string; readonly result: string };
  readonly underWay: boolean;
}

interface Page {
  readonly deadLetters: readonly LetterSummary[];
  readonly next?: string;
}

/** What dead letters are told apart by. */
const CONDITIONS = ['error', 'fault', 'rule', 'bus', 'target', 'event'] as const;

/** Which dead letters are meant. Empty: all. */
export type LetterFilter = Partial<Record<(typeof CONDITIONS)[number], string>>;

export const WHERE_OPTION = {
  name: 'where',
  placeholder: 'K=V,…',
  help: `those that are all of this; K is one of ${CONDITIONS.join(', ')}`,
};

/** Reads `--where`, `--bus` and `--rule`. */
export function filterOf(invocation: Invocation): LetterFilter {
  const filter: LetterFilter = {};
  const set = (name: string, value: string): void => {
    const condition = CONDITIONS.find((known) => known === name);
    if (!condition) {
      throw usageError(`\`--where\` knows no \`${name}\`${didYouMean(name, CONDITIONS)}`);
    }
    if (filter[condition] !== undefined && filter[condition] !== value) {
      throw usageError(`\`${name}\` cannot be both \`${filter[condition]}\` and \`${value}\``);
    }
    filter[condition] = value;
  };
  for (const part of valueOf(invocation, 'where')?.split(',') ?? []) {
    const [, name, value] = /^\s*(\w+)=(.+?)\s*$/.exec(part) ?? [];
    if (name === undefined) throw usageError(`\`--where\` takes error=TIMEOUT and the like, not \`${part}\``);
    set(name, value!);
  }
  for (const name of ['bus', 'rule']) {
    const value = valueOf(invocation, name);
    if (value !== undefined) set(name, value);
  }
  return filter;
}

/** The dead letters that are meant, page by page, oldest first. */
export async function* pagesOf(
  client: Client,
  filter: LetterFilter,
): AsyncGenerator<{ readonly letters: readonly LetterSummary[]; readonly more: boolean }> {
  let after: string | undefined;
  do {
    const page: Page = await client.get<Page>('/dead-letters', { ...filter, after });
    after = page.next;
    yield { letters: page.deadLetters, more: after !== undefined };
  } while (after !== undefined);
}

/** Nothing was found: perhaps because there is no such rule or bus, which is an error. */
export async function checkNames(client: Client, { bus, rule }: LetterFilter): Promise<void> {
  if (rule !== undefined) await findRule(client, bus ?? 'default', rule);
  else if (bus !== undefined) await checkBus(client, bus);
}
