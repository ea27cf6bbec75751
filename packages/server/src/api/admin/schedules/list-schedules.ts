import type { Scheduler } from '../../../engine/scheduler/scheduler.ts';
import { limits } from '../../../model/limits.ts';
import type { AdminRoute } from '../admin-route.ts';
import { notFound, onlyParameters, textParameter } from '../parameters.ts';
import { scheduleView } from './view.ts';

/** `GET /_busbar/schedules?group=&prefix=&after=`: the caller's schedules by group and name, a page at a time. */
export function listSchedules({ catalog, controls }: Scheduler): AdminRoute {
  return {
    method: 'GET',
    path: '/schedules',
    summary: 'schedules, with their next ticks, pauses and overlap policies',
    async run({ query, caller }) {
      onlyParameters(query, ['group', 'prefix', 'after']);
      const [group, namePrefix, after] = ['group', 'prefix', 'after'].map((name) =>
        textParameter(query, name, limits.adminNameChars),
      );
      if (group !== undefined && !(await catalog.group(caller, group))) {
        throw notFound(`There is no schedule group ${group}.`);
      }
      const scope = `${caller.account}/${caller.region}/`;
      const from = after === undefined ? undefined : scope + after;
      const { items, next } = await catalog.schedules(
        caller,
        { group, namePrefix },
        from,
        limits.adminPageItems,
      );
      const schedules = await Promise.all(
        items.map(async (schedule) => scheduleView(schedule, await controls.outlookOf(schedule))),
      );
      return { value: { schedules, next: next?.slice(scope.length) } };
    },
  };
}
