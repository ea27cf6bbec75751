import assert from 'node:assert/strict';
import { StorageError, type Storage } from '../../../src/engine/ports/storage.ts';

/** What a behaviour may use: a store of its own, and that store closed and opened again. */
export interface Context {
  readonly storage: Storage;
  readonly reopen: () => Promise<Storage>;
}

/** One line of the table: what every store does. */
export interface Behaviour {
  readonly name: string;
  /** Whether it closes the store and opens it again. */
  readonly reopens?: boolean;
  /** Where the store starts its logs. */
  readonly firstPosition?: bigint;
  run(context: Context): Promise<void>;
}

/** Expects a `StorageError` of a kind. */
export async function rejectsWith(kind: StorageError['kind'], promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof StorageError, String(error));
    assert.equal(error.kind, kind, error.message);
    return true;
  });
}
