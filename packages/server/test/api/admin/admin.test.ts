// The operator's API over HTTP: who gets in, what is bad input, and that lists come in pages.
import assert from 'node:assert/strict';
import { get, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { startBusbar, type Busbar } from '../../../src/compose.ts';
import { loadConfig } from '../../../src/config.ts';
import { limits } from '../../../src/model/limits.ts';
import { eventBusArn, ruleArn } from '../../../src/model/arn.ts';
import type { NewDeadLetter } from '../../../src/engine/ports/storage.ts';

let busbar: Busbar;

before(async () => {
  busbar = await startBusbar(loadConfig(['--port', '0', '--data', ':memory:'], {}));
});

after(() => busbar.stop(0));

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly json: Record<string, unknown>;
}

function call(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<Answer> {
  const url = new URL(busbar.url);
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: url.hostname, port: url.port, method, path, headers }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
      incoming.on('end', () => {
        const json = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
        resolve({ status: incoming.statusCode!, headers: incoming.headers, json });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const STATUS = '/_busbar/status';

const doors: readonly [string, Record<string, string>, number][] = [
  ['an address', { host: '127.0.0.1:4010' }, 200],
  ['an address of version 6', { host: '[::1]:4010' }, 200],
  ['localhost', { host: 'localhost:4010' }, 200],
  ['a container of the same network', { host: 'busbar:4010' }, 200],
  ['a name of a local network', { host: 'busbar.internal' }, 200],
  ['a name that somebody may own', { host: 'evil.example.com:4010' }, 403],
  ['a name that ends like an address', { host: '127.0.0.1.evil.com' }, 403],
  [
    'a page of this daemon',
    { host: 'localhost:4010', origin: 'http://localhost:4010', 'sec-fetch-site': 'same-origin' },
    200,
  ],
  ['a page of another origin', { host: 'localhost:4010', origin: 'http://evil.example.com' }, 403],
  ['a page of another port', { host: 'localhost:4010', origin: 'http://localhost:3000' }, 403],
  ['an image of another site', { host: 'localhost:4010', 'sec-fetch-site': 'cross-site' }, 403],
  [
    'a page whose name points here now',
    { host: 'evil.com:4010', origin: 'http://evil.com:4010', 'sec-fetch-site': 'same-origin' },
    403,
  ],
];

for (const [who, headers, status] of doors) {
  test(`${who} gets ${status}`, async () => {
    const answer = await call('GET', STATUS, headers);
    assert.equal(answer.status, status);
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
  });
}

interface Bad {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly status: number;
  readonly message: RegExp;
}

const REDRIVE = { method: 'POST', path: '/_busbar/dead-letters/redrive', headers: JSON_TYPE };

const SET_TARGET = { method: 'POST', path: '/_busbar/targets/set', headers: JSON_TYPE };

const bad: readonly Bad[] = [
  { path: '/_busbar/nothing', status: 404, message: /nothing at this path/ },
  { path: '/_busbar/dead-letters/', status: 404, message: /nothing at this path/ },
  { path: '/_busbar/dead-letters/none', status: 404, message: /There is no dead letter none\./ },
  { path: '/_busbar/dead-letters/%zz', status: 404, message: /There is no dead letter %zz\./ },
  { method: 'DELETE', path: STATUS, status: 405, message: /method is not allowed/ },
  { method: 'POST', path: STATUS, headers: JSON_TYPE, status: 405, message: /method is not allowed/ },
  { path: `${STATUS}?sampleMs=x`, status: 400, message: /sampleMs must be a whole number from 0 to 5000/ },
  { path: `${STATUS}?sampleMs=99999`, status: 400, message: /sampleMs must be/ },
  {
    path: `${STATUS}?what=1`,
    status: 400,
    message: /There is no parameter "what" here: it takes sampleMs\./,
  },
  { path: '/_busbar/dead-letters?max=0', status: 400, message: /max must be a whole number from 1 to 100/ },
  { path: '/_busbar/dead-letters?max=101', status: 400, message: /max must be/ },
  { path: '/_busbar/dead-letters?after=x', status: 400, message: /after must be the "next"/ },
  {
    path: '/_busbar/dead-letters?after=99999999999999999999',
    status: 400,
    message: /after must be the "next"/,
  },
  { path: '/_busbar/dead-letters?bus=a&bus=b', status: 400, message: /bus is given 2 times/ },
  { path: `/_busbar/dead-letters?bus=${'x'.repeat(2_000)}`, status: 400, message: /not have more than 1024/ },
  { path: '/_busbar/tail?bus=none', status: 404, message: /There is no event bus none\./ },
  { path: '/_busbar/tail?pattern=%7B%7D', status: 400, message: /The pattern is not valid/ },
  { path: '/_busbar/tail?since=noon', status: 400, message: /since must be a time/ },
  { path: '/_busbar/tail?since=5', status: 400, message: /since must be a time/ },
  { path: '/_busbar/tail?limit=0', status: 400, message: /limit must be/ },
  { ...REDRIVE, headers: { 'content-type': 'text/plain' }, body: '{}', status: 400, message: /content type/ },
  { ...REDRIVE, body: 'nope', status: 400, message: /not valid JSON/ },
  { ...REDRIVE, body: '[]', status: 400, message: /must be a JSON object/ },
  { ...REDRIVE, body: '{}', status: 400, message: /"ids" must be a list of 1 to 100/ },
  {
    ...REDRIVE,
    body: JSON.stringify({ ids: Array.from({ length: 101 }, () => 'a') }),
    status: 400,
    message: /1 to 100/,
  },
  { ...REDRIVE, body: '{"ids":[1]}', status: 400, message: /"ids" must hold texts/ },
  { ...REDRIVE, body: '{"ids":["a"],"force":1}', status: 400, message: /no member "force"/ },
  { ...REDRIVE, body: '{"ids":["a","b"],"event":"{}"}', status: 400, message: /one dead letter only/ },
  { ...REDRIVE, body: '{"ids":["a"],"event":{}}', status: 400, message: /"event" must be a text/ },
  { ...REDRIVE, body: '{"ids":["a"],"event":"{}","edit":"$"}', status: 400, message: /Either "event"/ },
  { ...REDRIVE, body: '{"ids":["a"],"edit":1}', status: 400, message: /"edit" must be a text/ },
  { ...REDRIVE, body: '{"ids":["a"],"dryRun":"yes"}', status: 400, message: /"dryRun" must be/ },
  {
    ...REDRIVE,
    body: JSON.stringify({ ids: Array.from({ length: 11 }, () => 'a'), dryRun: true }),
    status: 400,
    message: /1 to 10/,
  },
  { ...SET_TARGET, body: '{"id":"1","parameters":{}}', status: 400, message: /"rule" is missing/ },
  { ...SET_TARGET, body: '{"rule":"r","parameters":{}}', status: 400, message: /"id" is missing/ },
  { ...SET_TARGET, body: '{"rule":"r","id":"1"}', status: 400, message: /"parameters" must be/ },
  {
    ...SET_TARGET,
    body: '{"rule":"r","id":"1","parameters":{}}',
    status: 404,
    message: /There is no rule r/,
  },
  { ...REDRIVE, body: `{"ids":["${'x'.repeat(9_000_000)}"]}`, status: 413, message: /must not exceed/ },
];

for (const { method = 'GET', path, headers, body, status, message } of bad) {
  test(`${method} ${path.slice(0, 60)} ${body?.slice(0, 30) ?? ''} is a ${status}`, async () => {
    const answer = await call(method, path, headers, body);
    assert.equal(answer.status, status);
    assert.match(String(answer.json['message']), message);
  });
}

function letter(index: number, rule: string): NewDeadLetter {
  return {
    id: `letter-${index}`,
    createdAt: index,
    eventId: `event-${index}`,
    bus: eventBusArn('us-east-1', '000000000000', 'shop'),
    rule: ruleArn('us-east-1', '000000000000', 'shop', rule),
    target: 'arn:aws:sqs:us-east-1:000000000000:q',
    document: { event: '{}', code: 'NO_RESOURCE', reason: 'none', attempts: 1, notes: [], ingestedAt: 0 },
  };
}

test('dead letters come in pages, of a bus or a rule', async () => {
  const letters = Array.from({ length: 230 }, (_, index) => letter(index, index % 2 ? 'odd' : 'even'));
  await busbar.engine.deadLetters.put(letters);
  for (const [query, expected] of [
    ['', 230],
    ['bus=shop&', 230],
    ['bus=shop&rule=odd&max=50&', 115],
    ['bus=other&', 0],
    ['rule=odd&', 0],
    ['error=NO_RESOURCE&', 230],
    ['error=TIMEOUT&', 0],
    ['target=arn:aws:sqs:us-east-1:000000000000:q&max=7&', 230],
    ['target=other&', 0],
    ['event=event-17&', 1],
  ] as const) {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const path = `/_busbar/dead-letters?${query}${after === undefined ? '' : `after=${after}`}`;
      const { json } = await call('GET', path);
      const page = json['deadLetters'] as { id: string }[];
      assert.ok(page.length <= 100);
      seen.push(...page.map(({ id }) => id));
      after = json['next'] as string | undefined;
    } while (after !== undefined);
    assert.equal(new Set(seen).size, expected, query);
    assert.equal(seen.length, expected, query);
  }
});

test('the API tells what it has', async () => {
  const { json } = await call('GET', '/_busbar/');
  const paths = (json['routes'] as { method: string; path: string }[]).map(
    ({ method, path }) => `${method} ${path}`,
  );
  assert.deepEqual(paths, [
    'GET /_busbar/status',
    'GET /_busbar/tail',
    'GET /_busbar/schedules/next',
    'GET /_busbar/schedules',
    'GET /_busbar/schedules/show',
    'POST /_busbar/schedules/set',
    'POST /_busbar/schedules/pause',
    'POST /_busbar/schedules/resume',
    'POST /_busbar/schedules/trigger',
    'POST /_busbar/schedules/backfill',
    'POST /_busbar/clock',
    'GET /_busbar/dead-letters',
    'GET /_busbar/dead-letters/:id',
    'POST /_busbar/dead-letters/redrive',
    'POST /_busbar/secrets/rotate',
    'POST /_busbar/targets/set',
    'GET /_busbar/events/:id',
    'POST /_busbar/events/resend',
    'POST /_busbar/replays',
    'GET /_busbar/replays',
    'GET /_busbar/replays/:name',
    'POST /_busbar/replays/:name/cancel',
    'GET /_busbar/archives/:archive/replayed',
    'GET /_busbar/archives/:archive/rehearsal',
    'GET /_busbar/archives/:archive/export',
    'POST /_busbar/archives/:archive/import',
    'GET /_busbar/archives/:archive/backtest',
  ]);
});

test('an import takes lines, everything else JSON', async () => {
  const path = '/_busbar/archives/none/import';
  const lines = { 'content-type': 'application/x-ndjson' };
  assert.equal((await call('POST', path, JSON_TYPE, '{}')).status, 400);
  assert.equal((await call('POST', path, lines, 'nonsense')).status, 404);
  assert.equal((await call('POST', '/_busbar/events/resend', lines, '{}')).status, 400);
});

test('there are only so many live tails', async () => {
  const open = (): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      get(`${busbar.url}/_busbar/tail`, { agent: false }, resolve).on('error', reject);
    });
  const answers = await Promise.all(Array.from({ length: limits.liveReaders + 1 }, open));
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode).filter((status) => status !== 200),
    [503],
  );
  for (const answer of answers) answer.destroy();
});

test('an answer is not kept anywhere', async () => {
  const { headers } = await call('GET', STATUS);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['x-content-type-options'], 'nosniff');
});
