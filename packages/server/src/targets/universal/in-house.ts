import { compactJsonObject } from '../../engine/compact-json.ts';
import { deliveryId } from '../../engine/deliver/delivery-id.ts';
import { buildEnvelope } from '../../engine/envelope.ts';
import {
  DELIVERED,
  type OutgoingDelivery,
  type SendOutcome,
  type SessionContext,
} from '../../engine/ports/connector.ts';
import type { EventForwarder } from '../../engine/ports/event-forwarder.ts';
import type { FunctionInvoker } from '../../engine/ports/function-invoker.ts';
import type { LocalApis } from '../../engine/ports/local-apis.ts';
import type { QueueSender } from '../../engine/ports/queue-sender.ts';
import { eventBusArn, parseArn, queueArn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import { outcomeOfError } from '../aws/classify.ts';
import { localSession } from '../function/local.ts';
import type { UniversalApi } from './api.ts';
import { isObject, jsonValue, type CallInput } from './input.ts';
import { operationOf } from './request.ts';

/** What this daemon has of AWS's services. */
export interface InHouse {
  readonly queues: QueueSender;
  readonly forwarder: EventForwarder;
  readonly functions: FunctionInvoker;
  readonly apis: LocalApis;
}

/** One attempt of a call. */
export interface Attempt {
  readonly delivery: OutgoingDelivery;
  readonly input: CallInput;
  readonly from: SessionContext;
  readonly signal: AbortSignal;
}

const MS = 1_000;

type Direct = (house: InHouse, attempt: Attempt) => Promise<SendOutcome> | undefined;

/** Services that the daemon has itself → what its API for them is called. */
const LOCAL: Readonly<Record<string, string>> = {
  cloudwatchlogs: 'logs',
  eventbridge: 'events',
  scheduler: 'scheduler',
  sqs: 'sqs',
};

/** The daemon's own API of a service; undefined when it has none. */
export const localServiceOf = (service: string): string | undefined => LOCAL[service];

/** Calls that do not go through an API: a repeated one repeats the ids of what it makes. */
const DIRECT: Readonly<Record<string, Direct>> = {
  'sqs:sendMessage': sendMessage,
  'eventbridge:putEvents': putEvents,
};

export const invalid = (reason: string): SendOutcome => ({
  status: 'reject',
  code: 'INVALID_PARAMETER',
  reason,
});

/** Makes a call within this daemon. */
export function callInHouse(
  house: InHouse,
  { service, action }: { readonly service: string; readonly action: string },
  api: UniversalApi,
  attempt: Attempt,
): Promise<SendOutcome> {
  const done = DIRECT[`${service}:${action}`]?.(house, attempt);
  return done ?? callApi(house, LOCAL[service]!, api, action, attempt);
}

async function callApi(
  { apis }: InHouse,
  service: string,
  api: UniversalApi,
  action: string,
  { delivery, input, from, signal }: Attempt,
): Promise<SendOutcome> {
  const { account, region } = from;
  const call = {
    account,
    region,
    service,
    operation: operationOf(action),
    input: jsonValue(api, api.inputs?.[action], input) as object,
    requestId: delivery.deliveryId,
    traceHeader: delivery.traceHeader,
  };
  const answer = await apis.call(call, signal);
  if (answer.status === 'done') return DELIVERED;
  const { httpStatus: status, code, message } = answer;
  const details = { request: `${service}:${call.operation}`, httpStatus: status, errorCode: code };
  return { ...outcomeOfError({ status, code, message }), details };
}

const textOf = (input: CallInput, member: string): string | undefined => {
  const value = input[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Members that need no API; a message that has others goes through it. */
const PLAIN_MESSAGE = new Set(['QueueUrl', 'MessageBody', 'MessageGroupId']);

function sendMessage(
  { queues }: InHouse,
  { delivery, input, from }: Attempt,
): Promise<SendOutcome> | undefined {
  const [, owner, name] = /\/(\d{12})\/([^/]+)$/.exec(textOf(input, 'QueueUrl') ?? '') ?? [];
  const body = textOf(input, 'MessageBody');
  const isPlain = Object.keys(input).every((member) => PLAIN_MESSAGE.has(member));
  if (owner === undefined || name === undefined || body === undefined || !isPlain) return undefined;
  const { ruleArn: sourceArn, account, region } = from;
  const message = { messageId: delivery.deliveryId, body, groupId: textOf(input, 'MessageGroupId') };
  const source = { service: 'events.amazonaws.com', sourceArn, account } as const;
  return queues
    .send(parseArn(queueArn(region, owner, name))!, [message], source)
    .then(([outcome]) => outcome!);
}

async function putEvents({ forwarder }: InHouse, { delivery, input, from }: Attempt): Promise<SendOutcome> {
  const { Entries: entries } = input;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > limits.putEventsEntries) {
    return invalid(`Entries must hold 1 to ${limits.putEventsEntries} events.`);
  }
  // One after the other: a repeat after a failure carries the same ids.
  for (const [index, entry] of entries.entries()) {
    if (!isObject(entry)) return invalid('An entry is no event.');
    const outcome = await putEvent(forwarder, delivery, entry, index, from);
    if (outcome.status !== 'delivered') return outcome;
  }
  return DELIVERED;
}

async function putEvent(
  forwarder: EventForwarder,
  delivery: OutgoingDelivery,
  entry: CallInput,
  index: number,
  context: SessionContext,
): Promise<SendOutcome> {
  const { account, region } = context;
  const [source, detailType] = [textOf(entry, 'Source'), textOf(entry, 'DetailType')];
  const detail = compactJsonObject(textOf(entry, 'Detail') ?? '');
  if (source === undefined || detailType === undefined || detail === undefined) {
    return invalid('An event needs Source, DetailType and Detail, which is a JSON object.');
  }
  const bus = textOf(entry, 'EventBusName') ?? 'default';
  const arn = parseArn(bus.startsWith('arn:') ? bus : eventBusArn(region, account, bus));
  if (!arn) return invalid(`${bus} is no event bus.`);
  const id = deliveryId(delivery.eventId, String(index));
  const time = timeOf(entry, delivery);
  if (Number.isNaN(time)) return invalid('Time is no time.');
  const { Resources: resources = [] } = entry as { readonly Resources?: unknown };
  if (!Array.isArray(resources) || !resources.every((each) => typeof each === 'string')) {
    return invalid('Resources is no list of texts.');
  }
  const event = buildEnvelope({ id, detailType, source, account, time, region, resources, detail });
  const outgoing = { ...delivery, eventId: id, event, payload: event };
  const [outcome] = await forwarder.forward(arn, [outgoing], context);
  return outcome!;
}

/** An event's own time, as a text or in seconds; that of the tick when it has none. NaN when it is none. */
function timeOf({ Time: given }: CallInput, delivery: OutgoingDelivery): number {
  if (typeof given === 'number') return given * MS;
  return Date.parse(
    typeof given === 'string' ? given : (JSON.parse(delivery.event) as { time: string }).time,
  );
}

const FUNCTION =
  /^(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:|\d{12}:function:)?([A-Za-z0-9_-]{1,64})$/;

/** The local function that an input of `lambda:invoke` names; undefined when there is none. */
export function localFunctionOf(functions: FunctionInvoker, input: CallInput) {
  const [, name] = FUNCTION.exec(textOf(input, 'FunctionName') ?? '') ?? [];
  if (name === undefined || (textOf(input, 'Qualifier') ?? '$LATEST') !== '$LATEST') return undefined;
  const found = functions.find(name);
  return found && { name, concurrency: found.concurrency };
}

/** Calls a local function, as a templated target would: a failure of the function is one of the delivery. */
export async function invokeInHouse(
  functions: FunctionInvoker,
  called: NonNullable<ReturnType<typeof localFunctionOf>>,
  { delivery, input, from, signal }: Attempt,
): Promise<SendOutcome> {
  const arn = parseArn(`arn:aws:lambda:${from.region}:${from.account}:function:${called.name}`)!;
  const { Payload: given = '{}' } = input as { readonly Payload?: unknown };
  const payload = typeof given === 'string' ? given : JSON.stringify(given);
  const session = localSession(functions, called, arn, from);
  const [outcome] = await session.send([{ ...delivery, payload }], signal);
  return outcome!;
}
