import { createHash } from 'node:crypto';
import type { LogEventStore, LogGroupId } from '../../engine/ports/log-group-storage.ts';
import { limits } from '../../model/limits.ts';

const MS_PER_DAY = 86_400_000;

/**
 * The streams that deliveries are written to: one for each group, rule and day (UTC), with a name that looks like a UUID.
 * Names are derived, so that a restart goes on with the stream of the day.
 */
export class DeliveryStreams {
  readonly #store: LogEventStore;
  /** Streams that are known to be there, the longest unused first. */
  readonly #known = new Set<string>();

  constructor(store: LogEventStore) {
    this.#store = store;
  }

  nameFor(group: LogGroupId, ruleArn: string, now: number): string {
    const day = Math.floor(now / MS_PER_DAY);
    const hex = createHash('sha256').update(`${group} ${ruleArn} ${day}`).digest('hex');
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `8${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ].join('-');
  }

  /** Creates a stream unless it is known to be there. */
  async ensure(group: LogGroupId, stream: string, now: number): Promise<void> {
    const key = `${group} ${stream}`;
    if (this.#known.delete(key)) {
      this.#known.add(key);
      return;
    }
    await this.#store.createStream(group, stream, now);
    this.#known.add(key);
    if (this.#known.size > limits.logDeliveryStreams) this.#known.delete(this.#known.values().next().value!);
  }

  /** Somebody deleted the stream. */
  forget(group: LogGroupId, stream: string): void {
    this.#known.delete(`${group} ${stream}`);
  }
}
