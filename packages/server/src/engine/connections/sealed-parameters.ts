import type { AuthParameters, Connection } from '../../model/connections.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import type { ScopedDocuments } from '../scoped-documents.ts';
import { editDocument } from './edit-document.ts';

/** What a rotation did. */
export interface Rotation {
  /** False when the keys come from the configuration: its first one seals, before and after. */
  readonly newKey: boolean;
  readonly resealed: number;
  /** Connections whose key is gone. */
  readonly unreadable: readonly string[];
}

/** The credentials of connections, which are stored sealed only. */
export class SealedParameters {
  readonly #box: SecretBox;
  readonly #documents: ScopedDocuments<Connection>;
  /** Opened ones, for as long as the document stands. */
  readonly #opened = new WeakMap<Connection, AuthParameters>();
  /** Writes of what is sealed already and not in the catalog yet. */
  readonly #writing = new Set<Promise<unknown>>();
  #rotating: Promise<Rotation> | undefined;

  constructor(box: SecretBox, documents: ScopedDocuments<Connection>) {
    this.#box = box;
    this.#documents = documents;
  }

  open(connection: Connection): AuthParameters | undefined {
    const { sealed, arn } = connection;
    if (sealed === undefined) return undefined;
    const known = this.#opened.get(connection);
    if (known) return known;
    const text = this.#box.open(sealed, arn);
    if (text === undefined) return undefined;
    const parameters = JSON.parse(text) as AuthParameters;
    this.#opened.set(connection, parameters);
    return parameters;
  }

  /** Seals, and lets `write` store the result; a rotation waits for it. */
  store<Result>(
    arn: string,
    parameters: AuthParameters,
    write: (sealed: string) => Promise<Result>,
  ): Promise<Result> {
    const writing = write(this.#box.seal(JSON.stringify(parameters), arn));
    this.#writing.add(writing);
    return writing.finally(() => this.#writing.delete(writing));
  }

  /** Two at a time are one. */
  rotate(): Promise<Rotation> {
    this.#rotating ??= this.#rotate().finally(() => (this.#rotating = undefined));
    return this.#rotating;
  }

  async #rotate(): Promise<Rotation> {
    const newKey = await this.#box.renew();
    // What was sealed with the old key and is not in the catalog yet would be lost with that key.
    await Promise.allSettled(this.#writing);
    const unreadable: string[] = [];
    let resealed = 0;
    for (const connection of this.#documents.all()) {
      const done = await this.#reseal(connection);
      if (done === 'unreadable') unreadable.push(connection.arn);
      else if (done === 'resealed') resealed++;
    }
    await this.#box.forgetOldKeys();
    return { newKey, resealed, unreadable };
  }

  async #reseal(connection: Connection): Promise<'resealed' | 'unreadable' | 'current'> {
    let result: 'resealed' | 'unreadable' | 'current' = 'current';
    await editDocument(this.#documents, connection, (present) => {
      const { sealed, arn } = present;
      result = 'current';
      if (sealed === undefined || this.#box.isCurrent(sealed)) return undefined;
      const text = this.#box.open(sealed, arn);
      result = text === undefined ? 'unreadable' : 'resealed';
      return text === undefined ? undefined : { ...present, sealed: this.#box.seal(text, arn) };
    });
    return result;
  }
}
