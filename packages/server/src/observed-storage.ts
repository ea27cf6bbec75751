import type { Storage } from './engine/ports/storage.ts';

/** A store, and whether any of its calls is under way. */
export interface ObservedStorage {
  readonly storage: Storage;
  readonly busy: () => boolean;
}

/** Counts the calls to a store that have not been answered. */
export function observeStorage(storage: Storage): ObservedStorage {
  let underWay = 0;
  const counted = (target: object): object =>
    new Proxy(target, {
      get(_, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]): unknown => {
          const answer: unknown = Reflect.apply(member, target, given);
          if (!(answer instanceof Promise)) return answer;
          underWay++;
          return answer.finally(() => underWay--);
        };
      },
    });
  const parts = Object.entries(storage).map(([name, part]: [string, unknown]) => [
    name,
    typeof part === 'object' && part !== null ? counted(part) : part,
  ]);
  const observed = { ...Object.fromEntries(parts), close: () => storage.close() } as unknown as Storage;
  return { storage: observed, busy: () => underWay > 0 };
}
