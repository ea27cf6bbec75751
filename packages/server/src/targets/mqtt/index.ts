import type { IClientPublishOptions } from 'mqtt';
import {
  DELIVERED,
  type DocumentedConnector,
  type OutgoingDelivery,
  type ParameterField,
  type SendOutcome,
  type TargetSession,
} from '../../engine/ports/connector.ts';
import type { Arn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { TargetSettings } from '../../model/resources.ts';
import { serviceOf, type ServiceDirectory } from '../../model/service-settings.ts';
import { brokerCheck } from '../broker/check.ts';
import { Connections, type Timing } from '../broker/connections.ts';
import { HEADERS_FIELD, HEADERS_NOTE, messageWriter, parameter } from '../broker/message.ts';
import { connectionLost, reject, retry } from '../broker/outcomes.ts';
import { isBusbarArn } from '../broker/service.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { CLOUD_EVENTS_FIELD } from '../cloud-events.ts';
import { MQTT, mqttConnecting, type MqttClient } from './client.ts';
import { packetBytes } from './packet-size.ts';

/** Topics that begin with `$` belong to the broker: a rule must not command it. */
const RESOURCE = /^topic\/(?!\$)[^\s+#\p{Cc}]+$/u;
const PREFIX = 'topic/';

const FIELDS: readonly ParameterField[] = [
  {
    name: 'QoS',
    type: 'integer',
    required: false,
    secret: false,
    description: 'The quality of service: at most once, at least once, or exactly once as far as the broker.',
    example: 2,
    fallback: '1',
    choices: ['0', '1', '2'],
  },
  {
    name: 'Retain',
    type: 'boolean',
    required: false,
    secret: false,
    description: 'Whether the broker keeps the message for those who subscribe later.',
    example: true,
    fallback: '`false`',
  },
  {
    name: 'ExpirySeconds',
    type: 'integer',
    required: false,
    secret: false,
    description: 'How long the broker may keep the message for a subscriber that is away.',
    example: 3600,
    fallback: 'no limit',
  },
  HEADERS_FIELD,
  CLOUD_EVENTS_FIELD,
];

/** Topics of an MQTT 5 broker. */
export function mqttTarget(services: ServiceDirectory, timing: Timing): DocumentedConnector {
  const connections = new Connections(timing, mqttConnecting(timing.random));
  return {
    kind: 'mqtt',
    description: 'A topic of an MQTT 5 broker: one acknowledged message a delivery.',
    docs: {
      title: 'MQTT topic',
      arnForm: 'arn:busbar:mqtt:[<server>]::topic/<topic>',
      arnExample: 'arn:busbar:mqtt:::topic/orders/placed',
      testedAgainst: 'mosquitto',
      settings: MQTT.settings,
      notes: NOTES,
    },
    parameters: { block: BUSBAR_BLOCK, fields: FIELDS },
    accepts: (arn) => isBusbarArn(arn, MQTT.service),
    check: brokerCheck(services, MQTT, RESOURCE),
    open: (arn, target) => openSession(services, connections, arn, target),
  };
}

const NOTES = [
  'A delivery counts as done when the broker has acknowledged the message; with QoS 0, when it is written to the connection. Whether anybody is subscribed is the broker’s business. Headers are user properties. The broker has to speak MQTT 5.',
  HEADERS_NOTE,
  'Retried: no connection, a connection that breaks, a broker that is over its quota (`THROTTLING`) or answers with another error. Not retried: a topic or user that is not allowed (`NO_PERMISSIONS`); a message that is larger than the broker takes, a topic or payload that it calls invalid, a QoS or a retained message that it does not support (`INVALID_PARAMETER`).',
  'Busbar learns the largest packet from the broker (`max_packet_size` of mosquitto). A broker that hangs up on a large message instead is tried again and again.',
  'Topics that begin with `$` belong to the broker and are refused, and so are wildcards.',
].join('\n\n');

type Quality = 0 | 1 | 2;

interface Publication {
  readonly topic: string;
  readonly body: Buffer;
  readonly options: IClientPublishOptions & { readonly qos: Quality; readonly retain: boolean };
}

function openSession(
  services: ServiceDirectory,
  connections: Connections<MqttClient>,
  arn: Arn,
  target: TargetSettings,
): TargetSession {
  const lease = connections.lease(serviceOf(services, arn));
  const toPublication = publicationWriter(arn.resource.slice(PREFIX.length), target);
  return {
    maxBatch: limits.mqttTargetBatch,
    maxConcurrency: limits.mqttTargetSends,
    send: (batch, signal) =>
      lease.send(batch, signal, (client) =>
        Promise.all(batch.map((delivery) => publish(client, toPublication(delivery)))),
      ),
    close: () => lease.release(),
  };
}

function publicationWriter(
  topic: string,
  target: TargetSettings,
): (delivery: OutgoingDelivery) => Publication {
  const write = messageWriter(target);
  const qos = parameter<Quality>(target, 'QoS') ?? 1;
  const retain = parameter<boolean>(target, 'Retain') ?? false;
  const expiry = parameter<number>(target, 'ExpirySeconds');
  return (delivery) => {
    const { body, contentType, headers, attributes } = write(delivery);
    return {
      topic,
      body: Buffer.from(body),
      options: {
        qos,
        retain,
        properties: {
          contentType,
          payloadFormatIndicator: true,
          ...(expiry !== undefined && { messageExpiryInterval: expiry }),
          userProperties: { ...headers, ...attributes },
        },
      },
    };
  };
}

const TOO_LARGE = reject('INVALID_PARAMETER', 'The message is larger than the MQTT broker takes.');
const NO_QUALITY = reject('INVALID_PARAMETER', 'The MQTT broker does not support the quality of service.');
const NO_RETAIN = reject('INVALID_PARAMETER', 'The MQTT broker does not keep messages.');

async function publish(client: MqttClient, publication: Publication): Promise<SendOutcome> {
  const { topic, body, options } = publication;
  if (packetBytes(topic, body, options) > client.limits.packetBytes) return TOO_LARGE;
  if (options.qos > client.limits.quality) return NO_QUALITY;
  if (options.retain && !client.limits.retains) return NO_RETAIN;
  await client.window.enter();
  try {
    // The client would keep it for a later connection.
    if (!client.connection.connected) return connectionLost(MQTT.title);
    await client.connection.publishAsync(topic, body, options);
    return DELIVERED;
  } catch (error) {
    return outcomeOf((error as { code?: unknown }).code);
  } finally {
    client.window.leave();
  }
}

/** What reason codes of MQTT 5 mean for a message. */
const REASONS: ReadonlyMap<unknown, SendOutcome> = new Map([
  [135, reject('NO_PERMISSIONS', 'The configured user may not publish to the topic.')],
  [144, reject('INVALID_PARAMETER', 'The MQTT broker calls the topic invalid.')],
  [149, TOO_LARGE],
  [151, retry('THROTTLING', 'The MQTT broker’s quota is exceeded.')],
  [153, reject('INVALID_PARAMETER', 'The MQTT broker calls the payload invalid.')],
]);

function outcomeOf(code: unknown): SendOutcome {
  const known = REASONS.get(code);
  if (known) return known;
  if (typeof code !== 'number') return connectionLost(MQTT.title);
  return retry('ERROR_FROM_TARGET', `The MQTT broker refused the message (reason code ${code}).`);
}
