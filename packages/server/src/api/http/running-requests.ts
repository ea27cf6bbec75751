import type { Duplex } from 'node:stream';

/** Requests whose body has arrived and whose answer has not left. */
export class RunningRequests {
  readonly #limit: number;
  readonly #bySocket = new WeakMap<Duplex, number>();
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#count >= this.#limit;
  }

  began(socket: Duplex): void {
    this.#count++;
    this.#bySocket.set(socket, (this.#bySocket.get(socket) ?? 0) + 1);
  }

  ended(socket: Duplex): void {
    this.#count--;
    this.#bySocket.set(socket, (this.#bySocket.get(socket) ?? 1) - 1);
  }

  /** True when an answer is still due on this connection: nothing else may be written to it before. */
  awaited(socket: Duplex): boolean {
    return (this.#bySocket.get(socket) ?? 0) > 0;
  }
}
