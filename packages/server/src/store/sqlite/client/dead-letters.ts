import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterStore,
  NewDeadLetter,
} from '../../../engine/ports/storage.ts';
import type { Cells } from '../wire.ts';
import { fromText, rowsOf, toText, wholeMs } from './cells.ts';
import type { Link } from './link.ts';

const LETTER_WIDTH = 8;

export class SqliteDeadLetters implements DeadLetterStore {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  async put(letters: readonly NewDeadLetter[]): Promise<void> {
    const rows = letters.map(cellsOf);
    const { cells, calls } = this.#link.join<void>(
      'dead letters',
      rows.reduce((weight, row) => weight + ((row[6] as string | null) ?? '').length, 0),
      (items) => ['dead.put', items],
      () => undefined,
    );
    for (const row of rows) cells.push(...row);
    return calls.join(letters.length);
  }

  async list({ bus, rule, after, max }: DeadLetterFilter): Promise<DeadLetter[]> {
    const cells = await this.#link.call('dead.list', bus ?? null, rule ?? null, after ?? null, max);
    return rowsOf(cells, LETTER_WIDTH, letterOf);
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    return rowsOf(await this.#link.call('dead.get', id), LETTER_WIDTH, letterOf)[0];
  }

  remove(ids: readonly string[]): Promise<number> {
    return this.#link.call('dead.remove', [...ids]);
  }

  count(): Promise<number> {
    return this.#link.call('dead.count');
  }

  trim(before: number, maxCount: number, maxRows: number): Promise<number> {
    return this.#link.call('dead.trim', before, maxCount, maxRows);
  }
}

const cellsOf = (letter: NewDeadLetter): Cells => [
  letter.id,
  wholeMs(letter.createdAt),
  letter.eventId,
  letter.bus,
  letter.rule,
  letter.target,
  toText(letter.document),
];

const letterOf = (cells: Cells, at: number): DeadLetter => ({
  sequence: cells[at] as bigint,
  id: cells[at + 1] as string,
  createdAt: Number(cells[at + 2]),
  eventId: cells[at + 3] as string,
  bus: cells[at + 4] as string,
  rule: cells[at + 5] as string,
  target: cells[at + 6] as string,
  document: fromText(cells[at + 7]!),
});
