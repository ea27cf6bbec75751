import { chmod, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../engine/ports/logger.ts';
import { StorageError } from '../../engine/ports/storage.ts';
import { KEY_BYTES, newKey, type KeyStore } from './secret-box.ts';

const FILE = 'secret.key';
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** The keys that a daemon made for itself: one a line in base64, the one that seals first. Readable by its owner only. */
export async function openKeyFile(
  directory: string,
  logger: Logger,
): Promise<{ readonly keys: readonly Buffer[]; readonly keyStore: KeyStore }> {
  const path = join(directory, FILE);
  const keyStore: KeyStore = { save: (keys) => write(directory, path, keys) };
  const present = await read(path);
  if (present) {
    if (((await stat(path)).mode & OTHERS) !== 0) {
      logger.warn({ file: path }, 'the key of the secrets could be read by others: now by its owner only');
      await chmod(path, OWNER_ONLY);
    }
    return { keys: present, keyStore };
  }
  const keys = [newKey()];
  await keyStore.save(keys);
  return { keys, keyStore };
}

async function read(path: string): Promise<Buffer[] | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StorageError('io', `${path} cannot be read`, error);
  }
  const keys = text
    .trim()
    .split('\n')
    .map((line) => Buffer.from(line, 'base64'));
  // A new key in its place would make every secret unreadable for good.
  if (keys.some((key) => key.length !== KEY_BYTES))
    throw new StorageError('damaged', `${path} holds no keys`);
  return keys;
}

/** A whole new file in place of the old one, on the disk before this resolves. */
async function write(directory: string, path: string, keys: readonly Buffer[]): Promise<void> {
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w', OWNER_ONLY);
  try {
    await file.writeFile(keys.map((key) => `${key.toString('base64')}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
