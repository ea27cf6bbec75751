/** A file that targets may append to, as the configuration allows it under `files`. */
export interface FileSettings {
  /** An absolute path, or `stdout`. */
  readonly path: string;
  /** Whether a delivery counts only once the disk has it. */
  readonly fsync: boolean;
}

/** A program that targets may run, as the configuration allows it under `commands`. */
export interface CommandSettings {
  /** An absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  /** Its whole environment. May hold secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** The directory it runs in; the daemon's own when absent. */
  readonly directory: string | undefined;
  /** After this it is killed. */
  readonly timeoutMs: number;
}

/** What of this machine targets may use, by name. */
export interface LocalAccess {
  readonly files: Readonly<Record<string, FileSettings>>;
  readonly commands: Readonly<Record<string, CommandSettings>>;
}

/** What an entry may be called. */
export const LOCAL_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** An entry by a name that a rule gives: no other property of the object is one. */
export function entryOf<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}
