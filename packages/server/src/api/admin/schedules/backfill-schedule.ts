import type { Clock, Random } from '../../../engine/ports/clock.ts';
import type { BackfillPlan, BackfillRange } from '../../../engine/scheduler/backfills.ts';
import type { Scheduler } from '../../../engine/scheduler/scheduler.ts';
import { limits } from '../../../model/limits.ts';
import type { AdminRequest, AdminRoute } from '../admin-route.ts';
import { badRequest, onlyMembers, onlyParameters, textMember, timeMember } from '../parameters.ts';
import { scheduleOf } from './named-schedule.ts';

const REQUEST = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * `POST /_busbar/schedules/backfill` with `{"name": N, "from": T, "until"?: T, "dryRun"?: true, "request"?: ID}`: fires what
 * the schedule's expression had from one time up to another, be it enabled or not. The same request again repeats the same
 * events. Answers once it is durable.
 */
export function backfillSchedule(scheduler: Scheduler, clock: Clock, random: Random): AdminRoute {
  return {
    method: 'POST',
    path: '/schedules/backfill',
    summary: 'fire the ticks of a time that is over',
    async run(request) {
      onlyParameters(request.query, []);
      onlyMembers(request.body, ['name', 'from', 'until', 'dryRun', 'request']);
      const range = rangeOf(request, clock.now());
      const { dryRun = false } = request.body;
      if (typeof dryRun !== 'boolean') throw badRequest('"dryRun" must be true or false.');
      const id = textMember(request.body, 'request', limits.adminNameChars) ?? random.uuid();
      if (!REQUEST.test(id)) throw badRequest('"request" must be 1 to 64 letters, digits, - and _.');
      const schedule = await scheduleOf(scheduler, request);
      const plan = scheduler.controls.plan(schedule, range);
      const view = { schedule: schedule.arn, ...planView(plan), request: id };
      if (dryRun) return { value: { ...view, status: 'dry-run' } };
      if (plan.tooMany) {
        throw badRequest(`The range holds more than ${limits.backfillTicks} ticks: take a part of it.`);
      }
      if (plan.count > 0) await scheduler.controls.backfill(schedule, range, id);
      return { value: { ...view, status: 'started' } };
    },
  };
}

function rangeOf({ body }: AdminRequest, now: number): BackfillRange {
  const from = timeMember(body, 'from');
  const until = timeMember(body, 'until') ?? now;
  if (from === undefined) throw badRequest('"from" is missing.');
  if (until > now) throw badRequest('"until" must not be in the future.');
  if (from >= until) throw badRequest('"from" must be before "until".');
  return { from, until };
}

const timeOf = (ms: number): string => new Date(ms).toISOString();

const planView = ({ count, tooMany, first, last }: BackfillPlan): object => ({
  count,
  tooMany,
  first: first.map(timeOf),
  last: last === undefined ? undefined : timeOf(last),
});
