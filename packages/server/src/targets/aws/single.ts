import type { OutgoingDelivery, SendOutcome } from '../../engine/ports/connector.ts';
import { DELIVERED } from '../../engine/ports/connector.ts';
import type { PlainRequest, Purpose } from './caller.ts';
import type { AwsInput } from './encode.ts';
import type { AwsResult } from './exchange.ts';
import type { Opening, SendBatch } from './row.ts';

/** What a delivery is for the service: a call, or nothing that could be called. */
export type CallOrOutcome = { readonly operation: string; readonly input: AwsInput } | SendOutcome;

interface Conclusion {
  /** Errors that mean that an earlier attempt has done it. */
  readonly doneBefore?: readonly string[];
  /** Looks into an answer that is not an error; undefined when all is well. */
  readonly conclude?: (text: string) => SendOutcome | undefined;
}

export const isOutcome = (value: object): value is SendOutcome => 'status' in value;

/** One call for each delivery. */
export function oneCallEach(
  { caller, purpose }: Opening,
  service: string,
  callOf: (delivery: OutgoingDelivery) => CallOrOutcome,
  conclusion: Conclusion = {},
): SendBatch {
  const sendOne = async (delivery: OutgoingDelivery, signal: AbortSignal): Promise<SendOutcome> => {
    const call = callOf(delivery);
    if (isOutcome(call)) return call;
    const { traceHeader } = delivery;
    return concluded(await caller.call({ ...purpose, ...call, service, traceHeader }, signal), conclusion);
  };
  return (batch, signal) => Promise.all(batch.map((delivery) => sendOne(delivery, signal)));
}

export type RequestOrOutcome =
  (Omit<PlainRequest, keyof Purpose | 'url'> & { readonly url: string | undefined }) | SendOutcome;

/** One plain HTTP request for each delivery. */
export function oneRequestEach(
  { caller, purpose }: Opening,
  requestOf: (delivery: OutgoingDelivery) => RequestOrOutcome,
  conclusion: Conclusion = {},
): SendBatch {
  const sendOne = async (delivery: OutgoingDelivery, signal: AbortSignal): Promise<SendOutcome> => {
    const request = requestOf(delivery);
    if (isOutcome(request)) return request;
    const url = request.url === undefined ? undefined : new URL(request.url);
    return concluded(await caller.send({ ...purpose, ...request, url }, signal), conclusion);
  };
  return (batch, signal) => Promise.all(batch.map((delivery) => sendOne(delivery, signal)));
}

function concluded(result: AwsResult, { doneBefore, conclude }: Conclusion): SendOutcome {
  if (result.status === 'done') return conclude?.(result.text) ?? DELIVERED;
  return doneBefore?.includes(result.errorCode) ? DELIVERED : result.outcome;
}
