import type {
  DocumentedConnector,
  OutgoingDelivery,
  ParameterField,
  SendOutcome,
  TargetSession,
} from '../../engine/ports/connector.ts';
import type { Arn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { TargetSettings } from '../../model/resources.ts';
import { serviceOf, type ServiceDirectory } from '../../model/service-settings.ts';
import { brokerCheck } from '../broker/check.ts';
import { Connections, type Timing } from '../broker/connections.ts';
import { HEADERS_FIELD, HEADERS_NOTE, messageWriter, parameter } from '../broker/message.ts';
import { reject } from '../broker/outcomes.ts';
import { isBusbarArn } from '../broker/service.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { CLOUD_EVENTS_FIELD } from '../cloud-events.ts';
import { dynamicValue } from '../dynamic-value.ts';
import { PublishingChannel, type Publication } from './channel.ts';
import { RABBITMQ, rabbitConnecting, type RabbitClient } from './client.ts';

const RESOURCE = /^(?:queue\/[^\s\p{Cc}]{1,255}|exchange\/[^/\s\p{Cc}]{1,255}(?:\/[^\s\p{Cc}]{0,255})?)$/u;
/** What AMQP 0-9-1 has for the names of queues, exchanges and routing keys. */
const SHORT_TEXT_BYTES = 255;
const MS_PER_SECOND = 1_000;

const FIELDS: readonly ParameterField[] = [
  {
    name: 'RoutingKey',
    type: 'string',
    required: false,
    secret: false,
    description: 'The routing key. May be a JSONPath that is resolved against the original event.',
    example: '$.detail-type',
    fallback: 'the one of the ARN',
  },
  {
    name: 'Persistent',
    type: 'boolean',
    required: false,
    secret: false,
    description: 'Whether durable queues keep the message on disk.',
    example: false,
    fallback: '`true`',
  },
  {
    name: 'Mandatory',
    type: 'boolean',
    required: false,
    secret: false,
    description:
      'Whether a message that no queue takes fails. Without it, an exchange without a fitting queue drops the message, and the delivery counts as done.',
    example: false,
    fallback: '`true`',
  },
  HEADERS_FIELD,
  CLOUD_EVENTS_FIELD,
];

/** Exchanges and queues of RabbitMQ (AMQP 0-9-1), with publisher confirms. */
export function rabbitmqTarget(services: ServiceDirectory, timing: Timing): DocumentedConnector {
  const connections = new Connections(timing, rabbitConnecting);
  return {
    kind: 'rabbitmq',
    description: 'An exchange or a queue of RabbitMQ (AMQP 0-9-1): one confirmed message a delivery.',
    docs: {
      title: 'RabbitMQ',
      arnForm:
        'arn:busbar:rabbitmq:[<server>]::exchange/<exchange>[/<routing key>] or arn:busbar:rabbitmq:[<server>]::queue/<queue>',
      arnExample: 'arn:busbar:rabbitmq:::exchange/orders/order.placed',
      testedAgainst: 'rabbitmq-server',
      settings: RABBITMQ.settings,
      notes: NOTES,
    },
    parameters: { block: BUSBAR_BLOCK, fields: FIELDS },
    accepts: (arn) => isBusbarArn(arn, RABBITMQ.service),
    check: brokerCheck(services, RABBITMQ, RESOURCE),
    open: (arn, target) => openSession(services, connections, arn, target),
  };
}

const NOTES = [
  'A delivery counts as done when the server has confirmed the message: for a persistent message to a durable queue, when it is on disk. The message’s id is the delivery’s id. Busbar declares no exchange and no queue.',
  HEADERS_NOTE,
  'Retried: no connection, a connection that breaks, a message that the server cannot take (a full queue with `reject-publish`), a server that is out of memory or disk (`THROTTLING`). Not retried: no such exchange or queue, or a message that no queue takes (`NO_RESOURCE`); a message that is too large (`INVALID_PARAMETER`); a user who may not sign in or not publish there (`NO_PERMISSIONS`).',
  'CloudEvents in binary mode: attributes are headers that begin with `cloudEvents:`.',
].join('\n\n');

interface Place {
  readonly exchange: string;
  readonly routingKey: string;
  readonly isQueue: boolean;
}

function placeOf({ resource }: Arn): Place {
  const [kind, name = '', ...key] = resource.split('/');
  const isQueue = kind === 'queue';
  if (isQueue) return { exchange: '', routingKey: resource.slice('queue/'.length), isQueue };
  return { exchange: name, routingKey: key.join('/'), isQueue };
}

function openSession(
  services: ServiceDirectory,
  connections: Connections<RabbitClient>,
  arn: Arn,
  target: TargetSettings,
): TargetSession {
  const lease = connections.lease(serviceOf(services, arn));
  const toPublication = publicationWriter(placeOf(arn), target);
  const channel = new PublishingChannel();
  let underWay = 0;
  let closing = false;
  return {
    maxBatch: limits.rabbitmqTargetBatch,
    maxConcurrency: limits.rabbitmqTargetSends,
    async send(batch, signal) {
      underWay++;
      try {
        return await lease.send(batch, signal, (client) =>
          publish(client, channel, batch.map(toPublication)),
        );
      } finally {
        if (--underWay === 0 && closing) channel.close();
      }
    },
    async close() {
      closing = true;
      if (underWay === 0) channel.close();
      await lease.release();
    },
  };
}

async function publish(
  client: RabbitClient,
  channel: PublishingChannel,
  prepared: readonly (Publication | SendOutcome)[],
): Promise<SendOutcome[]> {
  const publications = prepared.filter((each): each is Publication => 'exchange' in each);
  const outcomes = (await channel.publish(client, publications)).values();
  return prepared.map((each) => ('exchange' in each ? outcomes.next().value! : each));
}

const NO_KEY = reject(
  'INVALID_PARAMETER',
  'The event has no text or number at the path of BusbarParameters.RoutingKey, or one that is too long.',
);

/** How a target's deliveries become publications; an outcome stands for one that cannot be published. */
function publicationWriter(
  { exchange, routingKey, isQueue }: Place,
  target: TargetSettings,
): (delivery: OutgoingDelivery) => Publication | SendOutcome {
  const write = messageWriter(target);
  const setting = isQueue ? undefined : parameter<string>(target, 'RoutingKey');
  const keyOf = dynamicValue(setting ?? '');
  const persistent = parameter<boolean>(target, 'Persistent') ?? true;
  const mandatory = isQueue || (parameter<boolean>(target, 'Mandatory') ?? true);
  return (delivery) => {
    const key = setting === undefined ? routingKey : keyOf(delivery.event);
    if (key === undefined || Buffer.byteLength(key) > SHORT_TEXT_BYTES) return NO_KEY;
    const { body, contentType, headers, attributes } = write(delivery);
    const cloudEvent = Object.entries(attributes).map(([name, value]) => [`cloudEvents:${name}`, value]);
    return {
      exchange,
      routingKey: key,
      body: Buffer.from(body),
      options: {
        messageId: delivery.deliveryId,
        contentType,
        timestamp: Math.floor(delivery.ingestedAt / MS_PER_SECOND),
        appId: 'busbar',
        headers: { ...headers, ...Object.fromEntries(cloudEvent) },
        persistent,
        mandatory,
      },
    };
  };
}
