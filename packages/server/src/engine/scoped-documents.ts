import type { Scope } from '../model/resources.ts';
import type { Versioned } from './catalog.ts';
import type { CatalogEntry, CatalogStore, CatalogWrite, Expectation } from './ports/storage.ts';

/** What every document here has. */
interface Named extends Scope {
  readonly name: string;
  readonly arn: string;
}

const scopeKey = (scope: Scope): string => `${scope.account}/${scope.region}`;
const keyOf = (scope: Scope, name: string): string => `${scopeKey(scope)}/${name}`;

/**
 * The documents of one kind, told apart by account, region and name; in memory for reading, written through to the store.
 * The memory copy follows the store's `watch`. Quotas bound how many a scope has, and `limits.scopes` the scopes.
 */
export class ScopedDocuments<Document extends Named> {
  readonly #store: CatalogStore;
  readonly #kind: string;
  readonly #byKey = new Map<string, Versioned<Document>>();
  readonly #keyOfArn = new Map<string, string>();
  readonly #unwatch: () => void;

  private constructor(store: CatalogStore, kind: string) {
    this.#store = store;
    this.#kind = kind;
    this.#unwatch = store.watch((entry) => this.#apply(entry));
  }

  static async open<Document extends Named>(
    store: CatalogStore,
    kind: string,
  ): Promise<ScopedDocuments<Document>> {
    const documents = new ScopedDocuments<Document>(store, kind);
    for (const entry of await store.list(kind)) documents.#apply(entry);
    return documents;
  }

  close(): void {
    this.#unwatch();
  }

  get(scope: Scope, name: string): Versioned<Document> | undefined {
    return this.#byKey.get(keyOf(scope, name));
  }

  ofArn(arn: string): Versioned<Document> | undefined {
    const key = this.#keyOfArn.get(arn);
    return key === undefined ? undefined : this.#byKey.get(key);
  }

  /** The documents of a scope, by name. */
  list(scope: Scope): Document[] {
    const prefix = `${scopeKey(scope)}/`;
    return this.all()
      .filter((document) => keyOf(document, document.name).startsWith(prefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  all(): Document[] {
    return [...this.#byKey.values()].map(({ document }) => document);
  }

  /** False when the document is no longer the expected one. */
  put(document: Document, expect: Expectation): Promise<boolean> {
    return this.#write({ kind: this.#kind, key: keyOf(document, document.name), value: document, expect });
  }

  remove(document: Document, expect: Expectation): Promise<boolean> {
    return this.#write({ kind: this.#kind, key: keyOf(document, document.name), remove: true, expect });
  }

  async #write(write: CatalogWrite): Promise<boolean> {
    const [result] = await this.#store.write([write]);
    if (!result?.ok) return false;
    const value = 'remove' in write ? undefined : write.value;
    this.#apply({ kind: write.kind, key: write.key, version: result.version, value });
    return true;
  }

  #apply(entry: CatalogEntry): void {
    if (entry.kind !== this.#kind) return;
    const before = this.#byKey.get(entry.key);
    // Our own writes come back through `watch`: older or equal versions are old news.
    if (before && entry.version <= before.version) return;
    if (before) this.#keyOfArn.delete(before.document.arn);
    if (entry.value === undefined) {
      this.#byKey.delete(entry.key);
      return;
    }
    const document = entry.value as Document;
    this.#byKey.set(entry.key, { document, version: entry.version });
    this.#keyOfArn.set(document.arn, entry.key);
  }
}
