import type { Timer, TimerStore } from '../../../engine/ports/timer-storage.ts';
import type { Cells } from '../wire.ts';
import { fromText, rowsOf, toText, wholeMs } from './cells.ts';
import type { Link } from './link.ts';

const TIMER_WIDTH = 3;

const timerOf = (cells: Cells, at: number): Timer => ({
  id: cells[at] as string,
  dueAt: Number(cells[at + 1]),
  document: fromText(cells[at + 2]!),
});

export class SqliteTimers implements TimerStore {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  async change(remove: readonly string[], put: readonly Timer[]): Promise<void> {
    const cells = put.flatMap(({ id, dueAt, document }): Cells => [id, wholeMs(dueAt), toText(document)]);
    await this.#link.call('timer.change', [...remove], cells);
  }

  async due(now: number, max: number): Promise<Timer[]> {
    return rowsOf(await this.#link.call('timer.due', Math.floor(now), max), TIMER_WIDTH, timerOf);
  }

  async get(ids: readonly string[]): Promise<Timer[]> {
    return rowsOf(await this.#link.call('timer.get', [...new Set(ids)]), TIMER_WIDTH, timerOf);
  }

  async nextDue(): Promise<number | undefined> {
    return (await this.#link.call('timer.nextDue')) ?? undefined;
  }

  count(): Promise<number> {
    return this.#link.call('timer.count');
  }
}
