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
import { parameter } from '../broker/message.ts';
import { connectionLost, reject, retry } from '../broker/outcomes.ts';
import { isBusbarArn } from '../broker/service.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { TEXT_FIELD, textWriter } from '../payload-text.ts';
import { REDIS, redisConnecting, replyCode, type RedisClient } from './client.ts';

const PREFIX = 'stream/';
const RESOURCE = /^stream\/[^\s\p{Cc}]{1,512}$/u;

const FIELDS: readonly ParameterField[] = [
  {
    name: 'MaximumLength',
    type: 'integer',
    required: false,
    secret: false,
    description:
      'The entries that the stream keeps (`MAXLEN ~`): the oldest go, somewhat late and in larger steps.',
    example: 100_000,
    fallback: 'all',
  },
  {
    name: 'CreateStream',
    type: 'boolean',
    required: false,
    secret: false,
    description: 'Whether a stream that is not there is made. If not, its absence is `NO_RESOURCE`.',
    example: false,
    fallback: '`true`',
  },
  TEXT_FIELD,
];

/** Streams of Redis: one entry a delivery, a batch in one go. */
export function redisTarget(services: ServiceDirectory, timing: Timing): DocumentedConnector {
  const connections = new Connections(timing, redisConnecting);
  return {
    kind: 'redis',
    description: 'A stream of Redis: one entry a delivery.',
    docs: {
      title: 'Redis stream',
      arnForm: 'arn:busbar:redis:[<server>]::stream/<key>',
      arnExample: 'arn:busbar:redis:::stream/orders',
      testedAgainst: 'redis-server',
      settings: REDIS.settings,
      notes: NOTES,
    },
    parameters: { block: BUSBAR_BLOCK, fields: FIELDS },
    accepts: (arn) => isBusbarArn(arn, REDIS.service),
    check: brokerCheck(services, REDIS, RESOURCE),
    open: (arn, target) => openSession(services, connections, arn, target),
  };
}

const NOTES = [
  'An entry has the fields `payload`, `deliveryId` (the same for every attempt of a delivery, so that a repeat can be told) and `eventId`.',
  'A delivery counts as done when the server has answered `XADD` with the entry’s id. How safe it is then is up to the server’s `appendfsync` and its replicas. The path of the URL chooses the database: `redis://127.0.0.1:6379/2`. Several URLs are tried in turn. Redis Cluster is not supported.',
  'Retried: no connection, a connection that breaks, a server that is loading, out of memory (`OOM`, as `THROTTLING`) or a read-only replica. Not retried: a key that holds something else than a stream, or no stream where it must not be made (`NO_RESOURCE`); a user who may not sign in or not write there (`NO_PERMISSIONS`).',
].join('\n\n');

interface Writing {
  readonly key: string;
  readonly maximumLength: number | undefined;
  readonly create: boolean;
  readonly toText: (delivery: OutgoingDelivery) => string;
}

function openSession(
  services: ServiceDirectory,
  connections: Connections<RedisClient>,
  arn: Arn,
  target: TargetSettings,
): TargetSession {
  const lease = connections.lease(serviceOf(services, arn));
  const writing: Writing = {
    key: arn.resource.slice(PREFIX.length),
    maximumLength: parameter<number>(target, 'MaximumLength'),
    create: parameter<boolean>(target, 'CreateStream') ?? true,
    toText: textWriter(target),
  };
  return {
    maxBatch: limits.redisTargetBatch,
    maxConcurrency: limits.redisTargetSends,
    // Commands of one turn go out together, without waiting for each other's answers.
    send: (batch, signal) =>
      lease.send(batch, signal, (client) =>
        Promise.all(batch.map((delivery) => append(client, writing, delivery))),
      ),
    close: () => lease.release(),
  };
}

async function append(
  client: RedisClient,
  { key, maximumLength, create, toText }: Writing,
  delivery: OutgoingDelivery,
): Promise<SendOutcome> {
  const { deliveryId, eventId } = delivery;
  const fields = { deliveryId, eventId, payload: toText(delivery) };
  const options =
    maximumLength === undefined
      ? {}
      : { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: maximumLength } as const };
  try {
    if (create) await client.xAdd(key, '*', fields, options);
    else if ((await client.xAddNoMkStream(key, '*', fields, options)) === null) return NO_STREAM;
    return DELIVERED;
  } catch (error) {
    return outcomeOf(error);
  }
}

const NO_STREAM = reject('NO_RESOURCE', 'There is no such stream, and CreateStream is false.');

/** Codes of a server that will take the same entry later, or elsewhere. */
const PASSING = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'NOREPLICAS',
  'READONLY',
  'TRYAGAIN',
  'UNBLOCKED',
]);

function outcomeOf(error: unknown): SendOutcome {
  const code = replyCode(error);
  if (code === undefined) return connectionLost(REDIS.title);
  if (code === 'WRONGTYPE') return reject('NO_RESOURCE', 'The key holds something else than a stream.');
  if (code === 'NOPERM' || code === 'NOAUTH') {
    return reject('NO_PERMISSIONS', `The user may not add to the stream (${code}).`);
  }
  if (code === 'OOM') return retry('THROTTLING', 'The Redis server has no memory left (OOM).');
  if (code === 'MOVED' || code === 'ASK') {
    return reject(
      'INVALID_PARAMETER',
      'The key lives on another server of a cluster, which is not supported.',
    );
  }
  const failure = PASSING.has(code) ? retry : reject;
  return failure('ERROR_FROM_TARGET', `The Redis server refused the entry (${code}).`);
}
