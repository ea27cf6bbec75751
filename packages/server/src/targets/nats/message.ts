import type { MsgHdrs } from '@nats-io/transport-node';
import type { OutgoingDelivery } from '../../engine/ports/connector.ts';
import type { TargetSettings } from '../../model/resources.ts';
import { messageWriter } from '../broker/message.ts';
import { reject, type Failure } from '../broker/outcomes.ts';
import { cloudEventHeaders } from '../cloud-events.ts';

export interface NatsMessage {
  readonly body: string;
  readonly headers: MsgHdrs;
}

/** How a target's deliveries become NATS messages; CloudEvents as in the NATS binding. */
export async function natsMessages(
  target: TargetSettings,
): Promise<(delivery: OutgoingDelivery) => NatsMessage> {
  const { headers: newHeaders } = await import('@nats-io/transport-node');
  const write = messageWriter(target);
  return (delivery) => {
    const message = write(delivery);
    const headers = newHeaders();
    headers.set('content-type', message.contentType);
    const all = { ...message.headers, ...cloudEventHeaders(message) };
    for (const [name, value] of Object.entries(all)) headers.set(name, value);
    return { body: message.body, headers };
  };
}

export const TOO_LARGE: Failure = reject(
  'INVALID_PARAMETER',
  'The message is larger than the NATS server takes.',
);

export const NOT_ALLOWED: Failure = reject(
  'NO_PERMISSIONS',
  'The configured user may not publish to the subject.',
);

/** What the client throws for a message that is larger than the server takes, before anything is sent. */
export const isTooLarge = (error: unknown): boolean => (error as Error).name === 'InvalidArgumentError';
