import type { Clock, Random } from '../../engine/ports/clock.ts';
import type {
  FunctionInvocation,
  FunctionInvoker,
  FunctionResult,
} from '../../engine/ports/function-invoker.ts';
import type { LogStreamWriter } from '../../engine/ports/log-group-writer.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { FunctionSettings } from '../../model/function-settings.ts';
import { limits } from '../../model/limits.ts';
import { EventCalls } from './event-calls.ts';
import type { FunctionPool } from './function-pool.ts';
import { ProcessBudget } from './process-budget.ts';
import { FunctionRegistry, type FunctionPlaces } from './registry.ts';

export interface FunctionServiceOptions {
  readonly places: FunctionPlaces;
  /** Variables that every function gets; asked for when a process starts. */
  readonly environment: () => Readonly<Record<string, string>>;
  readonly writer: LogStreamWriter;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** The local functions: modules of the user's own, run in processes of their own, served as Lambda functions. */
export interface FunctionService extends FunctionInvoker {
  readonly registry: FunctionRegistry;
  readonly random: Random;
  find(name: string): FunctionSettings | undefined;
  /** Runs a call that nobody waits for; false when there are too many of them. */
  accept(invocation: FunctionInvocation): boolean;
  /** Waits at most `drainMs` for calls under way, then ends every process. */
  close(drainMs: number): Promise<void>;
}

export function createFunctionService(options: FunctionServiceOptions): FunctionService {
  const { places, clock, random, logger } = options;
  const registry = new FunctionRegistry(places);
  const pools = new Pools(options, registry);
  const events = new EventCalls((invocation, signal) => pools.invoke(invocation, signal), clock, logger);
  return {
    registry,
    random,
    find: (name) => registry.find(name),
    invoke: (invocation, signal) => pools.invoke(invocation, signal),
    accept: (invocation) => events.accept(invocation),
    async close(drainMs) {
      let cancel = (): void => undefined;
      const deadline = new Promise<void>((resolve) => (cancel = clock.after(drainMs, resolve)));
      await Promise.race([events.close(), deadline]);
      await pools.close(deadline);
      cancel();
    },
  };
}

/** A pool of processes for each function that has been called. What runs processes is loaded with the first call. */
class Pools {
  readonly #options: FunctionServiceOptions;
  readonly #registry: FunctionRegistry;
  readonly #budget = new ProcessBudget(limits.functionProcesses);
  readonly #pools = new Map<string, FunctionPool>();
  #closed = false;

  constructor(options: FunctionServiceOptions, registry: FunctionRegistry) {
    this.#options = options;
    this.#registry = registry;
  }

  async invoke(invocation: FunctionInvocation, signal: AbortSignal): Promise<FunctionResult> {
    if (this.#closed) return { status: 'stopped' };
    const known = this.#pools.get(invocation.name);
    if (known) return known.invoke(invocation, signal);
    const settings = this.#registry.find(invocation.name);
    if (!settings) return { status: 'missing' };
    const { FunctionPool: Pool } = await import('./function-pool.ts');
    if (this.#closed) return { status: 'stopped' };
    let pool = this.#pools.get(invocation.name);
    if (!pool) {
      pool = new Pool({ ...this.#options, name: invocation.name, settings, budget: this.#budget });
      this.#pools.set(invocation.name, pool);
    }
    return pool.invoke(invocation, signal);
  }

  async close(deadline: Promise<void>): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#pools.values()].map((pool) => pool.close(deadline)));
  }
}
