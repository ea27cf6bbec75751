import { validationError } from '../../../model/errors.ts';
import { limits } from '../../../model/limits.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { Schedule } from '../../../model/schedule.ts';
import type { SchedulerContext } from './dependencies.ts';
import { groupOf } from './group-access.ts';
import { scheduleSummary } from './schedule-view.ts';

interface Input {
  readonly GroupName?: string;
  readonly NamePrefix?: string;
  readonly State?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

const tokenOf = (key: string): string => Buffer.from(key, 'utf8').toString('base64url');

/** The key that a token stands for; it must be one of the caller's own. */
function keyOf(token: string, scope: string): string {
  const key = Buffer.from(token, 'base64url').toString('utf8');
  if (!key.startsWith(scope) || tokenOf(key) !== token) throw validationError('Invalid NextToken.');
  return key;
}

/** ListSchedules: by group and name. */
export const listSchedules = (context: SchedulerContext): Operation =>
  defineOperation<Input>('ListSchedules', async (input, call) => {
    const { GroupName: group, NamePrefix: namePrefix, State: state } = input;
    const { catalog } = context.scheduler;
    if (group !== undefined) await groupOf(context, call, group);
    const max = input.MaxResults ?? limits.listPageItems;
    const found: Schedule[] = [];
    let after =
      input.NextToken === undefined ? undefined : keyOf(input.NextToken, `${call.account}/${call.region}/`);
    let seen = 0;
    do {
      const part = await catalog.schedules(call, { group, namePrefix }, after, max - found.length);
      found.push(...part.items.filter(({ state: present }) => state === undefined || present === state));
      after = part.next;
      seen += part.items.length;
      // Where few are in the wanted state, a page may be short, or empty: the next one goes on.
    } while (after !== undefined && found.length < max && seen < limits.listScannedSchedules);
    return {
      Schedules: found.map(scheduleSummary),
      NextToken: after === undefined ? undefined : tokenOf(after),
    };
  });
