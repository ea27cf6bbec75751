import { limits } from '../../../model/limits.ts';
import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import { invalidParameter, invalidValue } from '../errors.ts';
import { queueUrl } from '../queue-url.ts';
import type { QueueService } from '../service.ts';

interface Input {
  readonly QueueNamePrefix?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** ListQueues, by name. A token is the last name of its page; there is one only when the caller set a page's size. */
export function listQueues(service: QueueService): Operation {
  return defineOperation('ListQueues', async (input: Input, call) => {
    const { QueueNamePrefix: prefix = '', MaxResults: max } = input;
    if (max !== undefined && (max < 1 || max > limits.queueListPage)) {
      throw invalidValue(max, 'MaxResults', `Must be between 1 and ${limits.queueListPage}, if provided.`);
    }
    const after = openToken(input.NextToken);
    const rest = service.catalog.list(call, prefix).filter(({ document }) => document.name > after);
    const page = rest.slice(0, max ?? limits.queueListPage).map(({ document }) => document.name);
    const last = page.at(-1);
    return {
      ...(last !== undefined && { QueueUrls: page.map((name) => queueUrl(call, call.account, name)) }),
      ...(max !== undefined &&
        last !== undefined &&
        page.length < rest.length && { NextToken: makeToken(last) }),
    };
  });
}

const makeToken = (name: string): string => Buffer.from(name).toString('base64url');

function openToken(token: string | undefined): string {
  if (token === undefined) return '';
  const name = Buffer.from(token, 'base64url').toString();
  if (token === '' || makeToken(name) !== token) throw invalidParameter('Invalid or expired next token.');
  return name;
}
