import { hash } from 'node:crypto';
import { limits } from '../../../model/limits.ts';
import type { AnsweredRequest } from '../../../model/schedule.ts';
import { tokenReused } from './messages.ts';

interface Input {
  readonly ClientToken?: string;
}

const digestOf = (input: object): string => hash('sha256', JSON.stringify(input), 'hex');

/** What a resource remembers of the request that wrote it; undefined for one without a token. */
export function requestOf({ ClientToken, ...rest }: Input, at: number): AnsweredRequest | undefined {
  return ClientToken === undefined ? undefined : { token: ClientToken, input: digestOf(rest), at };
}

/**
 * Whether a resource was written by this very request, sent again.
 *
 * @throws ApiError `ConflictException` when the token comes with another input.
 */
export function isRepeat(
  answered: AnsweredRequest | undefined,
  request: AnsweredRequest | undefined,
): boolean {
  if (!answered || answered.token !== request?.token) return false;
  if (request.at - answered.at > limits.scheduleTokenMs) return false;
  if (answered.input !== request.input) throw tokenReused();
  return true;
}
