import type { StorageError } from '../../../engine/ports/storage.ts';
import type { Cells } from '../wire.ts';

/** Somebody who waits for the outcome of an operation. */
export interface Waiting {
  done(answer: unknown): void;
  failed(error: StorageError): void;
}

/** What one call gets of an operation's answer, given its first item and how many items it brought. */
export type Share<Value> = (answer: unknown, from: number, count: number) => Value;

interface Call<Value> {
  readonly from: number;
  readonly count: number;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: StorageError) => void;
}

/** One operation that carries the items of many calls: they travel, run and answer at the price of about one. */
export class SharedCalls<Value> implements Waiting {
  readonly #share: Share<Value>;
  readonly #calls: Call<Value>[] = [];
  #items = 0;

  constructor(share: Share<Value>) {
    this.#share = share;
  }

  /** Adds a call whose `count` items were put at the end of the operation's arguments. */
  join(count: number): Promise<Value> {
    const from = this.#items;
    this.#items += count;
    return new Promise<Value>((resolve, reject) => {
      this.#calls.push({ from, count, resolve, reject });
    });
  }

  done(answer: unknown): void {
    for (const { from, count, resolve } of this.#calls) resolve(this.#share(answer, from, count));
  }

  failed(error: StorageError): void {
    for (const { reject } of this.#calls) reject(error);
  }
}

/** The items' cells of a shared operation, and its calls. */
export interface Shared<Value> {
  readonly cells: Cells;
  /** A second list, for operations that take two. */
  readonly keys: bigint[];
  readonly calls: SharedCalls<Value>;
}
