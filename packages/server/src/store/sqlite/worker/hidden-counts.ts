const BUCKET_MS = 1_000;

const bucketOf = (time: number): number => Math.floor(time / BUCKET_MS);

export interface Hidden {
  readonly inFlight: number;
  readonly delayed: number;
}

/**
 * How many messages of a queue are hidden at a given time, kept up to date by every change: one pair of counts for each
 * second that lies ahead. Only the second that `now` falls into is counted in the table. There are as many buckets as
 * seconds in the longest visibility timeout or delay, however many messages there are.
 */
export class HiddenCounts {
  readonly #buckets = new Map<number, { inFlight: number; delayed: number }>();
  /** Buckets before this one are visible for good and forgotten. */
  #horizon: number;
  #total: number;
  /** Of all buckets. */
  #inFlight = 0;

  constructor(now: number, total: number) {
    this.#horizon = bucketOf(now);
    this.#total = total;
  }

  get total(): number {
    return this.#total;
  }

  /** No fewer than are in flight: those of the current second all count. Costs nothing, however many there are. */
  mostInFlight(now: number): number {
    this.#forgetBefore(bucketOf(now));
    return this.#inFlight;
  }

  /** Counts a message that was already in `total`. */
  load(bucket: number, received: boolean, messages: number): void {
    const counts = this.#buckets.get(bucket) ?? { inFlight: 0, delayed: 0 };
    this.#buckets.set(bucket, counts);
    if (received) {
      counts.inFlight += messages;
      this.#inFlight += messages;
    } else counts.delayed += messages;
  }

  add(visibleAt: number, received: boolean): void {
    this.#total++;
    const bucket = bucketOf(visibleAt);
    if (bucket >= this.#horizon) this.load(bucket, received, 1);
  }

  remove(visibleAt: number, received: boolean): void {
    this.#total--;
    const bucket = bucketOf(visibleAt);
    const counts = this.#buckets.get(bucket);
    if (!counts) return;
    if (received) {
      counts.inFlight--;
      this.#inFlight--;
    } else counts.delayed--;
    if (counts.inFlight === 0 && counts.delayed === 0) this.#buckets.delete(bucket);
  }

  /** `countBetween` counts the table's messages with `after < visibleAt < before`. */
  at(now: number, countBetween: (after: number, before: number) => Hidden): Hidden {
    const current = bucketOf(now);
    this.#forgetBefore(current);
    const partly = this.#buckets.has(current) ? countBetween(now, (current + 1) * BUCKET_MS) : undefined;
    let inFlight = partly?.inFlight ?? 0;
    let delayed = partly?.delayed ?? 0;
    for (const [bucket, counts] of this.#buckets) {
      if (bucket <= current) continue;
      inFlight += counts.inFlight;
      delayed += counts.delayed;
    }
    return { inFlight, delayed };
  }

  #forgetBefore(current: number): void {
    if (current <= this.#horizon) return;
    const passed = current - this.#horizon;
    const buckets =
      passed < this.#buckets.size
        ? Array.from({ length: passed }, (_, second) => this.#horizon + second)
        : this.#buckets.keys().filter((bucket) => bucket < current);
    for (const bucket of buckets) {
      this.#inFlight -= this.#buckets.get(bucket)?.inFlight ?? 0;
      this.#buckets.delete(bucket);
    }
    this.#horizon = current;
  }
}
