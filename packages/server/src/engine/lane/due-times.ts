import type { Clock } from '../ports/clock.ts';

/** Something that wants to be woken at a time. */
export interface Timed {
  /** Owned by `DueTimes`: Infinity when nothing is planned. */
  dueAt: number;
  onDue(now: number): void;
}

interface Entry {
  readonly at: number;
  readonly client: Timed;
}

/** Due times of all lanes in one heap behind one timer of the clock. */
export class DueTimes {
  readonly #clock: Clock;
  readonly #heap: Entry[] = [];
  #armedAt = Infinity;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Wakes the client at `at`, unless an earlier time is planned already. */
  wakeAt(client: Timed, at: number): void {
    if (at >= client.dueAt) return;
    client.dueAt = at;
    this.#push({ at, client });
    this.#arm();
  }

  stop(): void {
    this.#cancel?.();
    this.#heap.length = 0;
    this.#armedAt = Infinity;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (!first || first.at >= this.#armedAt) return;
    this.#cancel?.();
    this.#armedAt = first.at;
    this.#cancel = this.#clock.after(Math.max(first.at - this.#clock.now(), 0), () => this.#fire());
  }

  #fire(): void {
    this.#armedAt = Infinity;
    const now = this.#clock.now();
    for (let first = this.#heap[0]; first && first.at <= now; first = this.#heap[0]) {
      this.#pop();
      // An entry that an earlier one has overtaken is stale.
      if (first.client.dueAt !== first.at) continue;
      first.client.dueAt = Infinity;
      first.client.onDue(now);
    }
    this.#arm();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent]!.at <= entry.at) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++;
      if (heap[child]!.at >= last.at) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}
