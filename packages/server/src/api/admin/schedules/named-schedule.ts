import type { ControlResult } from '../../../engine/scheduler/controls.ts';
import { DEFAULT_GROUP, scheduleKey } from '../../../engine/scheduler/schedule-catalog.ts';
import type { Scheduler } from '../../../engine/scheduler/scheduler.ts';
import type { ApiError } from '../../../model/errors.ts';
import { limits } from '../../../model/limits.ts';
import type { Scope } from '../../../model/resources.ts';
import type { Schedule } from '../../../model/schedule.ts';
import type { AdminRequest } from '../admin-route.ts';
import { badRequest, notFound, requiredText } from '../parameters.ts';

/** The key of the schedule that is called `<group>/<name>`, or by its name alone in the default group. */
export function keyOfName(scope: Scope, name: string): string {
  const [group, schedule] = name.includes('/')
    ? (name.split('/', 2) as [string, string])
    : [DEFAULT_GROUP, name];
  return scheduleKey(scope, group, schedule);
}

/** The name in a request's body. */
export const nameIn = ({ body }: AdminRequest): string => requiredText(body, 'name', limits.adminNameChars);

export const noSuch = (name: string): ApiError =>
  notFound(`There is no schedule ${name}. Rules that have a schedule are enabled and disabled as rules.`);

/** The schedule that a request's body names. */
export async function scheduleOf({ controls }: Scheduler, request: AdminRequest): Promise<Schedule> {
  const name = nameIn(request);
  const schedule = await controls.find(keyOfName(request.caller, name));
  if (!schedule) throw noSuch(name);
  return schedule;
}

/** Changes the schedule that a request's body names; throws when it cannot be. */
export async function changeNamed(
  request: AdminRequest,
  change: (key: string) => Promise<ControlResult>,
): Promise<Schedule> {
  const name = nameIn(request);
  const result = await change(keyOfName(request.caller, name));
  if (result.status === 'missing') throw noSuch(name);
  if (result.status === 'refused') throw badRequest(`The schedule ${name} stays as it is. ${result.reason}`);
  return result.schedule;
}
