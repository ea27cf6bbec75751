import { DELIVERED, type DocumentedConnector, type SendOutcome } from '../../engine/ports/connector.ts';
import { limits } from '../../model/limits.ts';
import { serviceOf, type ServiceDirectory } from '../../model/service-settings.ts';
import { brokerCheck } from '../broker/check.ts';
import type { Connections } from '../broker/connections.ts';
import { reject, retry } from '../broker/outcomes.ts';
import { isBusbarArn } from '../broker/service.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { TEXT_FIELD, textWriter } from '../payload-text.ts';
import { POSTGRES, type PostgresClient } from './client.ts';
import { isQueueFull, isRowFault, statementFailure } from './outcome.ts';

const PREFIX = 'channel/';
const RESOURCE = /^channel\/[^\s\p{Cc}"]{1,63}$/u;

/** Channels of PostgreSQL: `NOTIFY`, for whoever listens. */
export function postgresChannelTarget(
  services: ServiceDirectory,
  connections: Connections<PostgresClient>,
): DocumentedConnector {
  return {
    kind: 'postgres-channel',
    description: 'A channel of PostgreSQL (`NOTIFY`): one notification a delivery, for whoever listens.',
    docs: {
      title: 'PostgreSQL channel',
      arnForm: 'arn:busbar:postgres:[<server>]::channel/<channel>',
      arnExample: 'arn:busbar:postgres:::channel/orders',
      testedAgainst: 'PostgreSQL 15',
      settings: POSTGRES.settings,
      notes: NOTES,
    },
    parameters: { block: BUSBAR_BLOCK, fields: [TEXT_FIELD] },
    accepts: (arn) => isBusbarArn(arn, POSTGRES.service) && arn.resource.startsWith(PREFIX),
    check: brokerCheck(services, POSTGRES, RESOURCE),
    open(arn, target) {
      const lease = connections.lease(serviceOf(services, arn));
      const channel = arn.resource.slice(PREFIX.length);
      const toText = textWriter(target);
      return {
        maxBatch: limits.postgresTargetBatch,
        maxConcurrency: limits.postgresTargetSends,
        send: (batch, signal) =>
          lease.send(batch, signal, (client) => notifyAll(client, channel, batch.map(toText))),
        close: () => lease.release(),
      };
    },
  };
}

const NOTES = [
  'The notification’s payload is the delivery’s. PostgreSQL takes less than 8000 bytes; a longer one is not retried (`INVALID_PARAMETER`), so make it smaller by `InputPath` or an input transformer, or use a table.',
  'A delivery counts as done when the server has passed the notification on. It keeps nothing: who does not listen at that moment never gets it. Notifications with the same text in one batch are passed on once.',
  'Names of channels are taken as they are written; `LISTEN "Orders"` needs its quotes. All channels of a server share one connection.',
  'Retried: no connection, a connection that breaks, a server that starts or stops, a full queue of notifications. Not retried: no such database (`NO_RESOURCE`), a user who may not sign in (`NO_PERMISSIONS`), a text with a NUL (`INVALID_PARAMETER`).',
].join('\n\n');

const TOO_LONG = reject(
  'INVALID_PARAMETER',
  `A notification takes at most ${limits.postgresNotifyBytes} bytes.`,
);

async function notifyAll(
  client: PostgresClient,
  channel: string,
  texts: readonly string[],
): Promise<SendOutcome[]> {
  const short = texts.filter(isShort);
  const outcomes = (short.length > 0 ? await notify(client, channel, short) : []).values();
  return texts.map((text) => (isShort(text) ? outcomes.next().value! : TOO_LONG));
}

const QUEUE_FULL = retry('THROTTLING', 'The queue of notifications is full (54000).');

const isShort = (text: string): boolean => Buffer.byteLength(text) <= limits.postgresNotifyBytes;

/** In one statement; if the server refuses one of the texts, each by itself. */
async function notify(
  client: PostgresClient,
  channel: string,
  texts: readonly string[],
): Promise<SendOutcome[]> {
  try {
    await client.query('SELECT pg_notify($1, text) FROM unnest($2::text[]) AS text', [channel, texts]);
    return texts.map(() => DELIVERED);
  } catch (error) {
    if (isQueueFull(error)) return texts.map(() => QUEUE_FULL);
    if (texts.length === 1 || !isRowFault(error)) return texts.map(() => statementFailure(error));
    const outcomes: SendOutcome[] = [];
    for (const text of texts) outcomes.push(...(await notify(client, channel, [text])));
    return outcomes;
  }
}
