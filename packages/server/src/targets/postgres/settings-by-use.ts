import type { ServiceSettings } from '../../model/service-settings.ts';

interface Use {
  readonly settings: ServiceSettings;
  users: number;
}

/**
 * Connections are shared by those who have the same entry of `services`. Here each use of an entry gets a copy of it, and
 * so a connection that only its own sessions share.
 */
export class SettingsByUse {
  readonly #uses = new Map<string, Use>();

  take(
    name: string,
    given: ServiceSettings | undefined,
  ): { readonly settings: ServiceSettings | undefined; readonly release: () => void } {
    if (!given) return { settings: undefined, release: () => undefined };
    const use = this.#uses.get(name) ?? { settings: { ...given }, users: 0 };
    this.#uses.set(name, use);
    use.users++;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      if (--use.users === 0) this.#uses.delete(name);
    };
    return { settings: use.settings, release };
  }
}
