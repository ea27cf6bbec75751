import type { Scheduler } from '../../../engine/scheduler/scheduler.ts';
import { limits } from '../../../model/limits.ts';
import type { AdminRoute } from '../admin-route.ts';
import { onlyMembers, onlyParameters, requiredText } from '../parameters.ts';
import { changeNamed } from './named-schedule.ts';
import { scheduleView } from './view.ts';

/** `POST /_busbar/schedules/pause` with `{"name": N, "reason": R}`: disables a schedule and remembers why. */
export function pauseSchedule({ controls }: Scheduler): AdminRoute {
  return {
    method: 'POST',
    path: '/schedules/pause',
    summary: 'disable a schedule, with a reason that is shown',
    async run(request) {
      onlyParameters(request.query, []);
      onlyMembers(request.body, ['name', 'reason']);
      const reason = requiredText(request.body, 'reason', limits.pauseReasonChars);
      const schedule = await changeNamed(request, (key) => controls.pause(key, reason));
      return { value: { schedule: scheduleView(schedule, await controls.outlookOf(schedule)) } };
    },
  };
}

/** `POST /_busbar/schedules/resume` with `{"name": N}`: lets a paused schedule go on. */
export function resumeSchedule({ controls }: Scheduler): AdminRoute {
  return {
    method: 'POST',
    path: '/schedules/resume',
    summary: 'enable a schedule that was paused',
    async run(request) {
      onlyParameters(request.query, []);
      onlyMembers(request.body, ['name']);
      const schedule = await changeNamed(request, (key) => controls.resume(key));
      return { value: { schedule: scheduleView(schedule, await controls.outlookOf(schedule)) } };
    },
  };
}
