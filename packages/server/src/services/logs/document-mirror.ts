import type { CatalogEntry, CatalogStore, CatalogWrite } from '../../engine/ports/storage.ts';

/** One version of a document. */
export interface Mirrored<Document> {
  readonly document: Document;
  readonly version: bigint;
}

/**
 * All documents of one kind, in memory for reading and written through to the store. The memory copy follows the store's
 * `watch`, so that it also sees what another process writes. Its users bound how many documents there are.
 */
export class DocumentMirror<Document> {
  readonly #store: CatalogStore;
  readonly #kind: string;
  readonly #documents = new Map<string, Mirrored<Document>>();
  readonly #unwatch: () => void;

  private constructor(store: CatalogStore, kind: string) {
    this.#store = store;
    this.#kind = kind;
    this.#unwatch = store.watch((entry) => this.#apply(entry));
  }

  static async open<Document>(store: CatalogStore, kind: string): Promise<DocumentMirror<Document>> {
    const mirror = new DocumentMirror<Document>(store, kind);
    for (const entry of await store.list(kind)) mirror.#apply(entry);
    return mirror;
  }

  close(): void {
    this.#unwatch();
  }

  get size(): number {
    return this.#documents.size;
  }

  get(key: string): Mirrored<Document> | undefined {
    return this.#documents.get(key);
  }

  /** The documents whose keys start with `prefix`, by key. */
  list(prefix: string): Document[] {
    const found = [...this.#documents].filter(([key]) => key.startsWith(prefix));
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { document }]) => document);
  }

  /** Undefined when the document is no longer the expected one; `get` then knows which it is. */
  async put(
    key: string,
    document: Document,
    expect: bigint | 'absent',
  ): Promise<Mirrored<Document> | undefined> {
    const [result] = await this.#store.write([{ kind: this.#kind, key, value: document, expect }]);
    if (!result?.ok) {
      await this.#reload(key);
      return undefined;
    }
    this.#apply({ kind: this.#kind, key, version: result.version, value: document });
    return { document, version: result.version };
  }

  /** Removes a document, after `first` was written. False when it is no longer the expected one. */
  async remove(key: string, expect: bigint, first: readonly CatalogWrite[] = []): Promise<boolean> {
    const results = await this.#store.write([...first, { kind: this.#kind, key, remove: true, expect }]);
    const result = results.at(-1);
    if (!result?.ok) {
      await this.#reload(key);
      return false;
    }
    this.#apply({ kind: this.#kind, key, version: result.version, value: undefined });
    return true;
  }

  async #reload(key: string): Promise<void> {
    const entry = await this.#store.get(this.#kind, key);
    if (entry) this.#apply(entry);
    else this.#documents.delete(key);
  }

  #apply(entry: CatalogEntry): void {
    if (entry.kind !== this.#kind) return;
    const before = this.#documents.get(entry.key);
    // Our own writes come back through `watch`: older or equal versions are old news.
    if (before && entry.version <= before.version) return;
    if (entry.value === undefined) this.#documents.delete(entry.key);
    else {
      this.#documents.set(entry.key, { document: entry.value as Document, version: entry.version });
    }
  }
}
