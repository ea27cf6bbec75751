import type { Clock } from '../engine/ports/clock.ts';

export interface SweepParts<Item> {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** What there is to look over, asked for at every sweep. */
  readonly items: () => Iterable<Item>;
  /** Removes a bounded number of rows of one item; true while there may be more. Never rejects. */
  readonly step: (item: Item) => Promise<boolean>;
}

/** Removes what has become too old: *resting* until the timer → *sweeping*, item by item in bounded steps → resting. */
export class Sweep<Item> {
  readonly #parts: SweepParts<Item>;
  #closed = false;
  #cancel: () => void = () => undefined;
  #sweeping: Promise<void> | undefined;

  constructor(parts: SweepParts<Item>) {
    this.#parts = parts;
    this.#rest();
  }

  /** Sweeps everything now; joins a sweep that is under way. */
  run(): Promise<void> {
    this.#cancel();
    this.#sweeping ??= this.#sweepAll().finally(() => {
      this.#sweeping = undefined;
      this.#rest();
    });
    return this.#sweeping;
  }

  /** Ends after the step that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#sweeping;
  }

  #rest(): void {
    if (this.#closed) return;
    this.#cancel = this.#parts.clock.after(this.#parts.intervalMs, () => void this.run(), 'housekeeping');
  }

  async #sweepAll(): Promise<void> {
    for (const item of this.#parts.items()) {
      while (!this.#closed && (await this.#parts.step(item)));
      if (this.#closed) return;
    }
  }
}
