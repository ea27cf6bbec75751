import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import type { HttpRequest } from '../../../src/engine/ports/http-client.ts';
import type { ApiDestination, AuthParameters, HttpParameterLists } from '../../../src/model/connections.ts';
import type { OutgoingDelivery } from '../../../src/engine/ports/connector.ts';
import { outcomeOf, retryAfter } from '../../../src/targets/http/destination-outcome.ts';
import { DestinationRequests, withMembers } from '../../../src/targets/http/destination-request.ts';
import { prepareParameters, type HttpParameters } from '../../../src/targets/http/http-parameters.ts';
import type { CloudEventsMode } from '../../../src/targets/cloud-events.ts';
import { delivery } from '../target-suite.ts';

const NOW = Date.UTC(2026, 0, 1);
const EVENT = {
  id: 'e-1',
  'detail-type': 'Order',
  source: 'shop',
  detail: { id: 'o 1/2', n: 7, up: '..', bad: 'a\r\nb', half: 'a\ud800', list: [] },
};

interface Case {
  readonly endpoint?: string;
  readonly method?: string;
  readonly target?: HttpParameters;
  readonly connection?: HttpParameterLists;
  readonly auth?: AuthParameters;
  readonly token?: string;
  readonly cloudEvents?: CloudEventsMode;
  readonly change?: Partial<OutgoingDelivery>;
}

function build({ endpoint = 'https://api.example.com/orders', ...given }: Case): HttpRequest | string {
  const event = JSON.stringify(EVENT);
  const requests = new DestinationRequests({
    prepared: prepareParameters(given.target ?? {}),
    cloudEvents: given.cloudEvents,
    timeoutMs: 5_000,
  });
  const place = {
    destination: { endpoint, method: given.method ?? 'POST' } as ApiDestination,
    parameters: { ...given.auth, ...(given.connection && { InvocationHttpParameters: given.connection }) },
    token: given.token,
  };
  return requests.build(place, delivery(1, { event, payload: event, ...given.change }), NOW);
}

function request(given: Case): HttpRequest {
  const built = build(given);
  if (typeof built === 'string') assert.fail(built);
  return built;
}

describe('the URL', () => {
  const base = 'https://api.example.com';
  const rows: readonly [
    endpoint: string,
    target: HttpParameters,
    connection: [string, string][],
    url: string,
  ][] = [
    ['/orders', {}, [], '/orders'],
    ['/orders/*', { PathParameterValues: ['42'] }, [], '/orders/42'],
    ['/*/x/*', { PathParameterValues: ['a', 'b'] }, [], '/a/x/b'],
    ['/orders/*', { PathParameterValues: ['$.detail.id'] }, [], '/orders/o%201%2F2'],
    ['/orders/*', { PathParameterValues: ['$.detail.n', 'too many'] }, [], '/orders/7'],
    ['/orders/*', { PathParameterValues: ['a?b#c'] }, [], '/orders/a%3Fb%23c'],
    ['/*', { PathParameterValues: ['$.detail.half'] }, [], '/a%EF%BF%BD'],
    ['/', { QueryStringParameters: { q: '$.detail.half' } }, [], '/?q=a%EF%BF%BD'],
    ['/orders?a=1', {}, [], '/orders?a=1'],
    ['/orders?a=*', {}, [], '/orders?a=*'],
    ['/orders', { QueryStringParameters: { q: '$.detail.id' } }, [], '/orders?q=o%201%2F2'],
    ['/orders?a=1', { QueryStringParameters: { a: '2', b: '3' } }, [['b', 'mine']], '/orders?a=2&b=mine'],
  ];
  for (const [endpoint, target, pairs, url] of rows) {
    test(`${endpoint} → ${url}`, () => {
      const connection = { QueryStringParameters: pairs.map(([Key, Value]) => ({ Key, Value })) };
      assert.equal(request({ endpoint: base + endpoint, target, connection }).url.href, base + url);
    });
  }

  const refused: readonly [endpoint: string, target: HttpParameters, reason: RegExp][] = [
    ['/orders/*', {}, /no value for a wildcard/],
    ['/*/*', { PathParameterValues: ['a'] }, /no value for a wildcard/],
    ['/orders/*', { PathParameterValues: ['$.detail.nope'] }, /no value for a wildcard/],
    ['/orders/*', { PathParameterValues: ['$.detail.list'] }, /no value for a wildcard/],
    ['/orders/*/x', { PathParameterValues: ['$.detail.up'] }, /dot segment/],
    ['/orders/.*', { PathParameterValues: ['.'] }, /dot segment/],
    ['/orders', { QueryStringParameters: { q: '$.detail.nope' } }, /nothing for the query parameter q/],
    ['/orders', { HeaderParameters: { h: '$.detail.nope' } }, /nothing for the header h/],
  ];
  for (const [endpoint, target, reason] of refused) {
    test(`${endpoint} with ${JSON.stringify(target)} is refused`, () => {
      const built = build({ endpoint: base + endpoint, target });
      assert.match(typeof built === 'string' ? built : '', reason);
    });
  }
});

describe('the headers', () => {
  const FIXED = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Amazon/EventBridge/ApiDestinations',
    range: 'bytes=0-1048575',
  };
  const rows: readonly [title: string, given: Case, headers: Record<string, string>][] = [
    ['by themselves', {}, {}],
    ['of the target', { target: { HeaderParameters: { 'X-Id': '$.detail.id' } } }, { 'x-id': 'o 1/2' }],
    [
      'the connection wins',
      {
        target: { HeaderParameters: { 'X-A': 'target', 'X-B': 'target' } },
        connection: { HeaderParameters: [{ Key: 'x-a', Value: 'connection' }] },
      },
      { 'x-a': 'connection', 'x-b': 'target' },
    ],
    [
      'the content type may be another',
      { target: { HeaderParameters: { 'Content-Type': 'text/plain' } } },
      { 'content-type': 'text/plain' },
    ],
    [
      'reserved ones are dropped',
      {
        target: { HeaderParameters: { 'User-Agent': 'me', Host: 'h', Range: 'r', 'Transfer-Encoding': 'x' } },
      },
      {},
    ],
    [
      'a trace',
      { change: { traceHeader: 'Root=1-2-3', traceparent: '00-a-b-01' } },
      { 'x-amzn-trace-id': 'Root=1-2-3', traceparent: '00-a-b-01' },
    ],
    [
      'basic',
      { auth: { BasicAuthParameters: { Username: 'me', Password: 'pass' } } },
      { authorization: 'Basic bWU6cGFzcw==' },
    ],
    [
      'API key',
      { auth: { ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'k' } } },
      { 'x-key': 'k' },
    ],
    ['a token', { token: 'abc' }, { authorization: 'Bearer abc' }],
    [
      'credentials win over parameters',
      { token: 'abc', target: { HeaderParameters: { Authorization: 'mine' } } },
      { authorization: 'Bearer abc' },
    ],
    [
      'an API key that only looks like a webhook',
      { auth: { ApiKeyAuthParameters: { ApiKeyName: 'webhook-signature', ApiKeyValue: 'plain' } } },
      { 'webhook-signature': 'plain' },
    ],
  ];
  for (const [title, given, headers] of rows) {
    test(title, () => assert.deepEqual(request(given).headers, { ...FIXED, ...headers }));
  }
});

describe('the body', () => {
  const added = [
    { Key: 'a', Value: 'new' },
    { Key: 'z', Value: '"' },
  ];
  const rows: readonly [payload: string, body: string][] = [
    ['{}', '{"a":"new","z":"\\""}'],
    ['{"b":1.50,"a":1}', '{"b":1.50,"a":"new","z":"\\""}'],
    ['{"n":12345678901234567890}', '{"n":12345678901234567890,"a":"new","z":"\\""}'],
    ['[1]', '[1]'],
    ['"text"', '"text"'],
    ['plain', 'plain'],
  ];
  for (const [payload, body] of rows) {
    test(`${payload} → ${body}`, () => assert.equal(withMembers(payload, added), body));
  }

  test('GET and HEAD have none', () => {
    for (const method of ['GET', 'HEAD']) assert.equal(request({ method }).body, undefined);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      assert.equal(request({ method }).body, JSON.stringify(EVENT));
    }
  });

  test('CloudEvents, structured', () => {
    const { headers, body } = request({ cloudEvents: 'structured' });
    assert.match(headers['content-type']!, /^application\/cloudevents\+json/);
    const { specversion, id, source, type, data } = JSON.parse(String(body)) as Record<string, unknown>;
    assert.deepEqual([specversion, id, source, type], ['1.0', 'e-1', 'shop', 'Order']);
    assert.deepEqual(data, EVENT.detail);
  });

  test('CloudEvents, binary', () => {
    const { headers, body } = request({ cloudEvents: 'binary' });
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual([headers['ce-id'], headers['ce-source'], headers['ce-type']], ['e-1', 'shop', 'Order']);
    assert.deepEqual(JSON.parse(String(body)), EVENT.detail);
  });
});

test('a new token and a changed destination are taken at once', () => {
  const requests = new DestinationRequests({
    prepared: prepareParameters({}),
    cloudEvents: undefined,
    timeoutMs: 5_000,
  });
  const destination = { endpoint: 'https://a.example.com/', method: 'POST' } as ApiDestination;
  const seen = (['one', 'two', undefined] as const).flatMap((token) =>
    [destination, { ...destination, endpoint: 'https://b.example.com/' }].map((place) => {
      const built = requests.build({ destination: place, parameters: {}, token }, delivery(1), NOW);
      assert.ok(typeof built !== 'string');
      return [built.url.host, built.headers['authorization']];
    }),
  );
  assert.deepEqual(seen, [
    ['a.example.com', 'Bearer one'],
    ['b.example.com', 'Bearer one'],
    ['a.example.com', 'Bearer two'],
    ['b.example.com', 'Bearer two'],
    ['a.example.com', undefined],
    ['b.example.com', undefined],
  ]);
});

describe('signed webhooks', () => {
  // The example of the Standard Webhooks specification's reference libraries.
  const OLD = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const NEW = Buffer.alloc(32, 7).toString('base64');

  test('every secret signs id, time and body', () => {
    const ApiKeyValue = `whsec_${NEW} whsec_${OLD}`;
    const auth = { ApiKeyAuthParameters: { ApiKeyName: 'webhook-signature', ApiKeyValue } };
    const { headers, body } = request({ auth });
    const { deliveryId } = delivery(1);
    const signed = `${deliveryId}.${NOW / 1_000}.${String(body)}`;
    const signatures = [NEW, OLD].map(
      (secret) => `v1,${createHmac('sha256', Buffer.from(secret, 'base64')).update(signed).digest('base64')}`,
    );
    assert.equal(headers['webhook-id'], deliveryId);
    assert.equal(headers['webhook-timestamp'], String(NOW / 1_000));
    assert.equal(headers['webhook-signature'], signatures.join(' '));
  });

  test('a known signature', () => {
    const auth = {
      ApiKeyAuthParameters: { ApiKeyName: 'webhook-signature', ApiKeyValue: `whsec_${OLD}` },
    };
    const requests = new DestinationRequests({
      prepared: prepareParameters({}),
      cloudEvents: undefined,
      timeoutMs: 1,
    });
    const place = {
      destination: { endpoint: 'https://x.example.com/', method: 'POST' } as ApiDestination,
      parameters: auth,
      token: undefined,
    };
    const webhook = delivery(1, {
      deliveryId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      payload: '{"test": 2432232314}',
    });
    const built = requests.build(place, webhook, 1_614_265_330_000);
    assert.ok(typeof built !== 'string');
    assert.equal(built.headers['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});

describe('what an answer means', () => {
  const rows: readonly [status: number, header: string | undefined, outcome: string][] = [
    [200, undefined, 'delivered'],
    [204, undefined, 'delivered'],
    [299, undefined, 'delivered'],
    [206, '7', 'delivered'],
    [301, undefined, 'reject ERROR_FROM_TARGET'],
    [304, undefined, 'reject ERROR_FROM_TARGET'],
    [307, undefined, 'reject ERROR_FROM_TARGET'],
    [400, undefined, 'reject ERROR_FROM_TARGET'],
    [401, undefined, 'retry NO_PERMISSIONS'],
    [403, undefined, 'reject NO_PERMISSIONS'],
    [404, undefined, 'reject ERROR_FROM_TARGET'],
    [407, undefined, 'retry NO_PERMISSIONS'],
    [409, undefined, 'retry ERROR_FROM_TARGET'],
    [410, '7', 'reject ERROR_FROM_TARGET'],
    [413, undefined, 'reject ERROR_FROM_TARGET'],
    [429, undefined, 'retry THROTTLING'],
    [429, '7', 'retry THROTTLING 7000'],
    [429, '-1', 'reject THROTTLING'],
    [500, undefined, 'retry ERROR_FROM_TARGET'],
    [503, 'Thu, 01 Jan 2026 00:01:00 GMT', 'retry ERROR_FROM_TARGET 60000'],
    [599, 'soon', 'retry ERROR_FROM_TARGET'],
  ];
  for (const [status, header, expected] of rows) {
    test(`${status}${header === undefined ? '' : ` Retry-After: ${header}`} → ${expected}`, () => {
      const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
      const sent = request({ endpoint: 'https://api.example.com/a?secret=x' });
      const answer = { kind: 'answer', status, headers, body: 'x'.repeat(5_000) } as const;
      const outcome = outcomeOf(sent, answer, (text) => text, NOW);
      const parts = outcome.status === 'delivered' ? [] : [outcome.code];
      const after = outcome.status === 'retry' ? outcome.afterMs : undefined;
      assert.equal([outcome.status, ...parts, ...(after === undefined ? [] : [after])].join(' '), expected);
      if (outcome.status === 'delivered') return;
      assert.equal(outcome.details?.request, 'POST https://api.example.com/a');
      assert.equal(outcome.details?.httpStatus, status);
      assert.equal(outcome.details?.response?.length, 1_024);
    });
  }

  const failures = {
    timeout: 'retry TIMEOUT',
    aborted: 'retry TIMEOUT',
    connection: 'retry CONNECTION_FAILURE',
    malformed: 'retry ERROR_FROM_TARGET',
    lookup: 'reject CONNECTION_FAILURE',
    blocked: 'reject NO_PERMISSIONS',
    invalid: 'reject INVALID_PARAMETER',
  } as const;
  for (const [kind, expected] of Object.entries(failures)) {
    test(`${kind} → ${expected}`, () => {
      const failure = { kind: kind as keyof typeof failures, reason: 'why' };
      const outcome = outcomeOf(request({}), failure, (text) => text, NOW);
      assert.ok(outcome.status !== 'delivered');
      assert.equal(`${outcome.status} ${outcome.code}`, expected);
    });
  }

  for (const [header, expected] of [
    ['0', 0],
    [' 3 ', 3_000],
    ['1.5', undefined],
    ['', undefined],
    ['9999999999', undefined],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ] as const) {
    test(`Retry-After "${header}" → ${expected}`, () => assert.equal(retryAfter(header, NOW), expected));
  }
});
