import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterStore,
  NewDeadLetter,
} from '../../engine/ports/storage.ts';
import { freeze, thaw } from './document.ts';

interface Kept {
  readonly sequence: bigint;
  readonly letter: Omit<NewDeadLetter, 'document'>;
  readonly text: string | undefined;
}

export class MemoryDeadLetters implements DeadLetterStore {
  // In the order of their sequence: a repeat is removed and set again, and so moves to the end.
  readonly #letters = new Map<string, Kept>();
  #last = 0n;

  async put(letters: readonly NewDeadLetter[]): Promise<void> {
    for (const { document, ...letter } of letters) {
      this.#letters.delete(letter.id);
      this.#letters.set(letter.id, { sequence: ++this.#last, letter, text: freeze(document) });
    }
  }

  async list(filter: DeadLetterFilter): Promise<DeadLetter[]> {
    const found: DeadLetter[] = [];
    for (const kept of this.#letters.values()) {
      if (found.length >= filter.max) break;
      if (matches(filter, kept)) found.push(letterOf(kept));
    }
    return found;
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    const kept = this.#letters.get(id);
    return kept && letterOf(kept);
  }

  async remove(ids: readonly string[]): Promise<number> {
    return ids.filter((id) => this.#letters.delete(id)).length;
  }

  async count(): Promise<number> {
    return this.#letters.size;
  }

  async trim(before: number, maxCount: number, maxRows: number): Promise<number> {
    let removed = 0;
    for (const [id, kept] of this.#letters) {
      if (removed >= maxRows) break;
      if (this.#letters.size <= maxCount && kept.letter.createdAt >= before) continue;
      this.#letters.delete(id);
      removed++;
    }
    return removed;
  }
}

const matches = (filter: DeadLetterFilter, { letter, sequence }: Kept): boolean =>
  (filter.bus === undefined || letter.bus === filter.bus) &&
  (filter.rule === undefined || letter.rule === filter.rule) &&
  (filter.after === undefined || sequence > filter.after);

const letterOf = ({ sequence, letter, text }: Kept): DeadLetter => ({
  sequence,
  ...letter,
  document: thaw(text),
});
