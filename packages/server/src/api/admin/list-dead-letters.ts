import type { Engine } from '../../engine/engine.ts';
import { eventBusArn, ruleArn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRequest, AdminRoute } from './admin-route.ts';
import { letterSummary } from './dead-letter-view.ts';
import { badRequest, numberParameter, onlyParameters, textParameter } from './parameters.ts';
import { maySee } from './visibility.ts';

const MAX_SEQUENCE = 2n ** 63n - 1n;

/**
 * `GET /_busbar/dead-letters?bus=&rule=&after=&max=`: oldest first. `next` is there when more may follow: it goes into
 * `after`. A page may be short although more follow, when those in between belong to other accounts.
 */
export function listDeadLetters(engine: Engine): AdminRoute {
  return {
    method: 'GET',
    path: '/dead-letters',
    summary: 'dead letters, oldest first',
    async run(request) {
      onlyParameters(request.query, ['bus', 'rule', 'after', 'max']);
      const max = numberParameter(request.query, 'max', 1, limits.adminPageItems) ?? limits.adminPageItems;
      return { value: await pageOf(engine, request, filterOf(request), afterOf(request.query), max) };
    },
  };
}

async function pageOf(
  engine: Engine,
  request: AdminRequest,
  filter: ReturnType<typeof filterOf>,
  start: bigint | undefined,
  max: number,
): Promise<object> {
  const deadLetters: object[] = [];
  let after = start;
  let read = 0;
  // A few at a time: each may hold an event and a payload of a megabyte, and a summary needs neither.
  while (read < max) {
    const wanted = Math.min(limits.redriveBatch, max - read);
    const letters = await engine.deadLetters.list({ ...filter, after, max: wanted });
    for (const letter of letters) {
      if (!maySee(request, letter.bus)) continue;
      deadLetters.push(letterSummary(letter, engine.redrives.underWay(letter.id)));
    }
    if (letters.length < wanted) return { deadLetters };
    read += letters.length;
    after = letters.at(-1)!.sequence;
  }
  return { deadLetters, next: String(after) };
}

function filterOf({ query, caller }: AdminRequest): { bus?: string; rule?: string } {
  const { region, account } = caller;
  const bus = textParameter(query, 'bus', limits.adminNameChars);
  const rule = textParameter(query, 'rule', limits.adminNameChars);
  if (rule !== undefined) return { rule: ruleArn(region, account, bus ?? 'default', rule) };
  return bus === undefined ? {} : { bus: eventBusArn(region, account, bus) };
}

function afterOf(query: URLSearchParams): bigint | undefined {
  const text = textParameter(query, 'after', 20);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || BigInt(text) > MAX_SEQUENCE) {
    throw badRequest('The parameter after must be the "next" of an earlier page.');
  }
  return BigInt(text);
}
