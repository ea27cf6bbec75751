import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Dispatcher } from '../../src/api/dispatch.ts';
import { defineOperation } from '../../src/model/operation.ts';
import { startFixture } from './front-door-fixture.ts';

const { send, json } = await startFixture();
const FORM = 'application/x-www-form-urlencoded';
const scoped = (service: string, region = 'us-east-1'): string =>
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

interface Row {
  readonly behaviour: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly status: number;
  readonly says: RegExp;
}

const ROWS: readonly Row[] = [
  {
    behaviour: 'an unknown operation of a known target prefix',
    headers: { 'x-amz-target': 'AWSEvents.Nope' },
    status: 400,
    says: /UnknownOperationException/,
  },
  {
    behaviour: 'a name that every object has is no operation',
    headers: { 'x-amz-target': 'AWSEvents.constructor' },
    status: 400,
    says: /UnknownOperationException/,
  },
  { behaviour: 'no target at all', status: 400, says: /UnknownOperationException/ },
  {
    behaviour: 'a scope of a JSON service without a target',
    headers: { authorization: scoped('events') },
    status: 400,
    says: /UnknownOperationException/,
  },
  {
    behaviour: 'an operation that is not built: input first',
    headers: { 'x-amz-target': 'AWSEvents.CancelReplay' },
    body: '{}',
    status: 400,
    says: /'replayName' failed/,
  },
  {
    behaviour: 'an operation that is not built',
    headers: { 'x-amz-target': 'AWSEvents.CancelReplay' },
    body: '{"ReplayName":"r"}',
    status: 501,
    says: /Busbar does not implement events:CancelReplay yet/,
  },
  {
    behaviour: 'a service that is known by its target',
    headers: { 'x-amz-target': 'Kinesis_20131202.PutRecord' },
    status: 501,
    says: /Busbar does not serve the API of Kinesis yet/,
  },
  {
    behaviour: 'a service that is known by its scope',
    path: '/v1/pipes/x',
    method: 'PUT',
    headers: { authorization: scoped('pipes') },
    status: 501,
    says: /EventBridge Pipes/,
  },
  {
    behaviour: 'a service that is known by its path',
    path: '/v1/pipes/p',
    status: 501,
    says: /EventBridge Pipes/,
  },
  {
    behaviour: 'a service that is known by its version',
    headers: { 'content-type': FORM },
    body: 'Action=ListUsers&Version=2010-05-08',
    status: 501,
    says: /<Message>Busbar does not serve the API of IAM yet/,
  },
  {
    behaviour: 'the target stands above the scope',
    headers: { 'x-amz-target': 'AWSEvents.PutEvents', authorization: scoped('sqs') },
    body: '{"Entries":[{}]}',
    status: 200,
    says: /FailedEntryCount/,
  },
  {
    behaviour: 'a form with a scope needs no version',
    headers: { 'content-type': FORM, authorization: scoped('sts') },
    body: 'Action=GetCallerIdentity',
    status: 200,
    says: /GetCallerIdentityResult/,
  },
  {
    behaviour: 'events do not speak the query protocol',
    headers: { 'content-type': FORM, authorization: scoped('events') },
    body: 'Action=PutEvents',
    status: 400,
    says: /UnknownOperationException/,
  },
  {
    behaviour: 'CBOR is refused in words',
    path: '/service/Logs/operation/PutLogEvents',
    headers: { 'smithy-protocol': 'rpc-v2-cbor' },
    status: 400,
    says: /does not speak Smithy RPC v2/,
  },
  {
    behaviour: 'JSON operations are posted',
    method: 'GET',
    headers: { 'x-amz-target': 'AWSEvents.PutEvents' },
    status: 405,
    says: /MethodNotAllowed/,
  },
  {
    behaviour: 'web pages of other origins are turned away',
    headers: { 'content-type': FORM, origin: 'https://evil.example' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    status: 403,
    says: /other origins/,
  },
];

describe('dispatch', () => {
  for (const { behaviour, status, says, ...row } of ROWS) {
    it(behaviour, async () => {
      const { method = 'POST', path = '/', headers = {}, body } = row;
      const answer = await send({ method, path, headers, ...(body === undefined ? {} : { body }) });
      assert.match(answer.text, says);
      assert.equal(answer.status, status);
      assert.ok(answer.headers.get('x-amzn-requestid'));
    });
  }

  it('refuses operations and services that no model has', () => {
    const nope = defineOperation('Nope', async () => ({}));
    assert.throws(() => new Dispatcher({ events: [nope] }), /no operation Nope/);
    assert.throws(() => new Dispatcher({ nope: [] }), /no model of the service nope/);
  });

  it('serves operations to several clients at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => json('AWSEvents.PutEvents', { Entries: [{}] })),
    );
    const ids = new Set(answers.map(({ headers }) => headers.get('x-amzn-requestid')));
    assert.equal(ids.size, 50);
  });
});
