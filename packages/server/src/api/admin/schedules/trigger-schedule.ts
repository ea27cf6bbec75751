import type { Scheduler } from '../../../engine/scheduler/scheduler.ts';
import type { AdminRoute } from '../admin-route.ts';
import { onlyMembers, onlyParameters } from '../parameters.ts';
import { keyOfName, nameIn, noSuch } from './named-schedule.ts';

/**
 * `POST /_busbar/schedules/trigger` with `{"name": N}`: fires a schedule now, be it enabled or not. Answers once the tick is
 * durable.
 */
export function triggerSchedule({ controls }: Scheduler): AdminRoute {
  return {
    method: 'POST',
    path: '/schedules/trigger',
    summary: 'fire a schedule now',
    async run(request) {
      onlyParameters(request.query, []);
      onlyMembers(request.body, ['name']);
      const name = nameIn(request);
      const fired = await controls.trigger(keyOfName(request.caller, name));
      if (!fired) throw noSuch(name);
      const { schedule, eventId, instant } = fired;
      return { value: { schedule: schedule.arn, eventId, time: new Date(instant).toISOString() } };
    },
  };
}
