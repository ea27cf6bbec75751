import type { Clock } from '../../src/engine/ports/clock.ts';
import type { Storage } from '../../src/engine/ports/storage.ts';

/** A new one each time: one for all would keep everything alive that ever waited for it. */
const never = (): Promise<never> => new Promise(() => undefined);

/** What may go wrong with a call to the store; throwing makes the call fail before it changes anything. */
export type Fault = (part: string, method: string) => void;

/**
 * Stands between one run of an engine and the world. Once it is shut, the run is dead as after a kill: its calls have no
 * effect and get no answer, its timers do not fire.
 */
export class Gate {
  shut = false;
  fault: Fault | undefined;
  /** Waits before and after a call takes effect; undefined: none. */
  slow: (() => Promise<void>) | undefined;

  storage(storage: Storage): Storage {
    const parts = ['catalog', 'log', 'parked', 'deadLetters', 'timers', 'queues', 'archives'] as const;
    const gated = Object.fromEntries(parts.map((part) => [part, this.#part(part, storage[part])]));
    return { ...gated, close: () => storage.close() } as unknown as Storage;
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      after: (delayMs, callback) => clock.after(delayMs, () => (this.shut ? undefined : callback())),
    };
  }

  /** An answer that only reaches a living run. */
  async answer<Value>(value: Promise<Value>): Promise<Value> {
    const answer = await value;
    return this.shut ? never() : answer;
  }

  #part(name: string, target: object): object {
    return new Proxy(target, {
      get: (_, method) => {
        const member: unknown = Reflect.get(target, method);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          if (this.shut) return method === 'watch' ? () => undefined : never();
          if (method === 'watch') return Reflect.apply(member, target, args);
          return this.answer(this.#call(name, String(method), () => Reflect.apply(member, target, args)));
        };
      },
    });
  }

  async #call(part: string, method: string, call: () => unknown): Promise<unknown> {
    if (this.slow) await this.slow();
    if (this.shut) return never();
    this.fault?.(part, method);
    const answer = await call();
    if (this.slow) await this.slow();
    return answer;
  }
}
