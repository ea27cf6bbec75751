// Services that are HTTP APIs of the user's own: AppSync against a GraphQL server, API Gateway against a plain one.
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { DELIVERED, type SendOutcome } from '../../../src/engine/ports/connector.ts';
import { parseArn } from '../../../src/model/arn.ts';
import { noMoto, REGION, startAwsSide, type AwsSide, type SentRequest } from './aws-side.ts';
import { startBetween, type Between } from './between.ts';
import { ACCOUNT, allAt, connectorFor, KEY, RULE, sendOne } from './targets.ts';

/** What botocore signs over the same request. */
async function checkSignature(side: AwsSide, sent: SentRequest, service: string): Promise<void> {
  const [, names = ''] = /SignedHeaders=([^,]+),/.exec(sent.headers['authorization'] ?? '') ?? [];
  const headers = Object.fromEntries(names.split(';').map((name) => [name, sent.headers[name]!]));
  const key = { service, access_key: KEY.accessKeyId, secret: KEY.secretAccessKey, token: null };
  assert.equal(await side.authorizationOf({ ...sent, headers }, key), sent.headers['authorization']);
}

const payloadOf = (value: unknown) => ({ payload: JSON.stringify(value) });

describe('API Gateway', { skip: noMoto }, () => {
  let side: AwsSide;
  let server: Between;
  before(async () => {
    [side, server] = await Promise.all([startAwsSide(), startBetween()]);
  });
  after(() => Promise.all([side?.close(), server?.close()]));

  const arn = (path: string): string => `arn:aws:execute-api:${REGION}:${ACCOUNT}:abc123/prod/${path}`;
  const ROLE = `arn:aws:iam::${ACCOUNT}:role/invoke`;

  test('a signed request with path, headers and query, from the event', async () => {
    const target = {
      Arn: arn('PUT/customers/*/orders/*'),
      RoleArn: ROLE,
      HttpParameters: {
        PathParameterValues: ['$.source', '$.detail.index'],
        HeaderParameters: { 'X-Kind': '$.detail-type', 'Content-Type': 'application/cloudevents+json' },
        QueryStringParameters: { from: 'a b&c', name: '$.detail.index' },
      },
    };
    const services = { 'execute-api': { url: `${server.url}/apis/{apiId}/`, ...KEY } };
    const payload = '{"order":"grüße"}';
    assert.deepEqual(await sendOne(target, services, { payload, traceHeader: 'Root=1-2-3' }), DELIVERED);
    const sent = server.requests.at(-1)!;
    assert.equal(sent.method, 'PUT');
    assert.equal(
      sent.url,
      `${server.url}/apis/abc123/prod/customers/shop.orders/orders/1/?from=a%20b%26c&name=1`,
    );
    assert.equal(sent.body, payload);
    const { headers } = sent;
    assert.equal(headers['content-type'], 'application/cloudevents+json');
    assert.equal(headers['x-kind'], 'Order');
    assert.equal(headers['x-amz-source-arn'], RULE);
    assert.equal(headers['x-amz-source-account'], ACCOUNT);
    assert.equal(headers['x-amzn-trace-id'], 'Root=1-2-3');
    await checkSignature(side, sent, 'execute-api');
  });

  test('without a role there is no signature; a method * is a POST', async () => {
    const services = { 'execute-api': { url: server.url, ...KEY } };
    assert.deepEqual(await sendOne({ Arn: arn('*') }, services), DELIVERED);
    const sent = server.requests.at(-1)!;
    assert.equal(`${sent.method} ${sent.url}`, `POST ${server.url}/prod/`);
    assert.equal(sent.headers['authorization'], undefined);
    assert.equal(sent.headers['x-amz-date'], undefined);
  });

  test('what comes with an event cannot leave its place in the path or the headers', async () => {
    const services = allAt(server.url);
    const hostile = (value: string) => ({ event: JSON.stringify({ detail: { value } }) });
    const inPath = { Arn: arn('POST/a/*'), HttpParameters: { PathParameterValues: ['$.detail.value'] } };
    assert.deepEqual(await sendOne(inPath, services, hostile('x/../../admin?y#z')), DELIVERED);
    assert.equal(server.requests.at(-1)!.url, `${server.url}/prod/a/x%2F..%2F..%2Fadmin%3Fy%23z/`);
    assert.deepEqual(await sendOne(inPath, services, hostile('..')), REFUSED_PATH);
    const inHeader = {
      Arn: arn('POST/a'),
      HttpParameters: { HeaderParameters: { 'X-V': '$.detail.value' } },
    };
    const outcome = await sendOne(inHeader, services, hostile('a\r\nX-Admin: yes'));
    assert.equal(outcome.status === 'reject' && outcome.code, 'INVALID_PARAMETER');
  });

  const REFUSED_PATH: SendOutcome = {
    status: 'reject',
    code: 'INVALID_PARAMETER',
    reason: 'A path parameter must not be a dot segment.',
  };

  test("headers that are not a target's to set are refused when it is put", () => {
    const connector = connectorFor(arn('POST/a'), allAt(server.url));
    for (const name of ['X-Amz-Date', 'x-amzn-trace-id', 'Authorization', 'Host', 'Content-Length']) {
      const target = { Id: 't', Arn: arn('POST/a'), HttpParameters: { HeaderParameters: { [name]: 'v' } } };
      assert.equal(
        connector.check(parseArn(target.Arn)!, target),
        `Parameter HeaderParameters is not valid for target t. Reason: ${name} is reserved.`,
      );
    }
  });

  for (const [status, outcome, code] of [
    [429, 'retry', 'THROTTLING'],
    [503, 'retry', 'ERROR_FROM_TARGET'],
    [403, 'reject', 'NO_PERMISSIONS'],
    [400, 'reject', 'INVALID_PARAMETER'],
    [302, 'reject', 'ERROR_FROM_TARGET'],
  ] as const) {
    test(`an answer ${status}: ${outcome}`, async () => {
      server.answerWith({ status, body: '{"message":"so it is"}', headers: { 'retry-after': '7' } });
      const got = await sendOne({ Arn: arn('POST/a') }, allAt(server.url));
      server.answerWith({ status: 200, body: '' });
      assert.deepEqual([got.status, got.status !== 'delivered' && got.code], [outcome, code]);
      assert.equal(got.status === 'retry' ? got.afterMs : undefined, outcome === 'retry' ? 7_000 : undefined);
    });
  }
});

const noGraphql: string | false =
  noMoto ||
  (spawnSync('python3', ['-c', 'import graphql']).status === 0
    ? false
    : 'no graphql-core: pip install graphql-core');

describe('AppSync', { skip: noGraphql }, () => {
  let side: AwsSide;
  let graphql: ChildProcess;
  let server: Between;
  before(async () => {
    graphql = spawn('python3', [join(import.meta.dirname, 'graphql-server.py')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(createInterface({ input: graphql.stdout! }), 'line')) as [string];
    [side, server] = await Promise.all([startAwsSide(), startBetween(url)]);
  });
  after(async () => {
    graphql?.kill();
    await Promise.all([side?.close(), server?.close()]);
  });

  const ARN = `arn:aws:appsync:${REGION}:${ACCOUNT}:endpoints/graphql-api/abcdef`;
  const ADD = 'mutation Add($id: ID!, $customer: String) { add(id: $id, customer: $customer) { id } }';
  const send = (GraphQLOperation: string, variables: unknown) =>
    sendOne({ Arn: ARN, AppSyncParameters: { GraphQLOperation } }, allAt(server.url), payloadOf(variables));

  test('the mutation runs with the payload as its variables', async () => {
    assert.deepEqual(await send(ADD, { id: 'o-1', customer: 'Zoë "Z"' }), DELIVERED);
    await checkSignature(side, server.requests.at(-1)!, 'appsync');
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      body: '{"query":"{ orders { id customer } }"}',
    });
    assert.deepEqual(await answer.json(), { data: { orders: [{ id: 'o-1', customer: 'Zoë "Z"' }] } });
  });

  test('an operation that does not fit, and one that fails, are not delivered', async () => {
    for (const [operation, text] of [
      [ADD, /id/],
      ['mutation { nobody }', /nobody/],
      ['mutation { refuse { id } }', /no orders today/],
    ] as const) {
      const outcome = await send(operation, {});
      assert.equal(outcome.status === 'reject' && outcome.code, 'INVALID_PARAMETER');
      assert.match(outcome.status === 'reject' ? outcome.reason : '', text);
    }
  });
});
