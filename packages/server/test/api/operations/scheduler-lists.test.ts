// Lists of many schedules: written past the API, which would take a while.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ListSchedulesCommand,
  SchedulerClient,
  type ListSchedulesCommandInput,
} from '@aws-sdk/client-scheduler';
import { startBusbar, type Busbar } from '../../../src/compose.ts';
import { loadConfig } from '../../../src/config.ts';
import { groupArn, scheduleArn } from '../../../src/engine/scheduler/schedule-catalog.ts';
import { limits } from '../../../src/model/limits.ts';
import type { Schedule } from '../../../src/model/schedule.ts';
import { ACCOUNT, queueArn, ROLE } from './scheduler-kit.ts';

const SCOPE = { account: ACCOUNT, region: 'us-east-1' };
/** In the order of their keys, `<group>/<name>`: a hyphen and a dot are before the slash. */
const GROUPS = ['a-b', 'a.b', 'a', 'ab', 'default', 'z'];
const NAMES = ['job', 'job-1', 'job-2', 'job.x', 'jobs', 'other', 'x'];
const MANY = limits.listScannedSchedules + 100;

let busbar: Busbar;
let client: SchedulerClient;

const scheduleOf = (group: string, name: string, state: Schedule['state']): Schedule => ({
  ...SCOPE,
  uid: `${group}/${name}`,
  revision: '1',
  group,
  name,
  arn: scheduleArn(SCOPE, group, name),
  state,
  expression: 'rate(1 hour)',
  timezone: 'UTC',
  flexibleTimeWindow: { Mode: 'OFF' },
  target: {
    Arn: queueArn('q'),
    RoleArn: ROLE,
    RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
  },
  actionAfterCompletion: 'NONE',
  createdAt: 0,
  modifiedAt: 0,
});

before(async () => {
  busbar = await startBusbar(loadConfig(['--port', '0', '--data', ':memory:'], {}));
  const { catalog } = busbar.engine.scheduler;
  const credentials = { accessKeyId: 'busbar', secretAccessKey: 'busbar' };
  client = new SchedulerClient({ endpoint: busbar.url, region: SCOPE.region, credentials });
  for (const name of GROUPS) {
    const group = { ...SCOPE, name, arn: groupArn(SCOPE, name), state: 'ACTIVE', tags: [] } as const;
    if (name !== 'default') await catalog.putGroup({ ...group, createdAt: 0, modifiedAt: 0 }, 'absent');
    for (const each of NAMES) await catalog.putSchedule(scheduleOf(name, each, 'ENABLED'), 'absent');
  }
  const many = Array.from({ length: MANY }, (_, n) => `many-${String(n).padStart(5, '0')}`);
  for (const each of many) await catalog.putSchedule(scheduleOf('z', each, 'ENABLED'), 'absent');
  await catalog.putSchedule(scheduleOf('z', 'rare', 'DISABLED'), 'absent');
});
after(async () => {
  client.destroy();
  await busbar.stop(0);
});

/** All pages of a list. */
async function pages(query: ListSchedulesCommandInput): Promise<string[][]> {
  const found: string[][] = [];
  for (let NextToken: string | undefined; ;) {
    const page = await client.send(new ListSchedulesCommand({ ...query, NextToken }));
    found.push(page.Schedules!.map(({ GroupName, Name }) => `${GroupName}/${Name}`));
    NextToken = page.NextToken;
    if (NextToken === undefined) return found;
  }
}

for (const MaxResults of [1, 2, 5, 100]) {
  test(`names that begin so, of all groups, ${MaxResults} a page`, async () => {
    const wanted = GROUPS.flatMap((group) =>
      NAMES.filter((name) => name.startsWith('job')).map((name) => `${group}/${name}`),
    );
    const found = await pages({ NamePrefix: 'job', MaxResults });
    assert.deepEqual(found.flat(), wanted);
    assert.ok(found.slice(0, -1).every((page) => page.length === MaxResults));
  });
}

test('a name that is a prefix of others is listed with them', async () => {
  assert.deepEqual((await pages({ GroupName: 'a', NamePrefix: 'job-' })).flat(), ['a/job-1', 'a/job-2']);
  assert.deepEqual((await pages({ NamePrefix: 'nobody' })).flat(), []);
  assert.equal((await pages({ GroupName: 'z', NamePrefix: 'many-0000', MaxResults: 3 })).flat().length, 10);
});

test('a page looks at so many schedules: of a state that is rare, some pages are empty, and none is left out', async () => {
  const found = await pages({ State: 'DISABLED', MaxResults: 100 });
  assert.deepEqual(found.flat(), ['z/rare']);
  assert.ok(found.length > 1 && found.length < 5);
});
