import type { Schedule } from '../../model/schedule.ts';
import type { CatalogStore } from '../ports/storage.ts';
import { addressOf } from './schedule-book.ts';

/** What dead letters keep of a schedule, so that they can be tried again once it is gone. The input stands in the payload. */
export function remainsOf(schedule: Schedule): Schedule {
  const { request: _, description: __, target, ...rest } = schedule;
  const { Input: ___, ...kept } = target;
  return { ...rest, target: kept };
}

const KIND = 'schedule-remains';

/** Schedules that are gone and have dead letters that are tried again: a restart finds their lanes by them. */
export class ScheduleRemains {
  readonly #store: CatalogStore;

  constructor(store: CatalogStore) {
    this.#store = store;
  }

  async keep(schedule: Schedule): Promise<void> {
    await this.#store.write([{ kind: KIND, key: addressOf(schedule), value: schedule, expect: undefined }]);
  }

  /** Those that are still needed, told by their addresses; the others are forgotten. */
  async recall(isNeeded: (address: string) => boolean): Promise<Schedule[]> {
    const entries = await this.#store.list(KIND);
    const left = entries.filter(({ key }) => !isNeeded(key));
    await this.#store.write(
      left.map(({ key }) => ({ kind: KIND, key, remove: true, expect: undefined }) as const),
    );
    return entries.filter(({ key }) => isNeeded(key)).map(({ value }) => value as Schedule);
  }
}
