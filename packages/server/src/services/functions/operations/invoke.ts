import { isUtf8 } from 'node:buffer';
import { limits } from '../../../model/limits.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { FunctionInvocation, FunctionResult } from '../../../engine/ports/function-invoker.ts';
import {
  badClientContext,
  functionNotFound,
  payloadTooLarge,
  stopping,
  tooManyCalls,
  unreadablePayload,
} from '../errors.ts';
import { functionOfCall, LATEST } from '../function-of-call.ts';
import type { FunctionService } from '../service.ts';

interface Input {
  readonly FunctionName: string;
  readonly Qualifier?: string;
  readonly InvocationType?: 'RequestResponse' | 'Event' | 'DryRun';
  readonly LogType?: 'None' | 'Tail';
  readonly ClientContext?: string;
  readonly Payload?: Uint8Array;
}

export function invoke(service: FunctionService): Operation {
  return defineOperation('Invoke', async (input: Input, call) => {
    const { account, region, name, arn } = functionOfCall(service, input, call);
    const { InvocationType: type = 'RequestResponse' } = input;
    if (type === 'DryRun') return { StatusCode: 204, ExecutedVersion: LATEST };
    const invocation: FunctionInvocation = {
      account,
      region,
      name,
      requestId: call.requestId,
      payload: payloadOf(input, type === 'Event' ? limits.functionEventBytes : limits.functionPayloadBytes),
      clientContext: clientContextOf(input.ClientContext),
    };
    if (type === 'Event') {
      if (!isJson(invocation.payload)) throw unreadablePayload();
      if (!service.accept(invocation)) throw tooManyCalls();
      return { StatusCode: 202 };
    }
    // Lambda lets a function finish when its caller has gone away, so the call's own signal does not count.
    const result = await service.invoke(invocation, new AbortController().signal);
    return answerTo(result, arn, input.LogType === 'Tail');
  });
}

function answerTo(result: FunctionResult, arn: string, tail: boolean): object {
  switch (result.status) {
    case 'returned':
    case 'failed':
      return {
        StatusCode: 200,
        ExecutedVersion: LATEST,
        FunctionError: result.status === 'failed' ? 'Unhandled' : undefined,
        LogResult: tail ? lastBytes(result.logTail) : undefined,
        Payload: result.status === 'failed' ? JSON.stringify(result.error) : result.payload,
      };
    case 'missing':
      throw functionNotFound(arn);
    case 'unreadable':
      throw unreadablePayload();
    case 'busy':
      throw tooManyCalls();
    default:
      throw stopping();
  }
}

/** The end of a log in base64; a character that the bound cuts in two is left out. */
function lastBytes(text: string): string {
  const bytes = Buffer.from(text).subarray(-limits.functionLogTailBytes);
  const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return bytes.subarray(Math.max(start, 0)).toString('base64');
}

/** A call without a payload has an empty event. */
function payloadOf({ Payload: payload }: Input, maxBytes: number): string {
  if (payload === undefined || payload.length === 0) return '{}';
  if (payload.length > maxBytes) throw payloadTooLarge(maxBytes);
  if (!isUtf8(payload)) throw unreadablePayload();
  return Buffer.from(payload).toString();
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function clientContextOf(given: string | undefined): unknown {
  if (given === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(given, 'base64').toString());
  } catch {
    throw badClientContext();
  }
}
