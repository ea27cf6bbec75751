import { limits } from '../../model/limits.ts';
import { Fifo } from '../fifo.ts';
import type { Subscription } from '../route/subscription.ts';
import type { Delivery } from './delivery.ts';
import type { LaneServices } from './services.ts';

/** What becomes of a buried delivery. */
export interface BurialEnds {
  ended(delivery: Delivery): void;
  /** Its dead-letter queue is to be tried again at that time. */
  again(delivery: Delivery, at: number): void;
  /** A batch is through: there is room for more. */
  moved(): void;
}

/**
 * Deliveries of one lane on their way to the dead letters, a batch at a time. When the store takes none they wait here,
 * and the lane's sweep tries again: their homes still hold them, so that a crash loses nothing.
 */
export class Burials {
  readonly #services: LaneServices;
  readonly #subscription: Subscription;
  readonly #ends: BurialEnds;
  readonly #waiting = new Fifo<Delivery>();
  #digging = false;

  constructor(services: LaneServices, subscription: Subscription, ends: BurialEnds) {
    this.#services = services;
    this.#subscription = subscription;
    this.#ends = ends;
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(delivery: Delivery): void {
    if (this.#subscription.givenUp) {
      this.#ends.ended(delivery);
      return;
    }
    this.#waiting.push(delivery);
    this.dig();
  }

  /** A delivery that was in the dead letters has been delivered after all. */
  redeem(delivery: Delivery): void {
    // Its letter first: a crash in between then delivers twice, and leaves no letter of what was delivered.
    void this.#services.deadLetters.redeem(delivery.letter!).then(() => this.#ends.ended(delivery));
  }

  /** Buries what waits, unless that is under way already. */
  dig(): void {
    if (this.#digging || this.#waiting.length === 0) return;
    this.#digging = true;
    void this.#digAll();
  }

  async #digAll(): Promise<void> {
    // One turn later, so that the failures of one send go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch: Delivery[] = [];
      while (batch.length < limits.deadLetterBatch && this.#waiting.length > 0) {
        batch.push(this.#waiting.shift()!);
      }
      if (!(await this.#bury(batch))) break;
      this.#ends.moved();
    }
    this.#digging = false;
  }

  #say(batch: readonly Delivery[]): void {
    const { id, origin } = this.#subscription;
    const { code, reason } = batch[0]!.failure!;
    const fields = { lane: id, ...origin, count: batch.length, code, reason };
    this.#services.burialLog.line('warn', fields, 'deliveries failed for good and are dead letters now');
  }

  async #bury(batch: readonly Delivery[]): Promise<boolean> {
    try {
      const results = await this.#services.deadLetters.bury(this.#subscription, batch);
      this.#say(batch);
      for (const [index, delivery] of batch.entries()) {
        const again = results[index];
        if (again) this.#ends.again(delivery, again.retryAt);
        else this.#ends.ended(delivery);
      }
      return true;
    } catch (error) {
      this.#services.trouble.report(error, 'keeping dead letters');
      for (const delivery of batch) this.#waiting.push(delivery);
      return false;
    }
  }
}
