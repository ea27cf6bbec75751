import { limits } from '../../model/limits.ts';

export interface BudgetBounds {
  readonly laneDeliveries: number;
  readonly laneMinimum: number;
  readonly bytes: number;
}

export const defaultBounds: BudgetBounds = {
  laneDeliveries: limits.laneMemoryDeliveries,
  laneMinimum: limits.laneMinimumDeliveries,
  bytes: limits.lanesMemoryBytes,
};

/** How much all lanes together hold in memory. Every lane may hold a few deliveries, however full the others are. */
export class Budget {
  readonly bounds: BudgetBounds;
  #bytes = 0;
  #deliveries = 0;
  #peakDeliveries = 0;
  #peakBytes = 0;

  constructor(bounds: BudgetBounds = defaultBounds) {
    this.bounds = bounds;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get deliveries(): number {
    return this.#deliveries;
  }

  get peakDeliveries(): number {
    return this.#peakDeliveries;
  }

  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Whether a lane that holds `held` deliveries may take one more of this size. */
  admits(held: number, bytes: number): boolean {
    if (held < this.bounds.laneMinimum) return true;
    return held < this.bounds.laneDeliveries && this.#bytes + bytes <= this.bounds.bytes;
  }

  /** How many deliveries of about `meanBytes` a lane that holds `held` may still take. */
  room(held: number, meanBytes: number): number {
    const guaranteed = this.bounds.laneMinimum - held;
    const left = Math.floor((this.bounds.bytes - this.#bytes) / Math.max(meanBytes, 1));
    return Math.max(guaranteed, Math.min(left, this.bounds.laneDeliveries - held), 0);
  }

  take(bytes: number): void {
    this.#bytes += bytes;
    this.#deliveries++;
    if (this.#deliveries > this.#peakDeliveries) this.#peakDeliveries = this.#deliveries;
    if (this.#bytes > this.#peakBytes) this.#peakBytes = this.#bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
    this.#deliveries--;
  }
}
