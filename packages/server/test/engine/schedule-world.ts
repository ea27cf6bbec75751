import assert from 'node:assert/strict';
import { scheduleArn } from '../../src/engine/scheduler/schedule-catalog.ts';
import type { Schedule } from '../../src/model/schedule.ts';
import { fixtureArn, SCOPE, World } from './world.ts';

/** Where schedules of tests send to. */
export const ARN = fixtureArn('scheduled');

export function schedule(world: World, name: string, more: Partial<Schedule> = {}): Schedule {
  const now = world.clock.now();
  return {
    ...SCOPE,
    uid: world.random.uuid(),
    revision: world.random.uuid(),
    group: 'default',
    name,
    arn: scheduleArn(SCOPE, 'default', name),
    state: 'ENABLED',
    expression: 'rate(10 minutes)',
    timezone: 'UTC',
    flexibleTimeWindow: { Mode: 'OFF' },
    target: {
      Arn: ARN,
      RoleArn: 'arn:aws:iam::111111111111:role/r',
      Input: '<aws.scheduler.attempt-number> <aws.scheduler.scheduled-time>',
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    },
    actionAfterCompletion: 'NONE',
    createdAt: now,
    modifiedAt: now,
    ...more,
  };
}

/** A world with one schedule, `s`. */
export async function withSchedule(more: Partial<Schedule> = {}): Promise<{ world: World; made: Schedule }> {
  const world = await World.start();
  const made = schedule(world, 's', more);
  assert.equal(await world.engine.scheduler.schedules.create(made), true);
  return { world, made };
}
