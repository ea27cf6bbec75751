// Every error that the model of the Scheduler declares for an operation is answered by it, or there is a reason why not.
import assert from 'node:assert/strict';
import { after, before, describe, it, test } from 'node:test';
import { groupArn } from '../../../src/engine/scheduler/schedule-catalog.ts';
import { limits } from '../../../src/model/limits.ts';
import { serviceModel } from '../../../src/model/service-model.ts';
import { restRequest } from '../../hard-shell/rest-request.ts';
import { ACCOUNT, ROLE, queueArn, schedulerKit } from './scheduler-kit.ts';

const model = serviceModel('scheduler')!;
const SCOPE = { account: ACCOUNT, region: 'us-east-1' };

const arnOf = (group: string): string => groupArn(SCOPE, group);
const definition = {
  ScheduleExpression: 'rate(1 day)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: queueArn('q'), RoleArn: ROLE, Input: 'tick' },
};

interface Case {
  readonly operation: string;
  readonly error: string;
  readonly input: object;
}

const row = (operation: string, error: string, input: object): Case => ({ operation, error, input });

const INVALID = 'ValidationException';
const MISSING = 'ResourceNotFoundException';
const CONFLICT = 'ConflictException';
const QUOTA = 'ServiceQuotaExceededException';
const STATUS: Readonly<Record<string, number>> = {
  [INVALID]: 400,
  [MISSING]: 404,
  [CONFLICT]: 409,
  [QUOTA]: 402,
};

const CASES: readonly Case[] = [
  row('CreateSchedule', INVALID, { ...definition, Name: 'n', ScheduleExpression: 'rate(1 eon)' }),
  row('CreateSchedule', MISSING, { ...definition, Name: 'n', GroupName: 'nobody' }),
  row('CreateSchedule', CONFLICT, { ...definition, Name: 'present' }),
  row('CreateSchedule', CONFLICT, { ...definition, Name: 'n', GroupName: 'deleting' }),
  row('UpdateSchedule', INVALID, { ...definition, Name: 'present', ScheduleExpressionTimezone: 'Mars' }),
  row('UpdateSchedule', MISSING, { ...definition, Name: 'nobody' }),
  row('UpdateSchedule', CONFLICT, {
    ...definition,
    Name: 'present',
    ClientToken: 'used',
    Description: 'other',
  }),
  row('UpdateSchedule', CONFLICT, { ...definition, Name: 'n', GroupName: 'deleting' }),
  row('GetSchedule', INVALID, { Name: 'no name' }),
  row('GetSchedule', MISSING, { Name: 'nobody' }),
  row('DeleteSchedule', INVALID, { Name: 'no name' }),
  row('DeleteSchedule', MISSING, { Name: 'nobody' }),
  row('ListSchedules', INVALID, { NextToken: 'no token' }),
  row('ListSchedules', MISSING, { GroupName: 'nobody' }),
  row('CreateScheduleGroup', INVALID, { Name: 'default' }),
  row('CreateScheduleGroup', CONFLICT, { Name: 'group-1' }),
  row('CreateScheduleGroup', CONFLICT, { Name: 'deleting' }),
  row('CreateScheduleGroup', QUOTA, { Name: 'one-more' }),
  row('GetScheduleGroup', INVALID, { Name: 'no name' }),
  row('GetScheduleGroup', MISSING, { Name: 'nobody' }),
  row('DeleteScheduleGroup', INVALID, { Name: 'default' }),
  row('DeleteScheduleGroup', MISSING, { Name: 'nobody' }),
  row('DeleteScheduleGroup', CONFLICT, { Name: 'deleting' }),
  row('ListScheduleGroups', INVALID, { MaxResults: 101 }),
  row('TagResource', INVALID, { ResourceArn: arnOf('default'), Tags: [{ Key: 'aws:x', Value: 'y' }] }),
  row('TagResource', MISSING, { ResourceArn: arnOf('nobody'), Tags: [{ Key: 'x', Value: 'y' }] }),
  row('TagResource', CONFLICT, { ResourceArn: arnOf('deleting'), Tags: [{ Key: 'x', Value: 'y' }] }),
  row('UntagResource', INVALID, { ResourceArn: 'arn', TagKeys: ['x'] }),
  row('UntagResource', MISSING, { ResourceArn: arnOf('nobody'), TagKeys: ['x'] }),
  row('UntagResource', CONFLICT, { ResourceArn: arnOf('deleting'), TagKeys: ['x'] }),
  row('ListTagsForResource', INVALID, { ResourceArn: 'arn' }),
  row('ListTagsForResource', MISSING, { ResourceArn: arnOf('nobody') }),
];

/** Errors that no test can have by asking, and why. */
const NOT_HAD: Readonly<Record<string, string>> = {
  '* InternalServerException': 'a fault of the daemon itself',
  '* ThrottlingException': 'the Scheduler sets no rate',
  [`CreateSchedule ${QUOTA}`]: 'the disk is the bound on schedules',
  [`DeleteSchedule ${CONFLICT}`]: 'only when another request changes the schedule in the same moment',
};

describe('errors that the model declares', () => {
  let kit: Awaited<ReturnType<typeof schedulerKit>>;

  async function ask(operation: string, input: object) {
    const { method, path, headers, body } = restRequest(model, operation, input);
    const sent = method === 'GET' ? {} : { body };
    const answer = await fetch(kit.url + path, { method, headers, ...sent });
    const { Message: message } = (await answer.json()) as { Message?: string };
    return { status: answer.status, error: answer.headers.get('x-amzn-errortype'), message };
  }

  before(async () => {
    kit = await schedulerKit();
    assert.equal(
      (await ask('CreateSchedule', { ...definition, Name: 'present', ClientToken: 'used' })).status,
      200,
    );
    // A group whose deletion goes on for as long as the test does.
    const group = {
      ...SCOPE,
      name: 'deleting',
      arn: arnOf('deleting'),
      state: 'DELETING',
      tags: [],
    } as const;
    await kit.engine.scheduler.catalog.putGroup({ ...group, createdAt: 1, modifiedAt: 1 }, 'absent');
    // With the default one and the one that is being deleted there are as many as there may be.
    const names = Array.from({ length: limits.scheduleGroups - 2 }, (_, n) => `group-${n + 1}`);
    for (let start = 0; start < names.length; start += 50) {
      const some = names.slice(start, start + 50);
      const made = await Promise.all(some.map((Name) => ask('CreateScheduleGroup', { Name })));
      assert.ok(made.every(({ status }) => status === 200));
    }
  });
  after(() => kit.stop());

  for (const { operation, error, input } of CASES) {
    it(`${operation} answers ${error} to ${JSON.stringify(input).slice(0, 60)}`, async () => {
      const answer = await ask(operation, input);
      assert.deepEqual([answer.error, answer.status], [error, STATUS[error]], answer.message);
      assert.ok(answer.message);
    });
  }
});

test('no declared error is without a row or a reason', () => {
  const had = new Set(CASES.map(({ operation, error }) => `${operation} ${error}`));
  const declared = Object.entries(model.operations).flatMap(([operation, { errors = [] }]) =>
    errors.map((error) => ({ operation, error })),
  );
  assert.ok(declared.length > 40, String(declared.length));
  const missing = declared
    .map(({ operation, error }) => ({ name: `${operation} ${error}`, any: `* ${error}` }))
    .filter(({ name, any }) => !had.has(name) && !NOT_HAD[name] && !NOT_HAD[any]);
  assert.deepEqual(
    missing.map(({ name }) => name),
    [],
  );
});
