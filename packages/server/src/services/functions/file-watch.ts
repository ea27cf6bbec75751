import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from '../../engine/ports/clock.ts';
import { limits } from '../../model/limits.ts';

/**
 * Watches the files of one function's code, and tells once when they have changed and rest again. Folders are watched, not
 * files: editors and deployments replace files by new ones.
 */
export class FileWatch {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #onTrouble: (error: unknown) => void;
  readonly #files = new Set<string>();
  readonly #folders = new Map<string, FSWatcher | undefined>();
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, onChange: () => void, onTrouble: (error: unknown) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.#onTrouble = onTrouble;
  }

  add(files: readonly string[]): void {
    for (const file of files) {
      if (this.#files.size >= limits.functionWatchedFiles) return;
      this.#files.add(file);
      const folder = dirname(file);
      if (!this.#folders.has(folder)) this.#folders.set(folder, this.#watch(folder));
    }
  }

  close(): void {
    this.#cancel();
    for (const watcher of this.#folders.values()) watcher?.close();
    this.#folders.clear();
  }

  #watch(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || this.#concerns(folder, name)) this.#changed();
      });
      // A folder that goes away takes its watcher along: a change like any other.
      watcher.on('error', () => this.#changed());
      return watcher;
    } catch (error) {
      this.#onTrouble(error);
      return undefined;
    }
  }

  #concerns(folder: string, name: string): boolean {
    for (const file of this.#files) if (basename(file) === name && dirname(file) === folder) return true;
    return false;
  }

  #changed(): void {
    this.#cancel();
    this.#cancel = this.#clock.after(limits.functionReloadDelayMs, this.#onChange);
  }
}
