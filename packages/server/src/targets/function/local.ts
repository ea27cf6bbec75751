import {
  DELIVERED,
  type OutgoingDelivery,
  type SendOutcome,
  type SessionContext,
  type TargetSession,
} from '../../engine/ports/connector.ts';
import type { FunctionInvoker, FunctionResult } from '../../engine/ports/function-invoker.ts';
import type { Arn } from '../../model/arn.ts';
import { isTooLarge, outcomeOfError, TOO_LARGE } from './outcomes.ts';

/** Calls of a local function. A repeated delivery repeats the id of its call. */
export function localSession(
  functions: FunctionInvoker,
  { name, concurrency }: { readonly name: string; readonly concurrency: number },
  arn: Arn,
  context: SessionContext,
): TargetSession {
  const account = arn.account || context.account;
  const region = arn.region || context.region;
  const sendOne = async (delivery: OutgoingDelivery, signal: AbortSignal): Promise<SendOutcome> => {
    const { payload, deliveryId: requestId } = delivery;
    if (isTooLarge(payload)) return TOO_LARGE;
    return outcomeOf(name, await functions.invoke({ account, region, name, requestId, payload }, signal));
  };
  return {
    maxBatch: 1,
    maxConcurrency: concurrency,
    send: (batch, signal) => Promise.all(batch.map((delivery) => sendOne(delivery, signal))),
    close: async () => undefined,
  };
}

function outcomeOf(name: string, result: FunctionResult): SendOutcome {
  switch (result.status) {
    case 'returned':
      return DELIVERED;
    case 'failed':
      return outcomeOfError(name, result.error);
    case 'missing':
      return { status: 'reject', code: 'NO_RESOURCE', reason: `There is no local function ${name}.` };
    case 'unreadable':
      return { status: 'reject', code: 'INVALID_JSON', reason: 'The payload is not JSON.' };
    case 'busy':
      return {
        status: 'retry',
        code: 'THROTTLING',
        reason: `Too many calls of the function ${name} wait already.`,
      };
    case 'aborted':
      return {
        status: 'retry',
        code: 'TIMEOUT',
        reason: `The function ${name} was not done in time, and was ended.`,
      };
    case 'stopped':
      return { status: 'retry', code: 'INTERNAL_ERROR', reason: 'The daemon stops.' };
  }
}
