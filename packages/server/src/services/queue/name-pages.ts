import { limits } from '../../model/limits.ts';
import type { Queue } from './catalog.ts';
import { invalidParameter, invalidValue } from './errors.ts';

/** What operations that list queues have in common. */
export interface PageInput {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export interface NamePage {
  readonly names: readonly string[];
  readonly nextToken: string | undefined;
}

/** One page of queues that stand by name. A token is the last name of its page; there is one only for a page with a size. */
export function pageOfNames(
  queues: readonly Queue[],
  { MaxResults: max, NextToken: token }: PageInput,
): NamePage {
  if (max !== undefined && (max < 1 || max > limits.queueListPage)) {
    throw invalidValue(max, 'MaxResults', `Must be between 1 and ${limits.queueListPage}, if provided.`);
  }
  const after = openToken(token);
  const rest = queues.map(({ document }) => document.name).filter((name) => name > after);
  const names = rest.slice(0, max ?? limits.queueListPage);
  const last = names.at(-1);
  const more = max !== undefined && last !== undefined && names.length < rest.length;
  return { names, nextToken: more ? makeToken(last) : undefined };
}

const makeToken = (name: string): string => Buffer.from(name).toString('base64url');

function openToken(token: string | undefined): string {
  if (token === undefined) return '';
  const name = Buffer.from(token, 'base64url').toString();
  if (token === '' || makeToken(name) !== token) throw invalidParameter('Invalid or expired next token.');
  return name;
}
