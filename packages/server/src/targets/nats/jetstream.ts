import type { JetStreamClient } from '@nats-io/jetstream';
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
import type { Connections } from '../broker/connections.ts';
import { HEADERS_FIELD, HEADERS_NOTE, parameter } from '../broker/message.ts';
import { connectionLost, reject, retry } from '../broker/outcomes.ts';
import { isBusbarArn } from '../broker/service.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { CLOUD_EVENTS_FIELD } from '../cloud-events.ts';
import { NATS, SUBJECT, type NatsClient } from './client.ts';
import { isTooLarge, natsMessages, NOT_ALLOWED, TOO_LARGE } from './message.ts';

const RESOURCE = new RegExp(`^jetstream/${SUBJECT}$`, 'u');
const PREFIX = 'jetstream/';
const MS_PER_SECOND = 1_000;

const FIELDS: readonly ParameterField[] = [
  {
    name: 'Stream',
    type: 'string',
    required: false,
    secret: false,
    description: 'The stream that has to take the message. Another one refuses it.',
    example: 'ORDERS',
    fallback: 'whichever stream takes the subject',
  },
  {
    name: 'AckWaitSeconds',
    type: 'integer',
    required: false,
    secret: false,
    description: 'How long to wait for the acknowledgement of a message.',
    example: 5,
    fallback: String(limits.brokerAckMs / MS_PER_SECOND),
  },
  HEADERS_FIELD,
  CLOUD_EVENTS_FIELD,
];

/** Subjects that a JetStream stream takes: a message counts as delivered when it is stored. */
export function natsJetStreamTarget(
  services: ServiceDirectory,
  connections: Connections<NatsClient>,
): DocumentedConnector {
  return {
    kind: 'nats-jetstream',
    description: 'A subject of a NATS JetStream stream: one stored message a delivery.',
    docs: {
      title: 'NATS JetStream',
      arnForm: 'arn:busbar:nats:[<server>]::jetstream/<subject>',
      arnExample: 'arn:busbar:nats:::jetstream/orders.placed',
      testedAgainst: 'nats-server with JetStream',
      settings: NATS.settings,
      notes: NOTES,
    },
    parameters: { block: BUSBAR_BLOCK, fields: FIELDS },
    accepts: (arn) => isBusbarArn(arn, NATS.service) && arn.resource.startsWith(PREFIX),
    check: brokerCheck(services, NATS, RESOURCE),
    open: (arn, target) => openSession(services, connections, arn, target),
  };
}

const NOTES = [
  'A delivery counts as done when the stream has acknowledged it. `Nats-Msg-Id` is the delivery’s id: a stream forgets repeats that come within its duplicate window. Busbar creates no stream.',
  HEADERS_NOTE,
  'Retried: no connection, a connection that breaks, no acknowledgement in time, a stream without a leader, a stream that is full (`ERROR_FROM_TARGET`). Not retried: no stream takes the subject, or it is another than `Stream` (`NO_RESOURCE`); a message larger than the server or the stream takes (`INVALID_PARAMETER`); a subject that the user may not publish to or a user that the server refuses (`NO_PERMISSIONS`).',
  'To tell a missing stream from one without a leader, Busbar asks `$JS.API.STREAM.NAMES`. A user who may not ask is told that there is no stream.',
].join('\n\n');

interface Publication {
  readonly subject: string;
  readonly stream: string | undefined;
  readonly timeoutMs: number;
}

function openSession(
  services: ServiceDirectory,
  connections: Connections<NatsClient>,
  arn: Arn,
  target: TargetSettings,
): TargetSession {
  const lease = connections.lease(serviceOf(services, arn));
  const seconds = parameter<number>(target, 'AckWaitSeconds');
  const publication: Publication = {
    subject: arn.resource.slice(PREFIX.length),
    stream: parameter<string>(target, 'Stream'),
    timeoutMs: seconds === undefined ? limits.brokerAckMs : seconds * MS_PER_SECOND,
  };
  let messages: ReturnType<typeof natsMessages> | undefined;
  return {
    maxBatch: limits.natsTargetBatch,
    maxConcurrency: limits.natsTargetSends,
    send: (batch, signal) =>
      lease.send(batch, signal, async (client) => {
        const { jetstream } = await import('@nats-io/jetstream');
        const toMessage = await (messages ??= natsMessages(target));
        const stream = jetstream(client.connection);
        return publish(client, publication, batch, (delivery) =>
          publishOne(stream, publication, delivery, toMessage(delivery)),
        );
      }),
    close: () => lease.release(),
  };
}

async function publish(
  client: NatsClient,
  { subject }: Publication,
  batch: readonly OutgoingDelivery[],
  publishEach: (delivery: OutgoingDelivery) => Promise<unknown>,
): Promise<SendOutcome[]> {
  const settled = await Promise.all(
    batch.map((delivery) =>
      Promise.race([publishEach(delivery), client.lost]).then(
        () => undefined,
        (error: unknown) => ({ error: error as Error }),
      ),
    ),
  );
  const nobody = settled.some((failed) => failed?.error.name === 'JetStreamNotEnabled')
    ? await whyNobodyTook(client, subject)
    : undefined;
  return settled.map((failed) => (failed ? outcomeOf(failed.error, nobody) : DELIVERED));
}

function publishOne(
  jetstream: JetStreamClient,
  { subject, stream, timeoutMs }: Publication,
  { deliveryId }: OutgoingDelivery,
  {
    body,
    headers,
  }: { body: string; headers: NonNullable<Parameters<JetStreamClient['publish']>[2]>['headers'] },
): Promise<unknown> {
  return jetstream.publish(subject, body, {
    msgID: deliveryId,
    timeout: timeoutMs,
    ...(headers && { headers }),
    ...(stream !== undefined && { expect: { streamName: stream } }),
  });
}

const NO_STREAM = reject('NO_RESOURCE', 'No JetStream stream takes the subject.');
const NO_LEADER = retry('ERROR_FROM_TARGET', 'The JetStream stream is not available at the moment.');

/** Nobody was there to take a message. Either no stream has the subject, or the one that has it is without a leader. */
async function whyNobodyTook({ connection, lost }: NatsClient, subject: string): Promise<SendOutcome> {
  try {
    const asked = connection.request('$JS.API.STREAM.NAMES', JSON.stringify({ subject }), {
      timeout: limits.brokerAckMs,
    });
    const { streams } = (await Promise.race([asked, lost])).json<{ streams?: readonly string[] | null }>();
    return streams?.length ? NO_LEADER : NO_STREAM;
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? NO_LEADER : NO_STREAM;
  }
}

/** Errors of the JetStream API: the message is too large for the stream; the stream is not the expected one. */
const MESSAGE_TOO_LARGE = 10_054;
const ANOTHER_STREAM = 10_060;
const SERVER_ERROR = 500;

function outcomeOf(error: Error, nobody: SendOutcome | undefined): SendOutcome {
  const { name, cause } = error;
  if (name === 'JetStreamNotEnabled' && nobody) return nobody;
  if (name === 'JetStreamApiError') return apiOutcome(error as Error & { code: number; status: number });
  if (name === 'TimeoutError') return retry('TIMEOUT', 'JetStream did not acknowledge in time.');
  if (isTooLarge(error)) return TOO_LARGE;
  if ((cause as Error | undefined)?.name === 'PermissionViolationError') return NOT_ALLOWED;
  return connectionLost(NATS.title);
}

function apiOutcome({ code, status }: { code: number; status: number }): SendOutcome {
  if (code === MESSAGE_TOO_LARGE) return TOO_LARGE;
  if (code === ANOTHER_STREAM)
    return reject('NO_RESOURCE', 'Another stream than the expected one takes the subject.');
  const reason = `JetStream refused the message (error ${code}).`;
  return status >= SERVER_ERROR ? retry('ERROR_FROM_TARGET', reason) : reject('INVALID_PARAMETER', reason);
}
