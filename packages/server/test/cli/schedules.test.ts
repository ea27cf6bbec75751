// Schedules by the command: what clients of AWS cannot do with them, and what they see of it.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import {
  CreateScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { ROLE, schedulerKit, wish } from '../api/operations/scheduler-kit.ts';
import { busbar } from './busbar-command.ts';

const kit = await schedulerKit();
after(() => kit.stop());
const { client } = kit;

const run = (...args: string[]) => busbar(['schedules', ...args], { url: kit.url });

async function shown(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await run(...args, '--json');
  assert.equal(code, 0, err);
  const { schedule } = JSON.parse(out) as { schedule: Record<string, unknown> };
  return schedule;
}

describe('schedules by the command', () => {
  it('pause, what clients of AWS see, and resume', async () => {
    const { name, queue } = await kit.place();
    await client.send(new CreateScheduleCommand(wish(name, queue)));
    await kit.minutes(1);
    const paused = await run('pause', name, '--reason', 'the warehouse moves');
    assert.equal(paused.code, 0, paused.err);
    assert.match(paused.out, /^state {7}DISABLED, paused since .*Z: the warehouse moves$/m);
    const { State } = await client.send(new GetScheduleCommand({ Name: name }));
    assert.equal(State, 'DISABLED');
    const { Schedules } = await client.send(new ListSchedulesCommand({ State: 'DISABLED' }));
    assert.deepEqual(
      Schedules?.map(({ Name }) => Name),
      [name],
    );
    const listed = await run('list', '--group', 'default', '--prefix', name);
    assert.match(
      listed.out,
      new RegExp(`^default/${name}\\tPAUSED\\t-\\tallow\\trate\\(1 hour\\)\\tthe warehouse moves`),
    );
    await kit.minutes(180);
    assert.equal((await kit.receive(name)).length, 1);
    const resumed = await shown('resume', name);
    assert.deepEqual([resumed['state'], resumed['paused']], ['ENABLED', undefined]);
    // The rhythm is that of the hour at which it was made.
    await kit.minutes(50);
    assert.equal((await kit.receive(name)).length, 0);
    await kit.minutes(12);
    assert.equal((await kit.receive(name)).length, 1);
  });

  it('an update by a client of AWS that enables a schedule ends its pause, another one does not', async () => {
    const { name, queue } = await kit.place();
    await client.send(new CreateScheduleCommand(wish(name, queue)));
    await run('set', name, '--overlap', 'skip');
    await run('pause', name, '--reason', 'why not');
    await client.send(new UpdateScheduleCommand(wish(name, queue, { State: 'DISABLED', Description: 'd' })));
    const still = await shown('show', name);
    assert.deepEqual([(still['paused'] as { reason: string }).reason, still['overlap']], ['why not', 'skip']);
    await client.send(new UpdateScheduleCommand(wish(name, queue)));
    const enabled = await shown('show', name);
    assert.deepEqual(
      [enabled['paused'], enabled['state'], enabled['overlap']],
      [undefined, 'ENABLED', 'skip'],
    );
  });

  it('trigger', async () => {
    const { name, queue } = await kit.place();
    await client.send(new CreateScheduleCommand(wish(name, queue, { State: 'DISABLED' })));
    const { code, out, err } = await run('trigger', `default/${name}`);
    assert.equal(code, 0, err);
    assert.match(out, /^fired at \d{4}-/);
    await kit.minutes(1);
    assert.deepEqual(
      (await kit.receive(name)).map(({ Body }) => Body),
      ['tick'],
    );
  });

  it('backfill: looked at first, then fired', async () => {
    const { name, queue } = await kit.place();
    const Target = { Arn: queue, RoleArn: ROLE, Input: '<aws.scheduler.scheduled-time>' };
    const ScheduleExpression = 'cron(0 3 * * ? *)';
    await client.send(new CreateScheduleCommand(wish(name, queue, { Target, ScheduleExpression })));
    const range = ['--from', '2026-01-01T00:00:00Z', '--until', '2026-01-04T00:00:00Z'];
    const dry = await run('backfill', name, ...range, '--dry-run');
    const times = ['2026-01-01', '2026-01-02', '2026-01-03'].map((day) => `${day}T03:00:00.000Z`);
    assert.deepEqual([dry.code, dry.out.trim().split('\n')], [0, times], dry.err);
    assert.match(dry.err, /3 ticks would be fired/);
    await kit.minutes(1);
    assert.deepEqual(await kit.receive(name), []);
    const done = await run('backfill', name, ...range, '--request', 'one');
    assert.deepEqual([done.code, done.out], [0, '3 ticks are being fired, as the request one\n'], done.err);
    await kit.minutes(1);
    const bodies = (await kit.receive(name)).map(({ Body }) => Body.slice(0, 10));
    assert.deepEqual(bodies.sort(), ['2026-01-01', '2026-01-02', '2026-01-03']);
  });

  it('what a skipped tick looks like', async () => {
    const { name, queue } = await kit.place();
    // Busbar does not know where it is: every attempt is tried again.
    const Arn = 'arn:aws:lambda:us-east-1:000000000000:function:none';
    const Target = { Arn, RoleArn: ROLE, Input: '{}' };
    await client.send(
      new CreateScheduleCommand(wish(name, queue, { Target, ScheduleExpression: 'rate(1 minute)' })),
    );
    await run('set', name, '--overlap', 'skip');
    await kit.minutes(5);
    const { out } = await run('show', name);
    assert.match(out, /^skipped {5}\d+, the latest of /m);
  });

  it('what cannot be done says why', async () => {
    const { name, queue } = await kit.place();
    await client.send(new CreateScheduleCommand(wish(name, queue)));
    for (const [args, code, message] of [
      [['resume', name], 3, /stays as it is\. It is not paused\./],
      [['pause', 'nobody', '--reason', 'r'], 3, /There is no schedule nobody\./],
      [['trigger', 'nobody'], 3, /There is no schedule nobody\./],
      [['pause', name], 2, /needs `--reason`/],
      [['set', name, '--overlap', 'sometimes'], 3, /must be one of allow, skip, buffer-one/],
      [['trigger', name, '--reason', 'r'], 2, /`schedules trigger` takes no `--reason`/],
      [['trigger'], 2, /needs the name of a schedule/],
      [['list', name], 2, /takes no name/],
      [['list', '--group', 'nope'], 3, /There is no schedule group nope/],
      [['backfill', name], 2, /needs `--from`/],
      [['backfill', name, '--from', '2999-01-01'], 3, /"from" must be before "until"/],
      [['backfill', name, '--from', '2026-01-01', '--until', '2999-01-01'], 3, /must not be in the future/],
    ] as const) {
      const result = await run(...args);
      assert.equal(result.code, code, `${args.join(' ')}: ${result.err}`);
      assert.match(result.err, message);
    }
  });
});
