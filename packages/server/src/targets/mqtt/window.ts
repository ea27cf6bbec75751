/** Lets a bounded number in at once; others wait in order. */
export class Window {
  readonly #size: number;
  readonly #waiting: (() => void)[] = [];
  used = 0;

  constructor(size: number) {
    this.#size = size;
  }

  async enter(): Promise<void> {
    if (this.used < this.#size) this.used++;
    // The one who leaves hands the place on.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.used--;
  }
}
