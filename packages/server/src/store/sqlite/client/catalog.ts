import type {
  CatalogEntry,
  CatalogResult,
  CatalogStore,
  CatalogWrite,
} from '../../../engine/ports/storage.ts';
import type { Cells } from '../wire.ts';
import { fromText, rowsOf, toText } from './cells.ts';
import type { Link } from './link.ts';

export class SqliteCatalog implements CatalogStore {
  readonly #link: Link;
  readonly #listeners = new Set<(entry: CatalogEntry) => void>();

  constructor(link: Link) {
    this.#link = link;
  }

  async list(kind: string): Promise<CatalogEntry[]> {
    return entriesOf(kind, await this.#link.call('catalog.list', kind));
  }

  async page(kind: string, prefix: string, after: string | undefined, max: number): Promise<CatalogEntry[]> {
    return entriesOf(kind, await this.#link.call('catalog.page', kind, prefix, after ?? null, max));
  }

  async get(kind: string, key: string): Promise<CatalogEntry | undefined> {
    const [version, value] = await this.#link.call('catalog.get', kind, key);
    if (version === undefined) return undefined;
    return { kind, key, version: version as bigint, value: fromText(value!) };
  }

  async write(writes: readonly CatalogWrite[]): Promise<CatalogResult[]> {
    const cells: Cells = writes.flatMap((write) => {
      const value = 'remove' in write ? null : (toText(write.value) ?? 'null');
      return [write.kind, write.key, value, write.expect ?? null];
    });
    const versions = await this.#link.call('catalog.write', cells);
    // One process holds the file, so what it writes itself is everything there is to watch.
    return versions.map((version, index) => {
      if (version === null) return { ok: false };
      const [kind, key, value] = cells.slice(index * 4, index * 4 + 3) as [string, string, string | null];
      for (const listener of this.#listeners) listener({ kind, key, version, value: fromText(value) });
      return { ok: true, version };
    });
  }

  /** Changes are told in the order in which they were made, each before the promise of its write resolves. */
  watch(listener: (entry: CatalogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const entriesOf = (kind: string, rows: Cells): CatalogEntry[] =>
  rowsOf(rows, 3, (cells, at) => ({
    kind,
    key: cells[at] as string,
    version: cells[at + 1] as bigint,
    value: fromText(cells[at + 2]!),
  }));
