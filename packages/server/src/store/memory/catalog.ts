import type {
  CatalogEntry,
  CatalogResult,
  CatalogStore,
  CatalogWrite,
  Expectation,
} from '../../engine/ports/storage.ts';
import { freeze, thaw } from './document.ts';

interface Kept {
  readonly version: bigint;
  readonly text: string;
}

const expected = (expect: Expectation, kept: Kept | undefined): boolean =>
  expect === undefined || (expect === 'absent' ? kept === undefined : kept?.version === expect);

export class MemoryCatalog implements CatalogStore {
  readonly #kinds = new Map<string, Map<string, Kept>>();
  readonly #listeners = new Set<(entry: CatalogEntry) => void>();
  // One counter for all entries: what is put again after a removal gets a higher version than what was removed.
  #version = 0n;

  async list(kind: string): Promise<CatalogEntry[]> {
    return [...(this.#kinds.get(kind) ?? [])]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { version, text }]) => ({ kind, key, version, value: thaw(text) }));
  }

  async get(kind: string, key: string): Promise<CatalogEntry | undefined> {
    const kept = this.#kinds.get(kind)?.get(key);
    return kept && { kind, key, version: kept.version, value: thaw(kept.text) };
  }

  async page(kind: string, prefix: string, after: string | undefined, max: number): Promise<CatalogEntry[]> {
    const entries = await this.list(kind);
    const wanted = entries.filter(
      ({ key }) => key.startsWith(prefix) && (after === undefined || key > after),
    );
    return wanted.slice(0, max);
  }

  async write(writes: readonly CatalogWrite[]): Promise<CatalogResult[]> {
    const results = writes.map((write) => this.#writeOne(write));
    return results.map(({ result, changed }) => {
      if (changed) for (const listener of this.#listeners) listener(changed());
      return result;
    });
  }

  watch(listener: (entry: CatalogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #writeOne(write: CatalogWrite): { result: CatalogResult; changed?: () => CatalogEntry } {
    const { kind, key } = write;
    const entries = this.#kinds.get(kind) ?? new Map<string, Kept>();
    const kept = entries.get(key);
    if (!expected(write.expect, kept)) return { result: { ok: false } };
    const version = ++this.#version;
    const result = { ok: true, version } as const;
    if ('remove' in write) {
      if (!entries.delete(key)) return { result };
      if (entries.size === 0) this.#kinds.delete(kind);
      return { result, changed: () => ({ kind, key, version, value: undefined }) };
    }
    const text = freeze(write.value) ?? 'null';
    entries.set(key, { version, text });
    this.#kinds.set(kind, entries);
    return { result, changed: () => ({ kind, key, version, value: thaw(text) }) };
  }
}
