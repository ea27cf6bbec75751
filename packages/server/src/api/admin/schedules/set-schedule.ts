import type { Scheduler } from '../../../engine/scheduler/scheduler.ts';
import { limits } from '../../../model/limits.ts';
import type { AdminRoute } from '../admin-route.ts';
import { badRequest, onlyMembers, onlyParameters, requiredText } from '../parameters.ts';
import { changeNamed } from './named-schedule.ts';
import { OVERLAPS, policyOf, scheduleView } from './view.ts';

/**
 * `POST /_busbar/schedules/set` with `{"name": N, "overlap": "allow" | "skip" | "buffer-one"}`: what becomes of a tick that
 * comes while an earlier execution is still being tried. Updates by clients of AWS keep it.
 */
export function setSchedule({ controls }: Scheduler): AdminRoute {
  return {
    method: 'POST',
    path: '/schedules/set',
    summary: 'set what becomes of the ticks of a schedule that overlap',
    async run(request) {
      onlyParameters(request.query, []);
      onlyMembers(request.body, ['name', 'overlap']);
      const given = requiredText(request.body, 'overlap', limits.adminNameChars);
      const overlap = OVERLAPS.find((name) => name === given);
      if (!overlap) throw badRequest(`"overlap" must be one of ${OVERLAPS.join(', ')}.`);
      const schedule = await changeNamed(request, (key) => controls.setOverlap(key, policyOf(overlap)));
      return { value: { schedule: scheduleView(schedule, await controls.outlookOf(schedule)) } };
    },
  };
}
