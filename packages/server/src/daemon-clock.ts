import type { Clock } from './engine/ports/clock.ts';
import type { Logger } from './engine/ports/logger.ts';
import type { CatalogStore } from './engine/ports/storage.ts';
import { MovableClock } from './movable-clock.ts';

const KIND = 'clock';
const KEY = 'lead';

/** What the store keeps of a clock that was moved. */
interface Lead {
  readonly offsetMs: number;
}

export interface DaemonClock {
  readonly clock: Clock;
  /** With `--dev-clock`: the same clock, as what moves it. */
  readonly mover: MovableClock | undefined;
}

/**
 * The clock that a daemon goes by. One that was moved stays ahead over restarts: leases, delays and ticks in the store are
 * instants, and a clock that went back would make everybody wait for them again.
 */
export async function openClock(
  machine: Clock,
  movable: boolean,
  catalog: CatalogStore,
  logger: Logger,
): Promise<DaemonClock> {
  const entry = await catalog.get(KIND, KEY);
  const { offsetMs: aheadMs } = (entry?.value as Lead | undefined) ?? { offsetMs: 0 };
  if (!movable) {
    if (aheadMs > 0) {
      logger.warn(
        { aheadMs },
        'the clock of this data was moved ahead and goes back without --dev-clock: what was stored under it waits until then',
      );
    }
    return { clock: machine, mover: undefined };
  }
  const keep = async (offsetMs: number): Promise<void> => {
    await catalog.write([{ kind: KIND, key: KEY, value: { offsetMs } satisfies Lead, expect: undefined }]);
  };
  const mover = new MovableClock(machine, { aheadMs, keep });
  return { clock: mover, mover };
}
