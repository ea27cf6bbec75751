import type {
  Connection,
  MessageToProduce,
  Producer,
  ProducerOptions,
  SASLMechanismValue,
} from '@platformatic/kafka';
import { limits } from '../../model/limits.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import type { Connected, Connecting } from '../broker/connections.ts';
import { connectionFailure, reject } from '../broker/outcomes.ts';
import {
  readTlsFiles,
  signInOf,
  textOption,
  TLS_FIELDS,
  urlsOf,
  USER_FIELDS,
  type ServiceForm,
} from '../broker/service.ts';
import { findError } from './errors.ts';

const PORT = 9092;

export const KAFKA: ServiceForm = {
  service: 'kafka',
  title: 'Kafka',
  urlExample: 'kafka://127.0.0.1:9092',
  schemes: ['kafka:', 'kafka+ssl:'],
  settings: [
    ...USER_FIELDS,
    {
      name: 'mechanism',
      type: 'string',
      required: false,
      secret: false,
      description: 'The SASL mechanism to sign in by.',
      example: 'SCRAM-SHA-512',
      fallback: '`PLAIN`',
      choices: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
    },
    ...TLS_FIELDS,
  ],
};

export type KafkaProducer = Producer<Buffer, Buffer, Buffer, Buffer>;

export type KafkaRecord = MessageToProduce<Buffer, Buffer, Buffer, Buffer> & { readonly key: Buffer };

export interface KafkaClient {
  readonly producer: KafkaProducer;
  /** As Java's clients do it, without the modulus. */
  readonly hashOf: (record: KafkaRecord) => number;
  /** Ends the producer; the next send makes another one. */
  giveUp(): void;
}

export const kafkaConnecting: Connecting<KafkaClient> = {
  connect,
  failureOf(error) {
    const isRefused =
      findError(error, ({ code }) => code === 'PLT_KFK_AUTHENTICATION') ??
      findError(error, ({ apiId }) => apiId === 'SASL_AUTHENTICATION_FAILED');
    if (isRefused) return reject('NO_PERMISSIONS', 'The Kafka server refused the configured user.');
    return connectionFailure(KAFKA.title, error);
  },
};

async function connect(settings: ServiceSettings): Promise<Connected<KafkaClient>> {
  const kafka = await import('@platformatic/kafka');
  const producer: KafkaProducer = new kafka.Producer(await optionsOf(settings));
  // A connection may have more than one error to tell; one without a listener would end the process.
  producer.connections.on('connecting', ({ connection }: { connection: Connection }) => {
    connection.on('error', () => undefined);
  });
  try {
    await producer.metadata({ topics: [] });
  } catch (error) {
    await end(producer);
    throw error;
  }
  const { promise: lost, resolve: onLost } = Promise.withResolvers<void>();
  const close = async (): Promise<void> => {
    onLost();
    await end(producer);
  };
  const hashOf = (record: KafkaRecord): number => kafka.compatibilityPartitioner(record, record.key);
  const giveUp = (): void => void close().catch(() => undefined);
  return { client: { producer, hashOf, giveUp }, lost, close };
}

const end = (producer: KafkaProducer): Promise<void> =>
  new Promise((resolve, reject) => {
    producer.close(true, (error) => (error ? reject(error) : resolve()));
  });

type Options = ProducerOptions<Buffer, Buffer, Buffer, Buffer>;

async function optionsOf(settings: ServiceSettings): Promise<Options> {
  const urls = urlsOf(settings).filter((url) => url !== null);
  const tls = await readTlsFiles(settings);
  const { user, password } = signInOf(settings);
  const mechanism = (textOption(settings, 'mechanism') ?? 'PLAIN') as SASLMechanismValue;
  return {
    clientId: 'busbar',
    bootstrapBrokers: urls.map((url) => ({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || PORT,
    })),
    // Lanes try again; the client only looks up once more who leads a partition.
    retries: 0,
    acks: ALL_REPLICAS,
    autocreateTopics: false,
    connectTimeout: limits.brokerConnectMs,
    requestTimeout: limits.brokerAckMs,
    timeout: limits.brokerAckMs,
    metadataMaxAge: limits.kafkaMetadataMs,
    ...((tls ?? urls.some(({ protocol }) => protocol === 'kafka+ssl:')) && {
      tls: tls ?? {},
      tlsServerName: true,
    }),
    ...(user !== undefined && { sasl: { mechanism, username: user, password: password ?? '' } }),
  };
}

const ALL_REPLICAS = -1;
