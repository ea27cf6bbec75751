import type { ChannelModel, ConfirmChannel, Options } from 'amqplib';
import { DELIVERED, type SendOutcome } from '../../engine/ports/connector.ts';
import { connectionLost, reject, retry, type Failure } from '../broker/outcomes.ts';
import { RABBITMQ, type RabbitClient } from './client.ts';

/*
 * A session has a channel of its own: the server answers a mistake by closing the channel, and with it all that is under
 * way on it. So one target's mistakes are no other target's, and when several messages were under way the ones that got
 * no answer are published again one by one, to tell whose mistake it was.
 */

export interface Publication {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Buffer;
  readonly options: Options.Publish & { readonly messageId: string };
}

interface OpenChannel {
  readonly channel: ConfirmChannel;
  /** Ids of messages that the server found no queue for. Its confirmation follows. */
  readonly returned: Set<string>;
  /** Why the server closed it. */
  closedFor: Failure | undefined;
}

const NO_ROUTE = reject('NO_RESOURCE', 'No queue takes the message.');
const BLOCKED = retry('THROTTLING', 'The RabbitMQ server takes no messages at the moment.');
const NACKED = retry('ERROR_FROM_TARGET', 'The RabbitMQ server could not take the message.');

/** What the server's reply codes mean for the message that caused them. */
const CLOSED_FOR: Readonly<Record<number, Failure>> = {
  403: reject('NO_PERMISSIONS', 'The configured user may not publish there.'),
  404: reject('NO_RESOURCE', 'The exchange does not exist.'),
  406: reject('INVALID_PARAMETER', 'The RabbitMQ server does not accept the message, perhaps for its size.'),
};

export class PublishingChannel {
  #opening: Promise<OpenChannel> | undefined;
  #openedOn: ChannelModel | undefined;

  /** Publishes messages; one outcome each, in order. */
  async publish(client: RabbitClient, publications: readonly Publication[]): Promise<SendOutcome[]> {
    if (client.blocked) return publications.map(() => BLOCKED);
    const outcomes = await this.#publishAll(client, publications);
    if (publications.length === 1) return outcomes.map(({ outcome }) => outcome);
    const settled: SendOutcome[] = [];
    for (const [index, { outcome, unclear }] of outcomes.entries()) {
      if (!unclear) settled.push(outcome);
      else settled.push((await this.#publishAll(client, [publications[index]!]))[0]!.outcome);
    }
    return settled;
  }

  close(): void {
    this.#opening?.then(({ channel }) => channel.close()).catch(() => undefined);
    this.#opening = undefined;
  }

  async #publishAll(
    client: RabbitClient,
    publications: readonly Publication[],
  ): Promise<{ outcome: SendOutcome; unclear?: boolean }[]> {
    let open: OpenChannel;
    try {
      open = await this.#open(client.connection);
    } catch {
      return publications.map(() => ({ outcome: connectionLost(RABBITMQ.title) }));
    }
    return Promise.all(publications.map((publication) => publishOne(open, publication)));
  }

  #open(connection: ChannelModel): Promise<OpenChannel> {
    if (this.#opening && this.#openedOn === connection) return this.#opening;
    const opening = openChannel(connection, () => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    this.#opening = opening;
    this.#openedOn = connection;
    return opening;
  }
}

async function openChannel(connection: ChannelModel, onClose: () => void): Promise<OpenChannel> {
  try {
    const channel = await connection.createConfirmChannel();
    const open: OpenChannel = { channel, returned: new Set(), closedFor: undefined };
    channel.on('return', ({ properties }) => open.returned.add(String(properties.messageId)));
    channel.on('error', ({ code }: Error & { code?: number }) => {
      open.closedFor = CLOSED_FOR[code ?? 0] ?? NACKED;
    });
    channel.on('close', onClose);
    return open;
  } catch (error) {
    onClose();
    throw error;
  }
}

function publishOne(
  open: OpenChannel,
  { exchange, routingKey, body, options }: Publication,
): Promise<{ outcome: SendOutcome; unclear?: boolean }> {
  return new Promise((resolve) => {
    const onConfirm = (error: Error | null): void => {
      const isReturned = open.returned.delete(options.messageId);
      if (isReturned) resolve({ outcome: NO_ROUTE });
      else if (!error) resolve({ outcome: DELIVERED });
      else if (open.closedFor) resolve({ outcome: open.closedFor, unclear: true });
      else resolve({ outcome: isNack(error) ? NACKED : connectionLost(RABBITMQ.title) });
    };
    try {
      open.channel.publish(exchange, routingKey, body, options, onConfirm);
    } catch {
      // Closed in the meantime: nothing was sent.
      resolve({
        outcome: open.closedFor ?? connectionLost(RABBITMQ.title),
        unclear: open.closedFor !== undefined,
      });
    }
  });
}

const isNack = (error: Error): boolean => error.message === 'message nacked';
