import type { Scheduler } from '../../../engine/scheduler/scheduler.ts';
import { limits } from '../../../model/limits.ts';
import type { AdminRoute } from '../admin-route.ts';
import { badRequest, notFound, onlyParameters, textParameter } from '../parameters.ts';
import { keyOfName } from './named-schedule.ts';
import { scheduleView } from './view.ts';

/** `GET /_busbar/schedules/show?name=`: one schedule. */
export function showSchedule({ controls }: Scheduler): AdminRoute {
  return {
    method: 'GET',
    path: '/schedules/show',
    summary: 'one schedule: its next tick, what waits, what was skipped, why it is paused',
    async run({ query, caller }) {
      onlyParameters(query, ['name']);
      const name = textParameter(query, 'name', limits.adminNameChars);
      if (name === undefined) throw badRequest('The parameter name is missing.');
      const schedule = await controls.find(keyOfName(caller, name));
      if (!schedule) throw notFound(`There is no schedule ${name}.`);
      return { value: { schedule: scheduleView(schedule, await controls.outlookOf(schedule)) } };
    },
  };
}
