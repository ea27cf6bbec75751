import { setImmediate } from 'node:timers/promises';
import {
  DELIVERED,
  type DocumentedConnector,
  type OutgoingDelivery,
  type SendOutcome,
  type TargetSession,
} from '../../engine/ports/connector.ts';
import type { Arn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { TargetSettings } from '../../model/resources.ts';
import { serviceOf, type ServiceDirectory } from '../../model/service-settings.ts';
import { CLOUD_EVENTS_FIELD } from '../cloud-events.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import type { Connections } from '../broker/connections.ts';
import { brokerCheck } from '../broker/check.ts';
import { HEADERS_FIELD, HEADERS_NOTE } from '../broker/message.ts';
import { connectionLost } from '../broker/outcomes.ts';
import { isBusbarArn } from '../broker/service.ts';
import { NATS, SUBJECT, type NatsClient } from './client.ts';
import { isTooLarge, natsMessages, NOT_ALLOWED, TOO_LARGE, type NatsMessage } from './message.ts';

const RESOURCE = new RegExp(`^subject/${SUBJECT}$`, 'u');
const PREFIX = 'subject/';

/** Subjects of core NATS: nothing is kept, who listens gets it. */
export function natsSubjectTarget(
  services: ServiceDirectory,
  connections: Connections<NatsClient>,
): DocumentedConnector {
  return {
    kind: 'nats-subject',
    description: 'A subject of NATS: one message a delivery, for whoever listens.',
    docs: {
      title: 'NATS subject',
      arnForm: 'arn:busbar:nats:[<server>]::subject/<subject>',
      arnExample: 'arn:busbar:nats:::subject/orders.placed',
      testedAgainst: 'nats-server',
      settings: NATS.settings,
      notes: NOTES,
    },
    parameters: { block: BUSBAR_BLOCK, fields: [HEADERS_FIELD, CLOUD_EVENTS_FIELD] },
    accepts: (arn) => isBusbarArn(arn, NATS.service) && !arn.resource.startsWith('jetstream/'),
    check: brokerCheck(services, NATS, RESOURCE),
    open: (arn, target) => openSession(services, connections, arn, target),
  };
}

const NOTES = [
  'Core NATS keeps nothing: a message reaches those who are subscribed at the moment. A delivery counts as done when the server has taken it (a `PING` behind the messages was answered), so what happens between the server and a subscriber is at most once. Use a JetStream target where a message must not be lost.',
  HEADERS_NOTE,
  'Retried: no connection, a connection that breaks, a server that does not answer. Not retried: a message larger than the server’s `max_payload` (`INVALID_PARAMETER`), a subject that the user may not publish to or a user that the server refuses (`NO_PERMISSIONS`).',
  'Subjects that begin with `$` belong to the server and are refused, and so are wildcards.',
].join('\n\n');

function openSession(
  services: ServiceDirectory,
  connections: Connections<NatsClient>,
  arn: Arn,
  target: TargetSettings,
): TargetSession {
  const lease = connections.lease(serviceOf(services, arn));
  const subject = arn.resource.slice(PREFIX.length);
  let messages: ReturnType<typeof natsMessages> | undefined;
  return {
    maxBatch: limits.natsTargetBatch,
    maxConcurrency: limits.natsTargetSends,
    send: (batch, signal) =>
      lease.send(batch, signal, async (client) => {
        const toMessage = await (messages ??= natsMessages(target));
        return publish(client, subject, batch, toMessage);
      }),
    close: () => lease.release(),
  };
}

async function publish(
  { connection, lost, refusals }: NatsClient,
  subject: string,
  batch: readonly OutgoingDelivery[],
  toMessage: (delivery: OutgoingDelivery) => NatsMessage,
): Promise<SendOutcome[]> {
  const refusalsBefore = refusals.get(subject);
  const outcomes = batch.map((delivery): SendOutcome => {
    const { body, headers } = toMessage(delivery);
    try {
      connection.publish(subject, body, { headers });
      return DELIVERED;
    } catch (error) {
      return isTooLarge(error) ? TOO_LARGE : connectionLost(NATS.title);
    }
  });
  const answer = await flush(connection, lost);
  const failure = answer ?? (refusals.get(subject) === refusalsBefore ? undefined : NOT_ALLOWED);
  return failure ? outcomes.map((outcome) => (outcome === DELIVERED ? failure : outcome)) : outcomes;
}

/** Waits until the server has seen all that was published, and what it complained about has been noted. */
async function flush(
  connection: NatsClient['connection'],
  lost: Promise<never>,
): Promise<SendOutcome | undefined> {
  try {
    await Promise.race([connection.flush(), lost]);
  } catch {
    return connectionLost(NATS.title);
  }
  // A complaint comes before the answer to the flush, but reaches us through a queue of the client's.
  await setImmediate();
  return undefined;
}
