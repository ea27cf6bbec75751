import { setImmediate as soon } from 'node:timers';
import { limits } from '../../model/limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { NewParked, ParkedStore } from '../ports/storage.ts';
import type { StorageTrouble } from '../storage-trouble.ts';

interface Put {
  readonly item: NewParked;
  readonly durable: (id: bigint) => void;
}

interface Removal {
  readonly id: bigint;
  readonly durable: (id: bigint) => void;
}

/**
 * Writes the parked rows of all lanes. What lanes ask for in one turn of the event loop goes to the store in one call,
 * all or nothing: a lane that replaces a row asks for the removal and the new row in the same turn. A call that fails is
 * repeated until the store takes it; nothing is forgotten meanwhile.
 */
export class Ledger {
  readonly #parked: ParkedStore;
  readonly #clock: Clock;
  readonly #trouble: StorageTrouble;
  #puts: Put[] = [];
  #removals: Removal[] = [];
  #busy = false;
  #stopped = false;
  #endPause: (() => void) | undefined;
  #idle: (() => void)[] = [];

  constructor(parked: ParkedStore, clock: Clock, trouble: StorageTrouble) {
    this.#parked = parked;
    this.#clock = clock;
    this.#trouble = trouble;
  }

  /** Writes that wait for the store. */
  get waiting(): number {
    return this.#puts.length + this.#removals.length;
  }

  /** Parks a row. `durable` is called with its id once it is durable. */
  park(item: NewParked, durable: (id: bigint) => void): void {
    this.#puts.push({ item, durable });
    this.#start();
  }

  /** Removes a row. `durable` is called once it is gone. */
  remove(id: bigint, durable: (id: bigint) => void): void {
    this.#removals.push({ id, durable });
    this.#start();
  }

  /** Resolves once nothing waits, or once the first call fails after `stop`. */
  async idle(): Promise<void> {
    if (!this.#busy) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** From here on a failed call is not repeated. */
  stop(): void {
    this.#stopped = true;
    this.#endPause?.();
  }

  #start(): void {
    if (this.#busy) return;
    this.#busy = true;
    soon(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    while (this.#puts.length > 0 || this.#removals.length > 0) {
      // A removal never goes ahead of a row that replaces it: it waits for the call that takes the last row.
      const puts = this.#puts.splice(0, limits.parkedWriteRows);
      const removals = this.#puts.length === 0 ? this.#removals : [];
      if (this.#puts.length === 0) this.#removals = [];
      if (!(await this.#write(puts, removals))) {
        this.#puts = [...puts, ...this.#puts];
        this.#removals = [...removals, ...this.#removals];
        if (this.#stopped) break;
        await this.#pause();
      }
    }
    this.#busy = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #pause(): Promise<void> {
    return new Promise<void>((resolve) => {
      const cancel = this.#clock.after(limits.storageRetryMs, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  async #write(puts: readonly Put[], removals: readonly Removal[]): Promise<boolean> {
    let ids: bigint[];
    try {
      ids = await this.#parked.settle(
        removals.map(({ id }) => id),
        puts.map(({ item }) => item),
      );
    } catch (error) {
      this.#trouble.report(error, 'parking deliveries');
      return false;
    }
    for (const { id, durable } of removals) durable(id);
    for (const [index, { durable }] of puts.entries()) durable(ids[index]!);
    return true;
  }
}
