// CloudEvents that come in over HTTP, by the SDK and by hand, and go out again as they came.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CloudEvent, HTTP } from 'cloudevents';
import { startBusbar, type Busbar } from '../../src/compose.ts';
import { configOf, type Config } from '../../src/config.ts';
import { signRequest } from '../../src/model/signature/sign-request.ts';
import { toCloudEvent } from '../../src/targets/cloud-events.ts';
import { delivery } from '../targets/target-suite.ts';

interface Answered {
  readonly status: number;
  readonly message: string | undefined;
  readonly entries: readonly Readonly<Record<string, string>>[];
}

interface Publication {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly path?: string;
}

type Json = Readonly<Record<string, unknown>>;

const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const BINARY = {
  'content-type': 'application/json',
  'ce-specversion': '1.0',
  'ce-id': '7',
  'ce-source': '/shop',
  'ce-type': 'placed',
};
const EVENT = { specversion: '1.0', id: '7', source: '/shop', type: 'placed' };
const json = (change: object = {}): string => JSON.stringify({ ...EVENT, ...change });

const start = (given: Partial<Config> = {}): Promise<Busbar> =>
  startBusbar({ ...configOf({ data: ':memory:', port: 0 }), ...given });

let daemon: Busbar;

before(async () => {
  daemon = await start();
});

after(() => daemon.stop(0));

async function publish(given: Publication, to: Busbar = daemon): Promise<Answered> {
  const { headers = STRUCTURED, body = '', path = '/cloudevents/default' } = given;
  const response = await fetch(to.url + path, { method: 'POST', headers, body });
  const answer = (await response.json()) as { message?: string; Entries?: Answered['entries'] };
  return { status: response.status, message: answer.message, entries: answer.Entries ?? [] };
}

/** The text of an event in the default bus's log. */
async function logged(eventId: string): Promise<string> {
  const query = new URLSearchParams({ pattern: JSON.stringify({ id: [eventId] }), limit: '1' });
  const response = await fetch(`${daemon.url}/_busbar/tail?since=2020-01-01T00:00:00Z&${query.toString()}`);
  const line = (await response.text()).split('\n').find((each) => each.startsWith('{"type":"event"'))!;
  return /"event":(\{.*\})\}$/.exec(line)![1]!;
}

async function taken(given: Publication): Promise<{ readonly text: string; readonly event: Json }> {
  const { status, entries } = await publish(given);
  assert.equal(status, 200);
  const text = await logged(entries[0]!['EventId']!);
  return { text, event: JSON.parse(text) as Json };
}

describe('CloudEvents come in', () => {
  test('structured', async () => {
    const body = json({ subject: 'order/7', time: '2026-01-02T03:04:05.5+01:00', data: { total: 12 } });
    const { event } = await taken({ body });
    assert.deepEqual(
      { ...event, id: '' },
      {
        version: '0',
        id: '',
        'detail-type': 'placed',
        source: '/shop',
        account: '000000000000',
        time: '2026-01-02T02:04:05Z',
        region: 'us-east-1',
        resources: ['order/7', 'cloudevents:id:7'],
        detail: { total: 12 },
      },
    );
  });

  test('binary, with escapes, quotes and UTF-8 in headers', async () => {
    const headers = {
      ...BINARY,
      'ce-id': 'a%20b',
      'ce-subject': '"say \\"hi\\""',
      'ce-type': Buffer.from('grüße').toString('latin1'),
      'ce-source': '50%',
    };
    const { event } = await taken({ headers, body: '{"total": 12}' });
    assert.deepEqual(event['resources'], ['say "hi"', 'cloudevents:id:a b']);
    assert.equal(event['detail-type'], 'grüße');
    assert.equal(event['source'], '50%');
    assert.deepEqual(event['detail'], { total: 12 });
  });

  test('a batch: one answer an event, in order', async () => {
    const { status, entries } = await publish({
      headers: BATCH,
      body: `[${json({ id: '1', data: { n: 1 } })}, ${json({ id: '2', data: { n: 2 } })}]`,
    });
    assert.equal(status, 200);
    const details = entries.map(
      async ({ EventId }) => (JSON.parse(await logged(EventId!)) as Json)['detail'],
    );
    assert.deepEqual(await Promise.all(details), [{ n: 1 }, { n: 2 }]);
  });

  test('a bus by its ARN', async () => {
    const arn = encodeURIComponent('arn:aws:events:us-east-1:000000000000:event-bus/default');
    await taken({ path: `/cloudevents/${arn}`, body: json() });
  });

  const data: readonly [given: string, publication: Publication, detail: string][] = [
    ['an object', { body: json({ data: { b: 1, a: null } }) }, '{"b":1,"a":null}'],
    ['none', { body: json() }, '{}'],
    ['null', { body: json({ data: null }) }, '{}'],
    ['a list', { body: json({ data: [1] }) }, '{"data":[1]}'],
    ['a text', { body: json({ data: 'hi' }) }, '{"data":"hi"}'],
    ['base64', { body: json({ data_base64: 'aGk=' }) }, '{"data_base64":"aGk="}'],
    [
      'numbers as they are spelled',
      { body: json({ data: '#' }).replace('"#"', '{ "n" : 9007199254740993, "m": 1.0 }') },
      '{"n":9007199254740993,"m":1.0}',
    ],
    ['binary: nothing', { headers: BINARY }, '{}'],
    ['binary: a number', { headers: BINARY, body: '5' }, '{"data":5}'],
    [
      'binary: JSON of some type',
      { headers: { ...BINARY, 'content-type': 'application/vnd.x+json' }, body: '{"a":1}' },
      '{"a":1}',
    ],
    [
      'binary: text',
      { headers: { ...BINARY, 'content-type': 'text/plain' }, body: 'grüße "x"' },
      '{"data":"grüße \\"x\\""}',
    ],
    [
      'binary: XML',
      { headers: { ...BINARY, 'content-type': 'application/soap+xml' }, body: '<a/>' },
      '{"data":"<a/>"}',
    ],
    [
      'binary: bytes',
      {
        headers: { ...BINARY, 'content-type': 'application/octet-stream' },
        body: Uint8Array.of(0, 255),
      },
      '{"data_base64":"AP8="}',
    ],
    [
      'binary: text that is none',
      { headers: { ...BINARY, 'content-type': 'text/plain' }, body: Uint8Array.of(255) },
      '{"data_base64":"/w=="}',
    ],
  ];
  for (const [given, publication, detail] of data) {
    test(`data: ${given}`, async () => {
      const { text } = await taken(publication);
      assert.equal(/"detail":(.*)\}$/.exec(text)![1], detail);
    });
  }

  test('an unknown bus takes everything and keeps nothing, as PutEvents does', async () => {
    const { status, entries } = await publish({ path: '/cloudevents/nowhere', body: json() });
    assert.equal(status, 200);
    assert.match(entries[0]!['EventId']!, /^[0-9a-f-]{36}$/);
  });
});

describe('what is no event is turned away', () => {
  const without = (name: string): string => json({ [name]: undefined });
  const { 'ce-type': _type, ...untyped } = BINARY;
  const rows: readonly [given: string, publication: Publication, status: number, says: RegExp][] = [
    ['broken JSON', { body: '{"specversion"' }, 400, /not valid JSON/],
    ['no object', { body: '[]' }, 400, /must be a JSON object/],
    ['no UTF-8', { body: Uint8Array.of(0x22, 0xff, 0x22) }, 400, /not valid JSON/],
    ['no id', { body: without('id') }, 400, /attribute id/],
    ['no source', { body: without('source') }, 400, /attribute source/],
    ['no type', { body: without('type') }, 400, /attribute type/],
    ['an empty type', { body: json({ type: '' }) }, 400, /attribute type/],
    ['a number for an id', { body: json({ id: 7 }) }, 400, /attribute id/],
    ['another version', { body: json({ specversion: '0.3' }) }, 400, /specversion/],
    ['a time that is none', { body: json({ time: 'yesterday' }) }, 400, /RFC 3339/],
    ['a day that is none', { body: json({ time: '2026-02-31T25:00:00Z' }) }, 400, /RFC 3339/],
    ['binary without a type', { headers: untyped, body: '{}' }, 400, /attribute type/],
    ['binary with broken JSON', { headers: BINARY, body: '{' }, 400, /not valid JSON/],
    [
      'a plain JSON request',
      { headers: { 'content-type': 'application/json' }, body: '{}' },
      415,
      /no CloudEvent/,
    ],
    ['another format', { headers: { 'content-type': 'application/cloudevents+xml' } }, 415, /no CloudEvent/],
    ['a batch that is none', { headers: BATCH, body: '{}' }, 400, /must be a JSON array/],
    ['an empty batch', { headers: BATCH, body: '[]' }, 400, /'entries' failed to satisfy/],
    [
      'a batch of eleven',
      { headers: BATCH, body: `[${Array(11).fill(json()).join()}]` },
      400,
      /at most 10 events/,
    ],
    ['one bad event in a batch', { headers: BATCH, body: `[${json()},1]` }, 400, /must be a JSON object/],
    ['a bus name that is none', { path: '/cloudevents/a%20b', body: json() }, 400, /eventBusName/],
    ['too much', { body: json({ data: { x: 'x'.repeat(1_048_576) } }) }, 400, /over the limit/],
    ['far too much', { body: json({ data: { x: 'x'.repeat(8_388_608) } }) }, 413, /must not exceed/],
    [
      'another origin',
      { headers: { ...STRUCTURED, origin: 'https://evil.example' }, body: json() },
      403,
      /origins/,
    ],
    ['no bus', { path: '/cloudevents/', body: json() }, 400, /operation is not known/],
  ];
  for (const [given, publication, status, says] of rows) {
    test(given, async () => {
      const answer = await publish(publication);
      assert.equal(answer.status, status);
      assert.match(answer.message!, says);
    });
  }

  test('an event that PutEvents refuses: its status is the answer’s, the others are in', async () => {
    const body = `[${json({ source: 'aws.s3' })},${json({ data: { n: 'in' } })}]`;
    const { status, entries } = await publish({ headers: BATCH, body });
    assert.equal(status, 403);
    assert.equal(entries[0]!['ErrorCode'], 'NotAuthorizedForSourceException');
    assert.match(await logged(entries[1]!['EventId']!), /"n":"in"/);
    assert.equal((await publish({ body: json({ type: 'x'.repeat(129) }) })).status, 400);
  });

  test('other methods', async () => {
    assert.equal((await fetch(`${daemon.url}/cloudevents/default`, { method: 'PUT' })).status, 405);
    assert.equal((await fetch(`${daemon.url}/cloudevents/default`)).status, 404);
  });
});

test('a webhook’s sender may ask', async () => {
  const headers = { 'webhook-request-origin': 'sender.example' };
  const response = await fetch(`${daemon.url}/cloudevents/default`, { method: 'OPTIONS', headers });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('webhook-allowed-origin'), '*');
  assert.equal(response.headers.get('webhook-allowed-rate'), '*');
  assert.equal(response.headers.get('allow'), 'POST, OPTIONS');
});

for (const mode of ['binary', 'structured'] as const) {
  test(`the SDK sends ${mode}, and reads the same from a target`, async () => {
    const sent = new CloudEvent({
      id: 'order-7',
      source: 'https://shop.example/orders',
      type: 'example.shop.placed',
      subject: 'order/7',
      time: '2026-01-02T03:04:05.000Z',
      data: { total: 12 },
    });
    const { headers, body } = HTTP[mode](sent);
    const publication = { headers: headers as Record<string, string>, body: body as string };
    const { text } = await taken(publication);
    const made = toCloudEvent({ ...delivery(1), event: text, payload: text }, 'structured');
    const back = HTTP.toEvent({ headers: { 'content-type': made.contentType }, body: made.body });
    const { account, region, datacontenttype, ...rest } = JSON.parse(JSON.stringify(back)) as Json;
    const { datacontenttype: _given, ...expected } = JSON.parse(JSON.stringify(sent)) as Json;
    assert.deepEqual(rest, expected);
    assert.deepEqual([account, region, datacontenttype], ['000000000000', 'us-east-1', 'application/json']);
  });
}

test('with signatures, an event must be signed as for the Events API', async () => {
  const account = '111111111111';
  const secretAccessKey = 'secret-of-one';
  const signing = await start({ auth: 'sigv4', accounts: { AKIDONE: { account, secretAccessKey } } });
  try {
    const unsigned = await publish({ body: json() }, signing);
    assert.equal(unsigned.status, 401);
    assert.equal(unsigned.message, 'Missing Authentication Token');
    const signed = async (secret: string, service: string): Promise<Answered> => {
      const path = '/cloudevents/default';
      const headers = signRequest(
        {
          method: 'POST',
          path,
          query: '',
          headers: { host: new URL(signing.url).host, ...STRUCTURED },
          body: json(),
        },
        { accessKeyId: 'AKIDONE', secretAccessKey: secret },
        { region: 'us-east-1', service },
        Date.now(),
      );
      return publish({ headers, body: json(), path }, signing);
    };
    assert.equal((await signed(secretAccessKey, 'events')).status, 200);
    assert.equal((await signed('wrong', 'events')).status, 401);
    assert.equal((await signed(secretAccessKey, 'sqs')).status, 401);
  } finally {
    await signing.stop(0);
  }
});
