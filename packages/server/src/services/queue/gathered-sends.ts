import type { QueueId } from '../../engine/ports/queue-storage.ts';
import type { Queue } from './catalog.ts';
import type { OutgoingMessage, QueueMessages } from './messages.ts';

interface Gathering {
  readonly messages: OutgoingMessage[];
  readonly sent: Promise<unknown>;
}

/**
 * Sends of one turn to one queue, made one. Thousands of rules with the same queue as their target each send a message or
 * two at a time; their lanes do so in one turn, and one call for all of them costs a fraction of a call for each.
 */
export class GatheredSends {
  readonly #messages: QueueMessages;
  readonly #open = new Map<QueueId, Gathering>();

  constructor(messages: QueueMessages) {
    this.#messages = messages;
  }

  /** Resolves once the messages are durable; rejects as `QueueMessages.send` does, for all that were gathered. */
  send(queue: Queue, messages: readonly OutgoingMessage[]): Promise<unknown> {
    const { id } = queue.document;
    let gathering = this.#open.get(id);
    if (!gathering) {
      const gathered: OutgoingMessage[] = [];
      const sent = Promise.resolve().then(() => {
        this.#open.delete(id);
        return this.#messages.send(queue, gathered);
      });
      gathering = { messages: gathered, sent };
      this.#open.set(id, gathering);
    }
    for (const message of messages) gathering.messages.push(message);
    return gathering.sent;
  }
}
