type Task<Value> = () => Promise<Value>;

/**
 * Who may touch the timers when. A task that is alone has them to itself; those that are together run side by side, as long
 * as they are about different things, and one after the other when they are about the same. Turns come in the order in which
 * they were asked for, so that neither kind keeps the other waiting for ever.
 */
export class Turns {
  /** Resolves when everything that was asked for so far has ended. */
  #end: Promise<unknown> = Promise.resolve();
  /** The turn that further tasks may join: the last one, if it is shared and has not ended. */
  #shared: SharedTurn | undefined;
  #tasks = 0;

  /** Whether a task is under way or waits. */
  get busy(): boolean {
    return this.#tasks > 0;
  }

  alone<Value>(task: Task<Value>): Promise<Value> {
    const done = this.#count(this.#end.then(task));
    this.#end = done.catch(() => undefined);
    this.#shared = undefined;
    return done;
  }

  /** `about` names what the task changes. */
  together<Value>(about: string, task: Task<Value>): Promise<Value> {
    if (!this.#shared || this.#shared.over) {
      this.#shared = new SharedTurn(this.#end);
      this.#end = this.#shared.end;
    }
    return this.#count(this.#shared.add(about, task));
  }

  /** Resolves when everything that was asked for so far has ended. */
  async idle(): Promise<void> {
    await this.#end;
  }

  #count<Value>(done: Promise<Value>): Promise<Value> {
    this.#tasks++;
    return done.finally(() => this.#tasks--);
  }
}

class SharedTurn {
  readonly end: Promise<void>;
  readonly #start: Promise<unknown>;
  /** What is being changed → the end of the last task about it. */
  readonly #tasks = new Map<string, Promise<unknown>>();
  readonly #ended: () => void;
  over = false;

  constructor(start: Promise<unknown>) {
    this.#start = start;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.end = promise;
    this.#ended = resolve;
  }

  add<Value>(about: string, task: Task<Value>): Promise<Value> {
    const done = (this.#tasks.get(about) ?? this.#start).then(task);
    const settled: Promise<void> = done.then(
      () => this.#settle(about, settled),
      () => this.#settle(about, settled),
    );
    this.#tasks.set(about, settled);
    return done;
  }

  #settle(about: string, settled: Promise<void>): void {
    if (this.#tasks.get(about) === settled) this.#tasks.delete(about);
    if (this.#tasks.size > 0) return;
    this.over = true;
    this.#ended();
  }
}
