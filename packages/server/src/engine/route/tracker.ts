import { limits } from '../../model/limits.ts';
import type { Position } from '../ports/storage.ts';

const SMALLEST_RING = 256;

/**
 * Which routed positions still have deliveries that are nowhere but in memory. A ring of counters, oldest first; the
 * cursor is the oldest position whose counter is not zero. Positions without deliveries take no place.
 */
export class Tracker {
  readonly #window: number;
  #positions: Position[] = Array.from({ length: SMALLEST_RING }, () => 0n);
  #counts = new Int32Array(SMALLEST_RING);
  #base = 0;
  #next = 0;
  /** The next position that the router takes. */
  head: Position;
  /** Called when a full window has room again. */
  onRoom: (() => void) | undefined;

  constructor(head: Position, window: number = limits.routerWindowPositions) {
    this.head = head;
    this.#window = window;
  }

  /** Everything below is delivered, or has a durable row of its own. */
  get cursor(): Position {
    return this.#base === this.#next ? this.head : this.#positions[this.#base & (this.#counts.length - 1)]!;
  }

  /** Positions with deliveries that are only in memory, and those behind them. */
  get size(): number {
    return this.#next - this.#base;
  }

  get full(): boolean {
    return this.size >= this.#window;
  }

  /** Opens a position with `count` outstanding deliveries; the answer is what `settle` takes. */
  open(position: Position, count: number): number {
    if (this.size === this.#counts.length) this.#grow();
    const ordinal = this.#next++;
    const place = ordinal & (this.#counts.length - 1);
    this.#positions[place] = position;
    this.#counts[place] = count;
    return ordinal;
  }

  /** One delivery of the position is done or durable. */
  settle(ordinal: number): void {
    const mask = this.#counts.length - 1;
    if (--this.#counts[ordinal & mask]! > 0 || ordinal !== this.#base) return;
    const wasFull = this.full;
    while (this.#base < this.#next && this.#counts[this.#base & mask]! <= 0) this.#base++;
    if (this.#base === this.#next && this.#counts.length > SMALLEST_RING * 4) this.#reset(SMALLEST_RING);
    if (wasFull) this.onRoom?.();
  }

  #reset(size: number): void {
    this.#positions = Array.from({ length: size }, () => 0n);
    this.#counts = new Int32Array(size);
  }

  #grow(): void {
    const { length } = this.#counts;
    const positions = this.#positions;
    const counts = this.#counts;
    this.#reset(length * 2);
    for (let ordinal = this.#base; ordinal < this.#next; ordinal++) {
      this.#positions[ordinal & (length * 2 - 1)] = positions[ordinal & (length - 1)]!;
      this.#counts[ordinal & (length * 2 - 1)] = counts[ordinal & (length - 1)]!;
    }
  }
}
