import type { DeadLetterDocument } from '../../engine/deliver/dead-letter.ts';
import type { Engine } from '../../engine/engine.ts';
import type { DeadLetter } from '../../engine/ports/storage.ts';
import { eventBusArn, ruleArn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRequest, AdminRoute } from './admin-route.ts';
import { letterSummary } from './dead-letter-view.ts';
import { badRequest, numberParameter, onlyParameters, textParameter } from './parameters.ts';
import { maySee } from './visibility.ts';

const MAX_SEQUENCE = 2n ** 63n - 1n;

/**
 * `GET /_busbar/dead-letters?bus=&rule=&target=&error=&fault=&event=&after=&max=`: oldest first. `target` is an ARN or a
 * target's Id, `error` a code such as `TIMEOUT`. `next` is there when more may follow: it goes into `after`. A page may be
 * short although more follow, when those in between are others: each call looks at `limits.adminScanLetters` at most.
 */
export function listDeadLetters(engine: Engine): AdminRoute {
  return {
    method: 'GET',
    path: '/dead-letters',
    summary: 'dead letters, oldest first',
    async run(request) {
      onlyParameters(request.query, ['bus', 'rule', ...Object.keys(WANTED), 'after', 'max']);
      const max = numberParameter(request.query, 'max', 1, limits.adminPageItems) ?? limits.adminPageItems;
      return { value: await pageOf(engine, request, afterOf(request.query), max) };
    },
  };
}

/** What a letter must be like: parameter → whether the letter has the value. */
const WANTED: Readonly<Record<string, (letter: DeadLetter, value: string) => boolean>> = {
  target: ({ target, document }, value) =>
    target === value || (document as DeadLetterDocument).targetId === value,
  error: ({ document }, value) => (document as DeadLetterDocument).code === value,
  fault: ({ document }, value) => (document as DeadLetterDocument).fault === value,
  event: ({ eventId }, value) => eventId === value,
};

function wanted(query: URLSearchParams): (letter: DeadLetter) => boolean {
  const conditions = Object.entries(WANTED).flatMap(([name, holds]) => {
    const value = textParameter(query, name, limits.adminNameChars);
    return value === undefined ? [] : [(letter: DeadLetter) => holds(letter, value)];
  });
  return (letter) => conditions.every((holds) => holds(letter));
}

async function pageOf(
  engine: Engine,
  request: AdminRequest,
  start: bigint | undefined,
  max: number,
): Promise<object> {
  const filter = filterOf(request);
  const isWanted = wanted(request.query);
  const deadLetters: object[] = [];
  let after = start;
  let read = 0;
  // A few at a time: each may hold an event and a payload of a megabyte, and a summary needs neither.
  while (deadLetters.length < max && read < limits.adminScanLetters) {
    const asked = Math.min(limits.redriveBatch, max - deadLetters.length);
    const letters = await engine.deadLetters.list({ ...filter, after, max: asked });
    for (const letter of letters) {
      if (!maySee(request, letter.bus) || !isWanted(letter)) continue;
      deadLetters.push(letterSummary(letter, engine.redrives.underWay(letter.id)));
    }
    if (letters.length < asked) return { deadLetters };
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
