import type { ChannelModel, ConfirmChannel, Options } from 'amqplib';
import { DELIVERED, type SendOutcome } from '../../engine/ports/connector.ts';
import { connectionLost, reject, retry, type Failure } from '../broker/outcomes.ts';
import { RABBITMQ, type RabbitClient } from './client.ts';

/*
 * A session has a channel of its own: the server answers a mistake by closing the channel, and with it all that is under
 * way on it. So one target's mistakes are no other target's. When several messages were under way, of whichever sends, the
 * ones that got no answer are published again, each alone on a channel for itself, to tell whose mistake it was.
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
  /** Messages without a confirmation. */
  underWay: number;
  /** Why the server closed it, and whether that is certain for all that was under way. */
  closedFor: Failure | undefined;
  certain: boolean;
}

/** `suspect`: the server closed the channel, perhaps for another message's sake. */
interface Published {
  readonly outcome: SendOutcome;
  readonly suspect: boolean;
}

const certainly = (outcome: SendOutcome): Published => ({ outcome, suspect: false });

const NO_ROUTE = reject('NO_RESOURCE', 'No queue takes the message.');
const BLOCKED = retry('THROTTLING', 'The RabbitMQ server takes no messages at the moment.');
const NACKED = retry('ERROR_FROM_TARGET', 'The RabbitMQ server could not take the message.');

/** A session has one exchange: when it does not exist, it does so for all of its messages. */
const NO_EXCHANGE = 404;

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
    const settled: SendOutcome[] = [];
    for (const [index, { outcome, suspect }] of (await this.#publishAll(client, publications)).entries()) {
      settled.push(suspect ? await publishAlone(client.connection, publications[index]!) : outcome);
    }
    return settled;
  }

  close(): void {
    this.#opening?.then(({ channel }) => channel.close()).catch(() => undefined);
    this.#opening = undefined;
  }

  async #publishAll(client: RabbitClient, publications: readonly Publication[]): Promise<Published[]> {
    let open: OpenChannel;
    try {
      open = await this.#open(client.connection);
    } catch {
      return publications.map(() => certainly(connectionLost(RABBITMQ.title)));
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

async function publishAlone(connection: ChannelModel, publication: Publication): Promise<SendOutcome> {
  try {
    const open = await openChannel(connection, () => undefined);
    const { outcome } = await publishOne(open, publication);
    if (!open.closedFor) open.channel.close().catch(() => undefined);
    return outcome;
  } catch {
    return connectionLost(RABBITMQ.title);
  }
}

async function openChannel(connection: ChannelModel, onClose: () => void): Promise<OpenChannel> {
  try {
    const channel = await connection.createConfirmChannel();
    const open: OpenChannel = {
      channel,
      returned: new Set(),
      underWay: 0,
      closedFor: undefined,
      certain: false,
    };
    channel.on('return', ({ properties }) => open.returned.add(String(properties.messageId)));
    channel.on('error', ({ code = 0 }: Error & { code?: number }) => {
      open.closedFor = CLOSED_FOR[code] ?? NACKED;
      open.certain = code === NO_EXCHANGE || open.underWay === 1;
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
): Promise<Published> {
  return new Promise((resolve) => {
    const onConfirm = (error: Error | null): void => {
      open.underWay--;
      const isReturned = open.returned.delete(options.messageId);
      if (isReturned) resolve(certainly(NO_ROUTE));
      else if (!error) resolve(certainly(DELIVERED));
      else if (open.closedFor) resolve({ outcome: open.closedFor, suspect: !open.certain });
      else resolve(certainly(isNack(error) ? NACKED : connectionLost(RABBITMQ.title)));
    };
    try {
      open.channel.publish(exchange, routingKey, body, options, onConfirm);
      open.underWay++;
    } catch {
      // Closed in the meantime: nothing was sent.
      if (open.closedFor) resolve({ outcome: open.closedFor, suspect: true });
      else resolve(certainly(connectionLost(RABBITMQ.title)));
    }
  });
}

const isNack = (error: Error): boolean => error.message === 'message nacked';
