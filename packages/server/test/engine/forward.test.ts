import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventBusArn, queueArn } from '../../src/model/arn.ts';
import type { TargetSettings } from '../../src/model/resources.ts';
import { ACCOUNT, fixtureArn, REGION, World } from './world.ts';

const OTHER_ACCOUNT = '222222222222';
const OTHER_REGION = 'eu-west-1';
const ARN = fixtureArn('t');

const policy = (effect: string, account: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: effect, Principal: { AWS: account }, Action: 'events:PutEvents', Resource: '*', Sid: 's' },
    ],
  });

interface Row {
  readonly title: string;
  readonly account?: string;
  readonly region?: string;
  readonly policy?: string;
  /** The bus exists. */
  readonly exists?: boolean;
  readonly hops?: number;
  readonly settings?: Partial<TargetSettings>;
  /** The dead letter's code; absent: the event arrives. */
  readonly code?: string;
  /** Members of the event that arrives, where they differ from the one published. */
  readonly arrives?: object;
  readonly newId?: boolean;
}

const rows: Row[] = [
  { title: 'same account and region' },
  { title: 'same account, denied by policy', policy: policy('Deny', ACCOUNT), code: 'NO_PERMISSIONS' },
  { title: 'another account without a policy', account: OTHER_ACCOUNT, code: 'NO_PERMISSIONS' },
  { title: 'another account that allows it', account: OTHER_ACCOUNT, policy: policy('Allow', ACCOUNT) },
  {
    title: 'another account that allows somebody else',
    account: OTHER_ACCOUNT,
    policy: policy('Allow', '333333333333'),
    code: 'NO_PERMISSIONS',
  },
  { title: 'another region: a new id', region: OTHER_REGION, newId: true },
  { title: 'no such bus', exists: false, code: 'NO_RESOURCE' },
  {
    title: 'a second hop to another account',
    account: OTHER_ACCOUNT,
    hops: 1,
    code: 'THIRD_ACCOUNT_HOP_DETECTED',
  },
  {
    title: 'a second hop to another region',
    region: OTHER_REGION,
    hops: 1,
    code: 'THIRD_REGION_HOP_DETECTED',
  },
  { title: 'a second hop at home', hops: 1, code: 'THIRD_BUS_HOP_DETECTED' },
  { title: 'an input that is no event', settings: { Input: '{"a":1}' }, code: 'INVALID_PARAMETER' },
  { title: 'an input that is no object', settings: { Input: '"a"' }, code: 'INVALID_PARAMETER' },
  {
    title: 'an input that is an event',
    settings: { Input: '{"source":"new","detail-type":"New","detail":{"n":1.0},"account":"999999999999"}' },
    arrives: { source: 'new', 'detail-type': 'New', detail: { n: 1 } },
  },
];

for (const row of rows) {
  test(`forward: ${row.title}`, async () => {
    const world = await World.start();
    const account = row.account ?? ACCOUNT;
    const region = row.region ?? REGION;
    const busArn = eventBusArn(region, account, 'other');
    const more = { account, region, policy: row.policy };
    const other = row.exists === false ? undefined : await world.bus('other', more);
    const dlq = queueArn(REGION, ACCOUNT, 'dlq');
    const settings = { Id: '1', Arn: busArn, DeadLetterConfig: { Arn: dlq }, ...row.settings };
    await world.rule('forward', { targets: [settings] });
    const event = { ...world.event(), hops: row.hops, traceHeader: 'Root=1' };
    await world.publish([event]);
    await world.clock.advance(1_000);
    const arrived = other ? await world.storage.log.read(other.log, 0n, 10, 1_000_000) : [];
    const letters = await world.deadLetters();
    assert.equal(letters[0]?.code, row.code);
    assert.equal(arrived.length, row.code ? 0 : 1);
    const silent = row.code === undefined || row.code === 'THIRD_BUS_HOP_DETECTED';
    assert.equal(world.queues.messages.length, silent ? 0 : 1);
    assert.equal(
      await world.metric('dead_letter_invocations'),
      row.code === 'THIRD_BUS_HOP_DETECTED' ? 1 : 0,
    );
    const [record] = arrived;
    if (!record) return;
    assert.equal(record.hops, 1);
    assert.equal(record.traceHeader, 'Root=1');
    assert.equal(record.account, ACCOUNT);
    const { id, ...body } = JSON.parse(record.event) as Record<string, unknown>;
    const { id: idBefore, ...before } = JSON.parse(event.event) as Record<string, unknown>;
    assert.equal(id, record.eventId);
    assert.equal(id !== idBefore, row.newId === true);
    assert.deepEqual(body, { ...before, ...row.arrives });
  });
}

test('forward: rules of the other bus get the event, and no rule forwards it a second time', async () => {
  const world = await World.start();
  await world.bus('other');
  await world.bus('third');
  const arn = (name: string): string => eventBusArn(REGION, ACCOUNT, name);
  await world.rule('forward', { targets: [{ Id: '1', Arn: arn('other') }] });
  await world.rule('t', { bus: 'other' });
  await world.rule('again', { bus: 'other', targets: [{ Id: '1', Arn: arn('third') }] });
  const [id] = await world.publish([world.event()]);
  await world.clock.advance(1_000);
  assert.deepEqual(world.targets.deliveredTo(ARN), [id]);
  assert.equal((await world.deadLetters())[0]?.code, 'THIRD_BUS_HOP_DETECTED');
});

test('forward: the default bus of one’s own account always exists', async () => {
  const world = await World.start();
  const arn = eventBusArn(OTHER_REGION, ACCOUNT, 'default');
  await world.rule('forward', { targets: [{ Id: '1', Arn: arn }] });
  await world.publish([world.event()]);
  await world.clock.advance(1_000);
  assert.equal((await world.deadLetters()).length, 0);
  assert.ok(world.engine.catalog.bus({ account: ACCOUNT, region: OTHER_REGION }, 'default'));
});
