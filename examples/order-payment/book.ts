// What a service has done, one JSON object a line: its own small database. Nobody else writes to it.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Entry {
  /** The id of the order. */
  readonly order: string;
  readonly amount?: number;
}

export class Book {
  readonly #path: string;
  readonly #orders: Set<string>;

  /** Opens the book of a service in a folder, with what earlier runs of the service wrote. */
  constructor(folder: string, service: string) {
    this.#path = join(folder, `${service}.jsonl`);
    this.#orders = new Set(entriesOf(folder, service).map(({ order }) => order));
  }

  has(order: string): boolean {
    return this.#orders.has(order);
  }

  /** Written before the message is deleted from the queue: after a crash in between, the message comes again and is recognised. */
  add(entry: Entry): void {
    appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { flush: true });
    this.#orders.add(entry.order);
  }
}

/** Everything in the book of a service. A last line that a kill cut off counts as not written. */
export function entriesOf(folder: string, service: string): Entry[] {
  const path = join(folder, `${service}.jsonl`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Entry);
}
