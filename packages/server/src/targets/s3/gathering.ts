import type { Clock } from '../../engine/ports/clock.ts';
import type { OutgoingDelivery, SendOutcome } from '../../engine/ports/connector.ts';

interface Waiting {
  readonly delivery: OutgoingDelivery;
  readonly settle: (outcome: SendOutcome) => void;
}

export interface GatheringOptions {
  readonly clock: Clock;
  /** A batch goes out when it has as many deliveries, or characters of payload, or when its first one has waited so long. */
  readonly deliveries: number;
  readonly chars: number;
  readonly windowMs: number;
  /** Brings a batch to the target; the same outcome for all of it. */
  readonly send: (batch: readonly OutgoingDelivery[]) => Promise<SendOutcome>;
}

/**
 * Makes larger batches out of the sends that are under way at once. What waits here is bounded by their number: a
 * delivery is in no other place meanwhile, and its send ends when its batch has.
 */
export class Gathering {
  readonly #options: GatheringOptions;
  #waiting: Waiting[] = [];
  #chars = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(options: GatheringOptions) {
    this.#options = options;
  }

  add(batch: readonly OutgoingDelivery[]): Promise<SendOutcome[]> {
    return Promise.all(batch.map((delivery) => this.#add(delivery)));
  }

  /** Sends what waits without waiting for more. */
  flush(): void {
    this.#cancelTimer();
    const gathered = this.#waiting;
    this.#waiting = [];
    this.#chars = 0;
    if (gathered.length > 0) void this.#send(gathered);
  }

  #add(delivery: OutgoingDelivery): Promise<SendOutcome> {
    const { clock, deliveries, chars, windowMs } = this.#options;
    return new Promise((settle) => {
      this.#waiting.push({ delivery, settle });
      this.#chars += delivery.payload.length;
      if (this.#waiting.length === 1) this.#cancelTimer = clock.after(windowMs, () => this.flush());
      if (this.#waiting.length >= deliveries || this.#chars >= chars) this.flush();
    });
  }

  async #send(gathered: readonly Waiting[]): Promise<void> {
    let outcome: SendOutcome;
    try {
      outcome = await this.#options.send(gathered.map(({ delivery }) => delivery));
    } catch {
      outcome = { status: 'retry', code: 'INTERNAL_ERROR', reason: 'The batch could not be sent.' };
    }
    for (const { settle } of gathered) settle(outcome);
  }
}
