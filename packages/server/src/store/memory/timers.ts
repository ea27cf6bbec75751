import type { Timer, TimerStore } from '../../engine/ports/timer-storage.ts';
import { freeze, thaw } from './document.ts';
import { SortedList } from './sorted-list.ts';

interface Kept {
  readonly id: string;
  readonly dueAt: number;
  readonly document: string | undefined;
}

const byDue = (a: Kept, b: Kept): number => a.dueAt - b.dueAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const timerOf = ({ id, dueAt, document }: Kept): Timer => ({ id, dueAt, document: thaw(document) });

export class MemoryTimers implements TimerStore {
  readonly #timers = new Map<string, Kept>();
  readonly #order = new SortedList<Kept>(byDue);

  async change(remove: readonly string[], put: readonly Timer[]): Promise<void> {
    for (const id of remove) this.#remove(id);
    for (const { id, dueAt, document } of put) {
      this.#remove(id);
      const kept: Kept = { id, dueAt: Math.ceil(dueAt), document: freeze(document) };
      this.#timers.set(id, kept);
      this.#order.add(kept);
    }
  }

  async due(now: number, max: number): Promise<Timer[]> {
    const due: Timer[] = [];
    for (const kept of this.#order.from(() => false)) {
      if (due.length >= max || kept.dueAt > now) break;
      due.push(timerOf(kept));
    }
    return due;
  }

  async get(ids: readonly string[]): Promise<Timer[]> {
    return [...new Set(ids)].flatMap((id) => {
      const kept = this.#timers.get(id);
      return kept ? [timerOf(kept)] : [];
    });
  }

  async nextDue(): Promise<number | undefined> {
    return this.#order.first?.dueAt;
  }

  async count(): Promise<number> {
    return this.#timers.size;
  }

  #remove(id: string): void {
    const kept = this.#timers.get(id);
    if (!kept) return;
    this.#timers.delete(id);
    this.#order.remove(kept);
  }
}
