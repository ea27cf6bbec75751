import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import { queueArn } from '../../src/model/arn.ts';
import type { TargetSettings } from '../../src/model/resources.ts';
import { ACCOUNT, fixtureArn, REGION, World } from './world.ts';

const HOUR = 3_600_000;
const ARN = fixtureArn('t');
const DLQ = queueArn(REGION, ACCOUNT, 'dlq');
const target = (more: Partial<TargetSettings> = {}): TargetSettings => ({ Id: 't', Arn: ARN, ...more });
const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };
const REFUSED: SendOutcome = { status: 'reject', code: 'NO_PERMISSIONS', reason: 'not you' };

test('an event reaches each target of each rule that matches it', async () => {
  const world = await World.start();
  await world.rule('a', {
    targets: [
      { Id: '1', Arn: fixtureArn('a1') },
      { Id: '2', Arn: fixtureArn('a2') },
    ],
  });
  await world.rule('b', { pattern: '{"source":["other"]}' });
  const [id] = await world.publish([world.event('test')]);
  await world.clock.until(() => world.targets.seen.length === 2);
  assert.deepEqual(world.targets.deliveredTo(fixtureArn('a1')), [id]);
  assert.deepEqual(world.targets.deliveredTo(fixtureArn('a2')), [id]);
  assert.deepEqual(world.targets.deliveredTo(fixtureArn('b')), []);
  assert.equal(await world.metric('matched_events'), 1);
  assert.equal(await world.metric('invocations_created'), 2);
  assert.equal(await world.metric('successful_invocation_attempts'), 2);
  assert.equal(await world.metric('invocations'), 2);
  await world.engine.stop(0);
});

test('a rule sees no event from before it existed, and none while it is disabled', async () => {
  const world = await World.start();
  await world.rule('old', { targets: [] });
  await world.publish([world.event()]);
  await world.rule('t', { since: 2n });
  await world.publish([world.event()]);
  await world.clock.until(() => world.targets.seen.length === 1);
  await world.rule('t', { state: 'DISABLED' });
  await world.publish([world.event()]);
  await world.clock.advance(1_000);
  await world.rule('t', { state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' });
  await world.publish([world.event()]);
  await world.clock.advance(1_000);
  assert.equal(world.targets.seen.length, 2);
});

test('a changed pattern counts from the next event on', async () => {
  const world = await World.start();
  await world.rule('t', { pattern: '{"source":["a"]}' });
  await world.publish([world.event('a'), world.event('b')]);
  await world.clock.advance(100);
  await world.rule('t', { pattern: '{"source":["b"]}' });
  await world.publish([world.event('a'), world.event('b'), world.event('b')]);
  await world.clock.advance(100);
  assert.equal(world.targets.seen.length, 3);
});

for (const [title, change] of [
  ['disabled', async (world: World) => void (await world.rule('t', { state: 'DISABLED' }))],
  [
    'given another pattern',
    async (world: World) => void (await world.rule('t', { pattern: '{"source":["b"]}' })),
  ],
  ['removed', (world: World) => world.removeRule('t')],
] as const) {
  test(`an event that was acknowledged before its rule was ${title} is still delivered`, async () => {
    const world = await World.start();
    await world.rule('t');
    const [id] = await world.publish([world.event('a')]);
    await change(world);
    await world.clock.advance(1_000);
    assert.deepEqual(world.targets.deliveredTo(ARN), [id]);
  });
}

test('a retryable failure is tried again, with growing pauses and counted attempts', async () => {
  const world = await World.start();
  await world.rule('t');
  let failures = 3;
  world.targets.behave(ARN, () => (failures-- > 0 ? BUSY : DELIVERED));
  await world.publish([world.event()]);
  await world.clock.until(() => world.targets.deliveredTo(ARN).length === 1);
  const { seen } = world.targets;
  assert.deepEqual(
    seen.map(({ delivery }) => delivery.attempt),
    [1, 2, 3, 4],
  );
  assert.equal(new Set(seen.map(({ delivery }) => delivery.deliveryId)).size, 1);
  assert.equal(await world.metric('retry_invocation_attempts'), 3);
  assert.equal(await world.metric('invocations'), 1);
  await world.clock.advance(1_000);
  assert.equal(await world.backlogRows(), 0);
  assert.equal((await world.deadLetters()).length, 0);
});

test('Retry-After is waited for', async () => {
  const world = await World.start();
  await world.rule('t');
  let failures = 1;
  world.targets.behave(ARN, () => (failures-- > 0 ? { ...BUSY, afterMs: 20_000 } : DELIVERED));
  await world.publish([world.event()]);
  await world.clock.advance(19_000);
  assert.equal(world.targets.seen.length, 1);
  await world.clock.advance(2_000);
  assert.equal(world.targets.seen.length, 2);
});

interface LetterRow {
  readonly title: string;
  readonly settings?: Partial<TargetSettings>;
  readonly outcome: SendOutcome;
  readonly attempts: number;
  readonly code: string;
  readonly condition?: string;
  readonly attributes?: Record<string, string>;
}

const letterRows: LetterRow[] = [
  { title: 'rejected', outcome: REFUSED, attempts: 1, code: 'NO_PERMISSIONS' },
  {
    title: 'rejected, with a queue',
    settings: { DeadLetterConfig: { Arn: DLQ } },
    outcome: REFUSED,
    attempts: 1,
    code: 'NO_PERMISSIONS',
    attributes: { ERROR_CODE: 'NO_PERMISSIONS', ERROR_MESSAGE: 'not you', RETRY_ATTEMPTS: '0' },
  },
  {
    title: 'no retries allowed',
    settings: { DeadLetterConfig: { Arn: DLQ }, RetryPolicy: { MaximumRetryAttempts: 0 } },
    outcome: BUSY,
    attempts: 1,
    code: 'ERROR_FROM_TARGET',
    condition: 'MaximumRetryAttempts',
    attributes: {
      ERROR_CODE: 'ERROR_FROM_TARGET',
      ERROR_MESSAGE: 'busy',
      RETRY_ATTEMPTS: '0',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    },
  },
  {
    title: 'retries used up',
    settings: { DeadLetterConfig: { Arn: DLQ }, RetryPolicy: { MaximumRetryAttempts: 2 } },
    outcome: BUSY,
    attempts: 3,
    code: 'ERROR_FROM_TARGET',
    condition: 'MaximumRetryAttempts',
    attributes: {
      ERROR_CODE: 'ERROR_FROM_TARGET',
      ERROR_MESSAGE: 'busy',
      RETRY_ATTEMPTS: '2',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    },
  },
];

for (const row of letterRows) {
  test(`dead letter: ${row.title}`, async () => {
    const world = await World.start();
    const rule = await world.rule('t', { targets: [target(row.settings)] });
    world.targets.behave(ARN, () => row.outcome);
    const event = { ...world.event(), traceHeader: 'Root=1' };
    await world.publish([event]);
    await world.clock.advance(60_000);
    const [letter, ...more] = await world.deadLetters();
    assert.equal(more.length, 0);
    assert.equal(letter?.event, event.event);
    assert.equal(letter?.payload, event.event);
    assert.equal(letter?.code, row.code);
    assert.equal(letter?.condition, row.condition);
    assert.equal(letter?.attempts, row.attempts);
    assert.equal(letter?.notes.length, row.attempts);
    assert.equal(letter?.ruleArn, rule.arn);
    assert.equal(letter?.targetArn, ARN);
    assert.equal(letter?.queue?.result, row.attributes && 'sent');
    const { messages } = world.queues;
    assert.equal(messages.length, row.attributes ? 1 : 0);
    if (!row.attributes) return;
    assert.equal(messages[0]?.queue, DLQ);
    assert.equal(messages[0]?.message.body, event.event);
    assert.equal(messages[0]?.message.traceHeader, 'Root=1');
    assert.deepEqual(messages[0]?.message.attributes, {
      RULE_ARN: rule.arn,
      TARGET_ARN: ARN,
      ...row.attributes,
    });
    assert.equal(await world.metric('invocations_sent_to_dlq'), 1);
    assert.equal(await world.metric('failed_invocations'), 1);
    assert.equal(await world.backlogRows(), 0);
  });
}

test('an event that grew too old goes to the dead letters, however often it was tried', async () => {
  const world = await World.start();
  await world.rule('t', { targets: [target({ RetryPolicy: { MaximumEventAgeInSeconds: 3_600 } })] });
  world.targets.behave(ARN, () => BUSY);
  await world.publish([world.event()]);
  await world.clock.advance(2 * HOUR);
  const [letter] = await world.deadLetters();
  assert.equal(letter?.condition, 'MaximumEventAgeInSeconds');
  assert.equal(letter?.code, 'ERROR_FROM_TARGET');
  assert.equal(letter?.attempts, world.targets.seen.length);
  assert.ok(letter.attempts > 5);
});

test('an input that makes no JSON goes to the dead letters without an attempt', async () => {
  const world = await World.start();
  await world.rule('t', { targets: [target({ InputTransformer: { InputTemplate: '{"a":<nothing' } })] });
  await world.publish([world.event()]);
  await world.clock.advance(1_000);
  const [letter] = await world.deadLetters();
  assert.equal(letter?.code, 'INVALID_JSON');
  assert.equal(letter?.attempts, 0);
  assert.equal(world.targets.seen.length, 0);
});

test('a target that no connector serves goes to the dead letters', async () => {
  const world = await World.start();
  await world.rule('t', { targets: [target({ Arn: `arn:aws:nothing:${REGION}:${ACCOUNT}:x` })] });
  await world.publish([world.event()]);
  await world.clock.advance(1_000);
  assert.equal((await world.deadLetters())[0]?.code, 'NO_RESOURCE');
});

test('a dead-letter queue that is busy is tried again, also after a crash', async () => {
  const world = await World.start();
  await world.rule('t', { targets: [target({ DeadLetterConfig: { Arn: DLQ } })] });
  world.targets.behave(ARN, () => REFUSED);
  world.queues.answer = () => BUSY;
  await world.publish([world.event()]);
  await world.clock.advance(1_000);
  assert.equal((await world.deadLetters())[0]?.queue?.result, 'pending');
  await world.crash();
  world.queues.answer = () => DELIVERED;
  await world.clock.until(() => world.queues.messages.length === 1);
  await world.clock.advance(1_000);
  assert.equal(world.targets.seen.length, 1);
  assert.equal((await world.deadLetters())[0]?.queue?.result, 'sent');
  assert.equal(await world.backlogRows(), 0);
});

test('a dead-letter queue that never answers is tried again', async () => {
  const world = await World.start({ options: { attemptTimeoutMs: 2_000 } });
  await world.rule('t', { targets: [target({ DeadLetterConfig: { Arn: DLQ } })] });
  world.targets.behave(ARN, () => REFUSED);
  const send = world.queues.send.bind(world.queues);
  world.queues.send = () => new Promise(() => undefined);
  await world.publish([world.event()]);
  await world.clock.advance(1_000);
  world.queues.send = send;
  await world.clock.advance(5_000);
  assert.equal(world.queues.messages.length, 1);
  assert.equal(world.cursor(), 2n);
});

test('a dead-letter queue that takes nothing is noted and counted', async () => {
  const world = await World.start();
  await world.rule('t', { targets: [target({ DeadLetterConfig: { Arn: DLQ } })] });
  world.targets.behave(ARN, () => REFUSED);
  world.queues.answer = () => ({ status: 'reject', code: 'NO_RESOURCE', reason: 'no such queue' });
  await world.publish([world.event()]);
  await world.clock.advance(1_000);
  const [letter] = await world.deadLetters();
  assert.deepEqual(letter?.queue, { arn: DLQ, result: 'failed', reason: 'NO_RESOURCE: no such queue' });
  assert.equal(await world.metric('invocations_failed_to_be_sent_to_dlq'), 1);
});

test('settings are those of the next attempt: a policy and a target changed while a delivery is pending', async () => {
  const world = await World.start();
  await world.rule('t', { targets: [target()] });
  world.targets.behave(ARN, () => ({ ...BUSY, afterMs: 5_000 }));
  await world.publish([world.event()]);
  await world.clock.advance(1_000);
  const other = fixtureArn('other');
  await world.rule('t', { targets: [target({ Arn: other, Input: '{"changed":true}' })] });
  await world.clock.advance(10_000);
  assert.equal(world.targets.deliveredTo(other).length, 1);
  assert.equal(world.targets.seen.at(-1)?.delivery.payload, '{"changed":true}');
});

test('a connector that throws counts as an internal error and is tried again', async () => {
  const world = await World.start();
  await world.rule('t');
  let throws = true;
  world.targets.behave(ARN, () => {
    if (!throws) return DELIVERED;
    throws = false;
    throw new Error('a bug');
  });
  await world.publish([world.event()]);
  await world.clock.until(() => world.targets.deliveredTo(ARN).length === 1);
});

for (const [title, remove] of [
  ['rule', (world: World) => world.removeRule('t')],
  ['target', async (world: World) => void (await world.rule('t', { targets: [] }))],
] as const) {
  test(`a removed ${title} leaves no delivery behind: all become dead letters`, async () => {
    const world = await World.start();
    await world.rule('t');
    let hang = true;
    world.targets.behave(ARN, () => (hang ? 'hang' : BUSY));
    await world.publishMany(3_000);
    await world.clock.advance(3_000);
    await remove(world);
    hang = false;
    world.targets.release(ARN, BUSY);
    await world.clock.advance(5_000);
    const letters = await world.deadLetters();
    assert.equal(letters.length, 3_000);
    assert.ok(letters.every(({ code }) => code === 'TARGET_REMOVED'));
    assert.equal(await world.backlogRows(), 0);
    assert.equal(world.cursor(), 3_001n);
    assert.equal(world.engine.status().laneCount, 0);
  });
}

test('a rule removed while the daemon was down: its rows become dead letters at the start', async () => {
  const world = await World.start();
  const rule = await world.rule('t');
  world.targets.behave(ARN, () => ({ ...BUSY, afterMs: HOUR }));
  await world.publishMany(5);
  await world.clock.advance(1_000);
  await world.engine.stop(0);
  world.gate.shut = true;
  const [entry] = await world.storage.catalog.list('rule');
  await world.storage.catalog.write([{ kind: 'rule', key: entry!.key, remove: true, expect: undefined }]);
  await world.startEngine();
  await world.clock.advance(2_000);
  const letters = await world.deadLetters();
  assert.equal(letters.length, 5);
  assert.ok(letters.every(({ code, ruleArn }) => code === 'TARGET_REMOVED' && ruleArn === rule.arn));
  assert.equal(await world.backlogRows(), 0);
});

test('a disabled rule keeps its retries going', async () => {
  const world = await World.start();
  await world.rule('t');
  let failures = 1;
  world.targets.behave(ARN, () => (failures-- > 0 ? BUSY : DELIVERED));
  await world.publish([world.event()]);
  await world.clock.until(() => world.targets.seen.length === 1);
  await world.rule('t', { state: 'DISABLED' });
  await world.clock.until(() => world.targets.deliveredTo(ARN).length === 1);
});

test('a rule made again under its name inherits nothing', async () => {
  const world = await World.start();
  await world.rule('t');
  world.targets.behave(ARN, () => ({ ...BUSY, afterMs: 10_000 }));
  await world.publish([world.event()]);
  await world.clock.advance(1_000);
  await world.removeRule('t');
  await world.rule('t');
  world.targets.behave(ARN, () => DELIVERED);
  const [id] = await world.publish([world.event()]);
  await world.clock.advance(30_000);
  assert.deepEqual(world.targets.deliveredTo(ARN), [id]);
  assert.equal((await world.deadLetters()).length, 1);
});
