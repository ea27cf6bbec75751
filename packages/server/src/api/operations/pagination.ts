import { createHash } from 'node:crypto';
import { ApiError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';

export interface PageRequest {
  /** `Limit` or `MaxResults`. */
  readonly limit?: number | undefined;
  /** `NextToken`. */
  readonly token?: string | undefined;
  /** Everything else that the call asks for: a token of another question is not accepted. */
  readonly question: readonly (string | undefined)[];
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Undefined on the last page. */
  readonly nextToken: string | undefined;
}

const FINGERPRINT_CHARS = 16;

const fingerprint = (question: readonly (string | undefined)[]): string =>
  createHash('sha256')
    .update(JSON.stringify(question.map((part) => part ?? null)))
    .digest('base64url')
    .slice(0, FINGERPRINT_CHARS);

const invalidToken = (): ApiError => new ApiError('InvalidToken', 'The pagination token is not valid.');

function keyOfToken(token: string, mark: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith(mark)) throw invalidToken();
  return text.slice(mark.length);
}

/**
 * One page of a list. A page goes on behind the last key of the page before, so items that come and go in between shift
 * nothing.
 *
 * @param items ascending by key, by UTF-16 code units; keys are unique.
 * @throws ApiError `InvalidToken` for a token that was not given out for this question.
 */
export function paginate<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  request: PageRequest,
): Page<Item> {
  const mark = fingerprint(request.question);
  const after = request.token === undefined ? undefined : keyOfToken(request.token, mark);
  const limit = request.limit ?? limits.listPageItems;
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const more = rest.length > page.length && last !== undefined;
  const nextToken = more ? Buffer.from(mark + keyOf(last), 'utf8').toString('base64url') : undefined;
  return { items: page, nextToken };
}
