import { compactJsonObject } from '../engine/compact-json.ts';
import { deliveryId } from '../engine/deliver/delivery-id.ts';
import { buildEnvelope } from '../engine/envelope.ts';
import {
  DELIVERED,
  type DocumentedConnector,
  type OutgoingDelivery,
  type SendOutcome,
  type SessionContext,
  type TargetSession,
} from '../engine/ports/connector.ts';
import type { EventForwarder } from '../engine/ports/event-forwarder.ts';
import type { QueueSender } from '../engine/ports/queue-sender.ts';
import { eventBusArn, parseArn, queueArn, type Arn } from '../model/arn.ts';
import { limits } from '../model/limits.ts';
import { untilAborted } from './abortable.ts';

/** What universal targets reach. */
interface Reach {
  readonly queues: QueueSender;
  readonly forwarder: EventForwarder;
}

type Input = Readonly<Record<string, unknown>>;
type Call = (
  reach: Reach,
  delivery: OutgoingDelivery,
  input: Input,
  from: SessionContext,
) => Promise<SendOutcome>;

const RESOURCE = /^aws-sdk:([a-z0-9]+:[A-Za-z0-9]+)$/;

const invalid = (reason: string): SendOutcome => ({ status: 'reject', code: 'INVALID_PARAMETER', reason });

/** The calls that schedules may name. */
const CALLS: Readonly<Record<string, Call>> = {
  'sqs:sendMessage': sendMessage,
  'eventbridge:putEvents': putEvents,
  'events:putEvents': putEvents,
};

/** A call of an API, as schedules name it: the payload is the input of that call. */
export function universalTarget(reach: Reach): DocumentedConnector {
  return {
    kind: 'universal',
    description: 'A call of an AWS API, for schedules of the Scheduler: the input is that of the call.',
    docs: {
      title: 'Universal target (Scheduler)',
      arnForm: 'arn:aws:scheduler:::aws-sdk:<service>:<action>',
      arnExample: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
      testedAgainst: 'the built-in queue and event bus',
      notes:
        'For schedules only. Built so far: `sqs:sendMessage` and `eventbridge:putEvents`, both to what is in this daemon.',
    },
    parameters: { block: undefined, fields: [] },
    accepts: (arn) => arn.service === 'scheduler' && RESOURCE.test(arn.resource),
    check: (arn) => `Parameter ${arn.text} is not valid. Reason: Provided Arn is not in correct format.`,
    open: (arn, _target, context) => openSession(reach, arn, context),
  };
}

function openSession(reach: Reach, arn: Arn, context: SessionContext): TargetSession {
  const call = CALLS[RESOURCE.exec(arn.resource)?.[1] ?? ''];
  return {
    maxBatch: 1,
    maxConcurrency: limits.queueTargetSends,
    send: (batch, signal) =>
      untilAborted(batch.length, signal, () =>
        Promise.all(batch.map((delivery) => callWith(call, reach, delivery, context))),
      ),
    close: async () => undefined,
  };
}

async function callWith(
  call: Call | undefined,
  reach: Reach,
  delivery: OutgoingDelivery,
  context: SessionContext,
): Promise<SendOutcome> {
  if (!call) return { status: 'reject', code: 'NO_RESOURCE', reason: 'Busbar does not make this call yet.' };
  let input: unknown;
  try {
    input = JSON.parse(delivery.payload);
  } catch {
    input = undefined;
  }
  if (typeof input !== 'object' || input === null) return invalid('The input of the call is no JSON object.');
  return call(reach, delivery, input as Input, context);
}

const textOf = (input: Input, member: string): string | undefined => {
  const value = input[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

async function sendMessage(
  { queues }: Reach,
  delivery: OutgoingDelivery,
  input: Input,
  { account, region, ruleArn }: SessionContext,
): Promise<SendOutcome> {
  const [, owner, name] = /\/(\d{12})\/([^/]+)$/.exec(textOf(input, 'QueueUrl') ?? '') ?? [];
  const body = textOf(input, 'MessageBody');
  if (owner === undefined || name === undefined) return invalid('QueueUrl is no URL of a queue.');
  if (body === undefined) return invalid('MessageBody is missing.');
  const message = { messageId: delivery.deliveryId, body, groupId: textOf(input, 'MessageGroupId') };
  const source = { service: 'events.amazonaws.com', sourceArn: ruleArn, account } as const;
  const [outcome] = await queues.send(parseArn(queueArn(region, owner, name))!, [message], source);
  return outcome!;
}

async function putEvents(
  { forwarder }: Reach,
  delivery: OutgoingDelivery,
  input: Input,
  context: SessionContext,
): Promise<SendOutcome> {
  const { Entries: entries } = input;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > limits.putEventsEntries) {
    return invalid(`Entries must hold 1 to ${limits.putEventsEntries} events.`);
  }
  // One after the other: a repeat after a failure carries the same ids.
  for (const [index, entry] of (entries as Input[]).entries()) {
    const outcome = await putEvent(forwarder, delivery, entry, index, context);
    if (outcome.status !== 'delivered') return outcome;
  }
  return DELIVERED;
}

async function putEvent(
  forwarder: EventForwarder,
  delivery: OutgoingDelivery,
  entry: Input,
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
  const { time } = JSON.parse(delivery.event) as { time: string };
  const event = buildEnvelope({
    id,
    detailType,
    source,
    account,
    time: Date.parse(time),
    region,
    resources: [],
    detail,
  });
  const outgoing = { ...delivery, eventId: id, event, payload: event };
  const [outcome] = await forwarder.forward(arn, [outgoing], context);
  return outcome!;
}
