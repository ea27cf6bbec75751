/** Who has processes. */
export interface ProcessOwner {
  /** Ends one process that has nothing to do; false when all are busy. It gives its place back once it is gone. */
  endIdle(): boolean;
  /** A place may be free. */
  pump(): void;
}

/** The places for processes of all functions together. */
export class ProcessBudget {
  readonly #places: number;
  readonly #owners = new Set<ProcessOwner>();
  readonly #waiting = new Set<ProcessOwner>();
  #taken = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** Takes a place, or has the owner called when one is free: idle processes of others make room. */
  take(owner: ProcessOwner): boolean {
    this.#owners.add(owner);
    if (this.#taken < this.#places) {
      this.#taken++;
      this.#waiting.delete(owner);
      return true;
    }
    this.#waiting.add(owner);
    for (const other of this.#owners) if (other !== owner && other.endIdle()) break;
    return false;
  }

  give(): void {
    this.#taken--;
    this.#wake();
  }

  /** A process has nothing to do any more: it is not kept while another function waits for a place. */
  idle(owner: ProcessOwner): void {
    if (this.#waiting.size > 0) owner.endIdle();
  }

  #wake(): void {
    const [first] = this.#waiting;
    if (!first) return;
    this.#waiting.delete(first);
    first.pump();
  }
}
