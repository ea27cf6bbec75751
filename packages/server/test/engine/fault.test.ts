import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultOf, isRetryable, type FailedOutcome, type Fault } from '../../src/engine/deliver/fault.ts';
import { DELIVERED, type DeliveryErrorCode } from '../../src/engine/ports/connector.ts';
import { limits } from '../../src/model/limits.ts';
import { fixtureArn, World } from './world.ts';

const ARN = fixtureArn('t');

const failed = (status: 'retry' | 'reject', code: DeliveryErrorCode, httpStatus?: number): FailedOutcome => ({
  status,
  code,
  reason: 'so',
  ...(httpStatus === undefined ? {} : { details: { httpStatus } }),
});

const table: [FailedOutcome, Fault, retryable: { first: boolean; later: boolean; aws: boolean }][] = [
  [failed('retry', 'ERROR_FROM_TARGET', 503), 'transient', { first: true, later: true, aws: true }],
  [failed('retry', 'TIMEOUT'), 'transient', { first: true, later: true, aws: true }],
  [failed('retry', 'ERROR_FROM_TARGET', 409), 'transient', { first: true, later: true, aws: true }],
  [failed('retry', 'THROTTLING'), 'throttled', { first: true, later: true, aws: true }],
  [failed('retry', 'ERROR_FROM_TARGET', 429), 'throttled', { first: true, later: true, aws: true }],
  [failed('retry', 'NO_PERMISSIONS'), 'misconfigured', { first: true, later: true, aws: true }],
  [failed('retry', 'ERROR_FROM_TARGET', 401), 'misconfigured', { first: true, later: false, aws: true }],
  [failed('reject', 'ERROR_FROM_TARGET', 401), 'misconfigured', { first: false, later: false, aws: true }],
  [failed('reject', 'ERROR_FROM_TARGET', 404), 'misconfigured', { first: false, later: false, aws: false }],
  [failed('reject', 'ERROR_FROM_TARGET', 422), 'permanent', { first: false, later: false, aws: false }],
  [failed('reject', 'NO_PERMISSIONS'), 'misconfigured', { first: false, later: false, aws: false }],
  [failed('reject', 'NO_RESOURCE'), 'misconfigured', { first: false, later: false, aws: false }],
  [failed('reject', 'INVALID_PARAMETER'), 'permanent', { first: false, later: false, aws: false }],
];

for (const [outcome, fault, { first, later, aws }] of table) {
  test(`fault of ${JSON.stringify(outcome)}: ${fault}`, () => {
    assert.equal(faultOf(outcome), fault);
    assert.equal(isRetryable(outcome, 1, 'busbar'), first);
    assert.equal(isRetryable(outcome, limits.refusedCredentialAttempts, 'busbar'), later);
    assert.equal(isRetryable(outcome, 100, 'aws'), aws);
  });
}

test('refused credentials are tried once more and are then a dead letter with both attempts', async () => {
  const world = await World.start();
  await world.rule('t');
  world.targets.behave(ARN, () => failed('retry', 'ERROR_FROM_TARGET', 401));
  await world.publishMany(1);
  await world.clock.advance(10_000);
  const [letter] = await world.deadLetters();
  assert.equal(letter!.fault, 'misconfigured');
  assert.equal(letter!.condition, undefined);
  assert.deepEqual(
    letter!.notes.map(({ attempt, fault, details }) => ({ attempt, fault, details })),
    [1, 2].map((attempt) => ({ attempt, fault: 'misconfigured', details: { httpStatus: 401 } })),
  );
  assert.equal(world.engine.status().lanes[0]!.faults.misconfigured, 2);
  assert.equal(await world.metric('failed_invocation_attempts'), 2);
});

test('compat aws: refused credentials burn the whole budget, as the service has it', async () => {
  const world = await World.start({ options: { compat: 'aws' } });
  const RetryPolicy = { MaximumRetryAttempts: 5 };
  await world.rule('t', { targets: [{ Id: 't', Arn: ARN, RetryPolicy }] });
  world.targets.behave(ARN, () => failed('reject', 'ERROR_FROM_TARGET', 401));
  await world.publishMany(1);
  await world.clock.advance(120_000);
  const [letter] = await world.deadLetters();
  assert.equal(letter!.attempts, 6);
  assert.equal(letter!.condition, 'MaximumRetryAttempts');
});

test('an attempt is remembered with how long it took, and survives a crash', async () => {
  const world = await World.start();
  await world.rule('t');
  const details = { request: 'POST http://pay/', httpStatus: 500, response: 'oh no' };
  world.targets.behave(ARN, async () => {
    await new Promise<void>((resolve) => world.clock.after(120, resolve));
    return { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'answered 500', details };
  });
  await world.publishMany(1);
  await world.clock.advance(130);
  await world.crash();
  world.targets.behave(ARN, () => failed('reject', 'INVALID_PARAMETER'));
  await world.clock.advance(60_000);
  const [letter] = await world.deadLetters();
  const [first] = letter!.notes;
  assert.deepEqual(
    { ...first, at: 0 },
    {
      attempt: 1,
      at: 0,
      latencyMs: 120,
      outcome: 'retry',
      fault: 'transient',
      code: 'ERROR_FROM_TARGET',
      reason: 'answered 500',
      details,
    },
  );
});

test('a delivery that works first time leaves no attempt behind', async () => {
  const world = await World.start();
  await world.rule('t');
  world.targets.behave(ARN, () => DELIVERED);
  await world.publishMany(10);
  await world.clock.advance(1_000);
  assert.equal(await world.metric('failed_invocation_attempts'), 0);
  assert.equal(await world.backlogRows(), 0);
});

test('a breaker shows in status and metrics, open and closed again', async () => {
  const world = await World.start();
  await world.rule('t');
  const labels = 'account="111111111111",region="us-east-1",bus="default",rule="t",target_id="t"';
  const has = async (line: string): Promise<boolean> =>
    (await world.metrics.text()).split('\n').includes(line);
  world.targets.behave(ARN, () => failed('retry', 'THROTTLING'));
  await world.publishMany(limits.breakerFailures);
  await world.clock.until(() => world.engine.status().lanes[0]?.breaker === 'open');
  await world.clock.advance(1);
  const [lane] = world.engine.status().lanes;
  assert.ok(lane!.probeAt! > world.clock.now());
  assert.equal(lane!.faults.throttled, limits.breakerFailures);
  assert.ok(await has(`busbar_lane_breaker_state{${labels}} 2`));
  assert.ok(await has('busbar_lane_breakers{state="open"} 1'));
  assert.ok(
    await has(
      `busbar_breaker_openings_total{account="111111111111",region="us-east-1",bus="default",rule="t"} 1`,
    ),
  );
  assert.ok(
    await has(
      `busbar_failed_invocation_attempts_total{account="111111111111",region="us-east-1",bus="default",rule="t",fault="throttled"} ${limits.breakerFailures}`,
    ),
  );
  assert.equal((await world.engine.backlogs()).get(lane!.lane), limits.breakerFailures);
  world.targets.behave(ARN, () => DELIVERED);
  await world.clock.until(() => world.engine.status().lanes[0]?.breaker === 'closed');
  assert.equal(world.engine.status().lanes[0]!.probeAt, undefined);
  assert.ok(await has(`busbar_lane_breaker_state{${labels}} 0`));
});
