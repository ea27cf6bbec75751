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
import { reject } from '../broker/outcomes.ts';
import { isBusbarArn } from '../broker/service.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { CLOUD_EVENTS_FIELD } from '../cloud-events.ts';
import { dynamicValue } from '../dynamic-value.ts';
import { KAFKA, kafkaConnecting, type KafkaClient, type KafkaRecord } from './client.ts';
import { answersOf, CAUSED_BY_ONE, isTimeout, outcomeOfCode, outcomeOfError } from './errors.ts';

/** What Kafka has for the name of a topic. */
const RESOURCE = /^topic\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;
const PREFIX = 'topic/';

const FIELDS: readonly ParameterField[] = [
  {
    name: 'Key',
    type: 'string',
    required: false,
    secret: false,
    description:
      'The key of the record: those with the same key go to the same partition. May be a JSONPath that is resolved against the original event.',
    example: '$.detail.customerId',
    fallback: 'the event’s id',
  },
  HEADERS_FIELD,
  CLOUD_EVENTS_FIELD,
];

/** Topics of Kafka, and of anything else that speaks its protocol. */
export function kafkaTarget(services: ServiceDirectory, timing: Timing): DocumentedConnector {
  const connections = new Connections(timing, kafkaConnecting);
  return {
    kind: 'kafka',
    description: 'A topic of Apache Kafka: one record a delivery, acknowledged by all replicas in sync.',
    docs: {
      title: 'Kafka topic',
      arnForm: 'arn:busbar:kafka:[<cluster>]::topic/<topic>',
      arnExample: 'arn:busbar:kafka:::topic/orders',
      testedAgainst: 'the brokers built into librdkafka for its own tests, read by its consumer',
      settings: KAFKA.settings,
      notes: NOTES,
    },
    parameters: { block: BUSBAR_BLOCK, fields: FIELDS },
    accepts: (arn) => isBusbarArn(arn, KAFKA.service),
    check: brokerCheck(services, KAFKA, RESOURCE),
    open: (arn, target) => openSession(services, connections, arn, target),
  };
}

const NOTES = [
  'The URL may name several servers to begin with: `kafka://one:9092,kafka://two:9092`; `kafka+ssl://` is for TLS. Kafka 2.4 or later.',
  'A delivery counts as done when all replicas in sync have its record (`acks=all`). A key goes to the partition where Java’s clients would send it. Busbar creates no topic.',
  HEADERS_NOTE,
  'Retried: no connection, a connection that breaks, no answer in time, partitions without a leader or without enough replicas. Not retried: no such topic (`NO_RESOURCE`); a record that is too large or invalid, an event that has no key at the path of `Key` (`INVALID_PARAMETER`); a user who may not sign in or not write (`NO_PERMISSIONS`).',
  'Each record of a batch has its own outcome. When the server refuses a batch because of one record, the records are sent again one by one.',
].join('\n\n');

function openSession(
  services: ServiceDirectory,
  connections: Connections<KafkaClient>,
  arn: Arn,
  target: TargetSettings,
): TargetSession {
  const lease = connections.lease(serviceOf(services, arn));
  const topic = arn.resource.slice(PREFIX.length);
  const toRecord = recordWriter(topic, target);
  return {
    maxBatch: limits.kafkaTargetBatch,
    maxConcurrency: limits.kafkaTargetSends,
    send: (batch, signal) =>
      lease.send(batch, signal, (client) => produce(client, topic, batch.map(toRecord))),
    close: () => lease.release(),
  };
}

const NO_KEY = reject(
  'INVALID_PARAMETER',
  'The event has no text or number at the path of BusbarParameters.Key.',
);

/** How a target's deliveries become records; an outcome stands for one that cannot be sent. */
function recordWriter(
  topic: string,
  target: TargetSettings,
): (delivery: OutgoingDelivery) => KafkaRecord | SendOutcome {
  const write = messageWriter(target);
  const setting = parameter<string>(target, 'Key');
  const keyOf = setting === undefined ? undefined : dynamicValue(setting);
  return (delivery) => {
    const key = keyOf ? keyOf(delivery.event) : delivery.eventId;
    if (key === undefined) return NO_KEY;
    const { body, contentType, headers, attributes } = write(delivery);
    const all = new Map([[Buffer.from('content-type'), Buffer.from(contentType)]]);
    const add = (name: string, value: string): void => void all.set(Buffer.from(name), Buffer.from(value));
    for (const [name, value] of Object.entries(headers)) add(name, value);
    for (const [name, value] of Object.entries(attributes)) add(`ce_${name}`, value);
    return {
      topic,
      key: Buffer.from(key),
      value: Buffer.from(body),
      headers: all,
      timestamp: BigInt(delivery.ingestedAt),
    };
  };
}

async function produce(
  client: KafkaClient,
  topic: string,
  prepared: readonly (KafkaRecord | SendOutcome)[],
): Promise<SendOutcome[]> {
  const records = prepared.filter((each): each is KafkaRecord => 'topic' in each);
  const outcomes = (await produceAll(client, topic, records)).values();
  return prepared.map((each) => ('topic' in each ? outcomes.next().value! : each));
}

async function produceAll(
  client: KafkaClient,
  topic: string,
  records: readonly KafkaRecord[],
): Promise<SendOutcome[]> {
  if (records.length === 0) return [];
  const messages: (KafkaRecord & { readonly partition: number })[] = [];
  try {
    const { topics } = await client.producer.metadata({ topics: [topic] });
    const { partitionsCount } = topics.get(topic)!;
    for (const record of records) {
      messages.push({ ...record, partition: client.hashOf(record) % partitionsCount });
    }
    await client.producer.send({ messages, acks: -1, autocreateTopics: false });
    return records.map(() => DELIVERED);
  } catch (error) {
    // A late answer to a request that was given up would confuse the client.
    if (isTimeout(error)) client.giveUp();
    return settle(client, topic, records, messages, error);
  }
}

/** Tells what became of each record of a send that failed. */
async function settle(
  client: KafkaClient,
  topic: string,
  records: readonly KafkaRecord[],
  sent: readonly { readonly partition: number }[],
  error: unknown,
): Promise<SendOutcome[]> {
  const answers = answersOf(error);
  const rest = outcomeOfError(error);
  const outcomes: SendOutcome[] = [];
  for (const [index, record] of records.entries()) {
    const code = sent[index] && answers.get(sent[index].partition);
    if (code === 0) outcomes.push(DELIVERED);
    else if (records.length > 1 && CAUSED_BY_ONE.has(code)) {
      outcomes.push((await produceAll(client, topic, [record]))[0]!);
    } else outcomes.push(code === undefined ? rest : outcomeOfCode(code));
  }
  return outcomes;
}
