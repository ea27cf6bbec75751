import type {
  NewMessage,
  NewOrderedMessage,
  QueueMessage,
  QueueStore,
  ReceiveRequest,
  Received,
} from '../../../src/engine/ports/queue-storage.ts';

export const NOW = 1_000_000;
export const WINDOW = 300_000;

export const standard = (id: number | string, over: Partial<NewMessage> = {}): NewMessage => ({
  messageId: `m${id}`,
  body: `body ${id}`,
  senderId: '123456789012',
  sentAt: NOW,
  visibleAt: NOW,
  ...over,
});

let keys = 0;

/** `a1`: the first message of group a. Every message has a key of its own unless told. */
export const ordered = (id: string, over: Partial<NewOrderedMessage> = {}): NewOrderedMessage => ({
  messageId: id,
  body: `body ${id}`,
  senderId: '123456789012',
  sentAt: NOW,
  groupId: id[0]!,
  deduplicationKey: `key ${++keys}`,
  ...over,
});

export async function orderedQueue(queues: QueueStore, ...sent: string[]): Promise<void> {
  await queues.create('q', 'ordered');
  await queues.sendOrdered(
    'q',
    sent.map((id) => ordered(id)),
    WINDOW,
  );
}

export const take = (
  queues: QueueStore,
  over: Partial<ReceiveRequest> & { queue?: string } = {},
): Promise<Received> =>
  queues.receive(over.queue ?? 'q', {
    max: 10,
    now: NOW,
    visibleAgainAt: (over.now ?? NOW) + 30_000,
    sentAfter: 0,
    ...over,
  });

export const ids = (messages: readonly QueueMessage[]): string =>
  messages.map((each) => each.messageId).join(' ');

/** Receives and says the messages' ids. */
export const taken = async (...parameters: Parameters<typeof take>): Promise<string> =>
  ids((await take(...parameters)).messages);
