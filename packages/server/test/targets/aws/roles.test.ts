// Roles that are assumed for deliveries, against moto's STS.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { DELIVERED } from '../../../src/engine/ports/connector.ts';
import { delivery } from '../target-suite.ts';
import { noMoto, startAwsSide, type AwsSide, type SentRequest } from './aws-side.ts';
import { startBetween, type Between } from './between.ts';
import { ACCOUNT, allAt, KEY, sendOne, sessionFor } from './targets.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/deliver`;
const STREAM = { Arn: `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/roles`, RoleArn: ROLE };

const keyOf = ({ headers }: SentRequest): string | undefined =>
  /Credential=([^/]+)\//.exec(headers['authorization'] ?? '')?.[1];

const isAssumption = ({ body }: SentRequest): boolean => body.startsWith('Action=AssumeRole');

describe('roles', { skip: noMoto }, () => {
  let side: AwsSide;
  let between: Between;
  before(async () => {
    side = await startAwsSide();
    await side.call('kinesis', 'create_stream', { StreamName: 'roles', ShardCount: 1 });
  });
  after(() => side?.close());
  beforeEach(async () => {
    between = await startBetween(side.url);
  });
  afterEach(() => between.close());

  const assuming = () => allAt(between.url, { assumeRoles: true });

  test('a role is assumed once, and its key signs', async () => {
    const session = sessionFor(STREAM, assuming());
    const signal = new AbortController().signal;
    assert.deepEqual(await session.send([delivery(1)], signal), [DELIVERED]);
    assert.deepEqual(await session.send([delivery(2)], signal), [DELIVERED]);
    const [assumption, first, second] = between.requests;
    assert.equal(between.requests.length, 3);
    assert.equal(keyOf(assumption!), KEY.accessKeyId);
    const asked = new URLSearchParams(assumption!.body);
    assert.deepEqual([asked.get('RoleArn'), asked.get('RoleSessionName')], [ROLE, 'busbar']);
    const [answer] = between.answers;
    assert.ok(answer!.includes(`<AccessKeyId>${keyOf(first!)}</AccessKeyId>`), answer);
    assert.ok(answer!.includes(`<SessionToken>${first!.headers['x-amz-security-token']}</SessionToken>`));
    assert.equal(keyOf(second!), keyOf(first!));
  });

  test('expired credentials are given up, and the role is assumed anew', async () => {
    const session = sessionFor(STREAM, assuming());
    const signal = new AbortController().signal;
    await session.send([delivery(1)], signal);
    between.answerWith({ status: 400, body: '{"__type":"ExpiredTokenException","message":"m"}' });
    const [outcome] = await session.send([delivery(2)], signal);
    assert.equal(outcome!.status, 'retry');
    between.passOn();
    assert.deepEqual(await session.send([delivery(2)], signal), [DELIVERED]);
    assert.equal(between.requests.filter(isAssumption).length, 2);
  });

  test('without assumeRoles, or without a role, the key itself signs', async () => {
    await sendOne(STREAM, allAt(between.url));
    const { RoleArn: _, ...bare } = STREAM;
    await sendOne(bare, assuming());
    assert.deepEqual(between.requests.map(keyOf), [KEY.accessKeyId, KEY.accessKeyId]);
    assert.deepEqual(between.requests.filter(isAssumption), []);
  });

  for (const [status, code, outcome, expected] of [
    [403, 'AccessDenied', 'reject', 'FAILED_TO_ASSUME_ROLE'],
    [400, 'Throttling', 'retry', 'TRANSIENT_ASSUME_ROLE'],
    [503, 'ServiceUnavailable', 'retry', 'TRANSIENT_ASSUME_ROLE'],
  ] as const) {
    test(`STS answers ${code}: ${expected}`, async () => {
      const body = `<ErrorResponse><Error><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`;
      between.answerWith({ status, body });
      const got = await sendOne(STREAM, assuming());
      assert.deepEqual([got.status, got.status !== 'delivered' && got.code], [outcome, expected]);
    });
  }

  test('an answer without credentials is none', async () => {
    between.answerWith({ status: 200, body: '<html>It works!</html>' });
    const got = await sendOne(STREAM, assuming());
    assert.deepEqual(got, {
      status: 'retry',
      code: 'TRANSIENT_ASSUME_ROLE',
      reason: 'STS answered no credentials.',
    });
  });
});
