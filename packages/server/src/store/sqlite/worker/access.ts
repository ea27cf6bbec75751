import { accessSync, constants, existsSync } from 'node:fs';
import { Refused } from '../failure.ts';

const { R_OK, W_OK, X_OK } = constants;

/**
 * Refuses what this process may not read and write. SQLite would open a file that it cannot write all the same, and
 * every write would fail later.
 */
export function requireAccess(path: string, kind: 'file' | 'directory'): void {
  if (!existsSync(path)) return;
  try {
    accessSync(path, kind === 'directory' ? R_OK | W_OK | X_OK : R_OK | W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EROFS' ? 'its file system is read-only' : 'change its owner or mode';
    throw new Refused({
      kind: 'io',
      message: `${path} cannot be read and written by this user (${String(code)}): ${why}`,
    });
  }
}
