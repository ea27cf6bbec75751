import { validationError, ApiError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { paginate } from '../pagination.ts';
import type { SchedulerContext } from './dependencies.ts';
import { groupView } from './group-access.ts';

interface Input {
  readonly NamePrefix?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** ListScheduleGroups: by name. */
export const listScheduleGroups = ({ scheduler }: SchedulerContext): Operation =>
  defineOperation<Input>('ListScheduleGroups', async ({ NamePrefix = '', MaxResults, NextToken }, call) => {
    const groups = (await scheduler.catalog.groups(call)).filter(({ name }) => name.startsWith(NamePrefix));
    const question = ['ListScheduleGroups', call.account, call.region, NamePrefix];
    try {
      const page = paginate(groups, ({ name }) => name, { limit: MaxResults, token: NextToken, question });
      return { ScheduleGroups: page.items.map(groupView), NextToken: page.nextToken };
    } catch (error) {
      if (error instanceof ApiError && error.code === 'InvalidToken')
        throw validationError('Invalid NextToken.');
      throw error;
    }
  });
