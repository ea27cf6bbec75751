import type { SentMessage } from '../../engine/ports/queue-storage.ts';

interface Sent extends SentMessage {
  readonly at: number;
}

/**
 * The keys that were sent a short while ago, in two generations: once the younger one is a window old, the older one has
 * nothing left to say and is dropped as a whole. So keys are never searched for what is out of date.
 */
export class DeduplicationWindow {
  #younger = new Map<string, Sent>();
  #older = new Map<string, Sent>();
  #since = 0;

  /** The message that was sent with this key less than `windowMs` ago. */
  find(key: string, now: number, windowMs: number): SentMessage | undefined {
    const sent = this.#younger.get(key) ?? this.#older.get(key);
    return sent && now - sent.at < windowMs
      ? { messageId: sent.messageId, sequence: sent.sequence }
      : undefined;
  }

  add(key: string, sent: SentMessage, now: number, windowMs: number): void {
    if (now - this.#since >= windowMs) {
      this.#older = this.#younger;
      this.#younger = new Map();
      this.#since = now;
    }
    this.#younger.set(key, { ...sent, at: now });
  }
}
