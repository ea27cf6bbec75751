import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { silentLogger } from '../../src/engine/ports/logger.ts';
import { rawExchange, startFixture } from './front-door-fixture.ts';
import type { Seen } from './front-door-fixture.ts';

const { port, send, json, seen, metrics, origin } = await startFixture();

const head = (lines: readonly string[]): string =>
  ['POST / HTTP/1.1', 'Host: h', 'X-Amz-Target: AWSEvents.PutEvents', ...lines].join('\r\n') + '\r\n\r\n';
const BODY = '{"Entries":[{}]}';
const REQUEST = head([`Content-Length: ${BODY.length}`]) + BODY;
const raw = (text: string, enough?: (received: string) => boolean): Promise<string> =>
  rawExchange(port, (socket) => socket.write(text), enough);
const statuses = (received: string): string[] => received.match(/HTTP\/1\.1 \d{3}/g) ?? [];

describe('pages', () => {
  it('tell that the daemon lives', async () => {
    assert.deepEqual((await send({ path: '/' })).json, { name: 'busbar', version: '0.0.0-test' });
    assert.equal((await send({ path: '/healthz' })).status, 200);
    assert.equal((await send({ path: '/readyz' })).status, 200);
    assert.equal((await send({ path: '/healthz', method: 'HEAD' })).status, 200);
  });

  it('know nothing else', async () => {
    assert.equal((await send({ path: '/nope' })).status, 404);
    const options = await send({ method: 'OPTIONS', headers: { origin: 'https://other.example' } });
    assert.equal(options.headers.get('allow'), 'GET, HEAD, POST, OPTIONS');
    assert.equal(options.headers.get('access-control-allow-origin'), null);
  });

  it('count requests by names of the model only', async () => {
    await json('AWSEvents.PutEvents', { Entries: [{}] });
    await json('AWSEvents.Made-up', {});
    const text = (await send({ path: '/metrics' })).text;
    assert.match(
      text,
      /busbar_http_requests_total\{service="events",operation="PutEvents",status="200"\} \d/,
    );
    assert.doesNotMatch(text, /Made-up/);
    assert.equal(text, await metrics.text());
  });

  it('can be added', async () => {
    const page = { status: 200, contentType: 'text/plain', body: 'page' };
    const other = await startFixture({
      routes: {
        '/one': () => page,
        '/many/*': ({ path }) => ({ ...page, body: path }),
        '/broken': () => {
          throw new Error('cause');
        },
      },
    });
    assert.equal((await other.send({ path: '/one' })).text, 'page');
    assert.equal((await other.send({ path: '/many/a/b' })).text, '/many/a/b');
    const broken = await other.send({ path: '/broken' });
    assert.equal(broken.status, 500);
    assert.doesNotMatch(broken.text, /cause/);
  });

  it('say when the daemon is not ready', async () => {
    const other = await startFixture({ readiness: async () => false });
    assert.equal((await other.send({ path: '/readyz' })).status, 503);
  });
});

describe('bodies', () => {
  it('take a megabyte of escaped entries', async () => {
    const Detail = JSON.stringify({ text: '\u0001'.repeat(1_000_000) });
    const body = JSON.stringify({ Entries: [{ Detail }] });
    assert.ok(body.length > 7_000_000);
    assert.equal((await json('AWSEvents.PutEvents', body)).status, 200);
  });

  it('end at the limit, declared or not', async () => {
    const declared = await raw(head(['Content-Length: 999999999']), (text) => text.includes('}'));
    assert.deepEqual(statuses(declared), ['HTTP/1.1 413']);
    assert.match(declared, /RequestEntityTooLargeException/);
    const long = await json('AWSEvents.PutEvents', `{"a":"${'x'.repeat(9_000_000)}"}`);
    assert.equal(long.status, 413);
    const chunked = await rawExchange(
      port,
      (socket) => {
        socket.write(head(['Transfer-Encoding: chunked']));
        const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
        for (let at = 0; at < 9; at++) socket.write(chunk);
      },
      (text) => text.includes('}'),
    );
    assert.deepEqual(statuses(chunked), ['HTTP/1.1 413']);
  });

  it('are asked for only when they would be taken', async () => {
    const asked = await raw(head([`Content-Length: ${BODY.length}`, 'Expect: 100-continue']), (text) =>
      text.includes('100 Continue'),
    );
    assert.deepEqual(statuses(asked), ['HTTP/1.1 100']);
    const refused = await raw(head(['Content-Length: 99999999', 'Expect: 100-continue']), (text) =>
      text.includes('}'),
    );
    assert.deepEqual(statuses(refused), ['HTTP/1.1 413']);
    assert.match(refused, /Connection: close/);
  });

  it('are bounded over all connections', async () => {
    const other = await startFixture({ limits: { requestBodiesBytes: 1_000 } });
    assert.equal((await other.json('AWSEvents.PutEvents', ' '.repeat(2_000))).status, 503);
    for (let at = 0; at < 5; at++) {
      assert.equal((await other.json('AWSEvents.PutEvents', BODY.padEnd(900))).status, 200);
    }
  });

  it('come chunked', async () => {
    const answer = await raw(
      `${head(['Transfer-Encoding: chunked'])}8\r\n{"Entrie\r\n8\r\ns":[{}]}\r\n0\r\n\r\n`,
      (text) => text.includes('}'),
    );
    assert.deepEqual(statuses(answer), ['HTTP/1.1 200']);
  });
});

describe('hostile connections', () => {
  const MALFORMED: readonly (readonly [string, string, number])[] = [
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
    ['a header without a name', 'POST / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n', 400],
    ['two lengths', head(['Content-Length: 5', 'Content-Length: 6']), 400],
    ['a length beside chunks', head(['Content-Length: 5', 'Transfer-Encoding: chunked']), 400],
    ['a bad chunk', `${head(['Transfer-Encoding: chunked'])}zz\r\n`, 400],
    ['no host', 'POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n', 400],
    ['a huge header', head([`X-Long: ${'x'.repeat(20_000)}`]), 431],
    ['a huge path', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: h\r\n\r\n`, 431],
  ];
  for (const [behaviour, text, status] of MALFORMED) {
    it(`${behaviour}: ${status}`, async () => {
      assert.deepEqual(statuses(await raw(text)), [`HTTP/1.1 ${status}`]);
    });
  }

  it('bad requests get a body with a code', async () => {
    const answer = await raw('nonsense\r\n\r\n');
    assert.match(answer, /x-amzn-ErrorType: MalformedHttpRequestException/);
    assert.match(answer, /\{"__type":"MalformedHttpRequestException","message":"[^"]+"\}$/);
  });

  it('random bytes never take the daemon down', async () => {
    let state = 42;
    const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) >> 16;
    for (let round = 0; round < 50; round++) {
      const bytes = Buffer.from(Array.from({ length: 200 }, () => next() & 0xff));
      await rawExchange(port, (socket) =>
        socket.end(Buffer.concat([Buffer.from(REQUEST.slice(0, next() % 60)), bytes])),
      );
    }
    assert.equal((await send({ path: '/healthz' })).status, 200);
  });

  it('a truncated body leaves no trace', async () => {
    await rawExchange(port, (socket) => socket.end(head(['Content-Length: 100']) + '{"Entries'));
    assert.equal((await send({ path: '/healthz' })).status, 200);
  });

  it('slow headers and slow bodies end with 408', async () => {
    const slow = await startFixture({
      limits: { requestHeadersMs: 200, requestBodyMs: 300, slowRequestCheckMs: 50 },
    });
    const headers = await rawExchange(slow.port, (socket) =>
      socket.write('POST / HTTP/1.1\r\nHost: h\r\nX-A'),
    );
    assert.deepEqual(statuses(headers), ['HTTP/1.1 408']);
    assert.match(headers, /RequestTimeoutException/);
    const body = await rawExchange(slow.port, (socket) => socket.write(head(['Content-Length: 100']) + '{'));
    assert.deepEqual(statuses(body), ['HTTP/1.1 408']);
  });

  it('pipelined requests are answered in order, also behind a bad one', async () => {
    const answers = await raw(REQUEST.repeat(20), (text) => statuses(text).length >= 20);
    assert.deepEqual(new Set(statuses(answers)), new Set(['HTTP/1.1 200']));
    const mixed = await raw(`${REQUEST}nonsense\r\n\r\n`);
    assert.ok(statuses(mixed).length <= 2, mixed);
  });

  it('connections are bounded', async () => {
    const other = await startFixture({ limits: { connections: 1 } });
    const late = Promise.withResolvers<string>();
    await rawExchange(other.port, (first) => {
      first.write(REQUEST);
      // The answer shows that the daemon holds the first connection when the second one comes.
      first.once('data', () => {
        void rawExchange(other.port, (second) => second.write(REQUEST)).then((received) => {
          late.resolve(received);
          first.destroy();
        });
      });
    });
    assert.equal(await late.promise, '');
  });

  it('requests under way are bounded', async () => {
    const other = await startFixture({ limits: { requestsInFlight: 0 } });
    assert.equal((await other.json('AWSEvents.PutEvents', { Entries: [{}] })).status, 503);
  });
});

describe('failures', () => {
  it('leave their cause in the log, with the request id, and nothing in the answer', async () => {
    const logged: object[] = [];
    const logger = { ...silentLogger, error: (fields: object) => void logged.push(fields) };
    const other = await startFixture({ logger });
    const answer = await other.json('AWSEvents.ListRules', {});
    assert.equal(answer.status, 500);
    const [fields] = logged as { requestId: string; operation: string; err: Error }[];
    assert.equal(fields!.requestId, answer.headers.get('x-amzn-requestid'));
    assert.equal(fields!.operation, 'ListRules');
    assert.equal(fields!.err.message, 'the secret cause');
    await other.json('AWSEvents.DescribeRule', { Name: 'r' });
    await other.json('AWSEvents.CancelReplay', { ReplayName: 'r' });
    assert.equal(logged.length, 1);
  });
});

describe('the origin', () => {
  for (const [host, expected] of [
    ['sqs.us-east-1.localhost:4100', 'http://sqs.us-east-1.localhost:4100'],
    ['[::1]:4100', 'http://[::1]:4100'],
    ['evil/..\\@x', origin],
    ['x'.repeat(300), origin],
  ] as const) {
    it(`${host.slice(0, 40)} → ${expected}`, async () => {
      await raw(REQUEST.replace('Host: h', `Host: ${host}`), (text) => text.includes('}'));
      assert.equal(seen.call!.origin, expected);
    });
  }
});

describe('long polls', () => {
  const RECEIVE = [
    'POST / HTTP/1.1',
    'Host: h',
    'X-Amz-Target: AmazonSQS.ReceiveMessage',
    'Content-Length: 16',
  ];
  const poll = `${RECEIVE.join('\r\n')}\r\n\r\n{"QueueUrl":"u"}`;
  /** Waits for the poll to reach the operation; the promise inside resolves once its signal aborts. */
  const begun = async (fixture: { readonly seen: Seen }): Promise<{ readonly aborted: Promise<void> }> => {
    while (fixture.seen.aborted === undefined) await setImmediate();
    return { aborted: fixture.seen.aborted };
  };

  it('are aborted when the client goes away', async () => {
    seen.aborted = undefined;
    const exchange = rawExchange(port, (socket) => {
      socket.write(poll);
      void begun({ seen }).then(() => socket.destroy());
    });
    await (
      await begun({ seen })
    ).aborted;
    await exchange;
  });

  it('end when the daemon drains, and nothing new is taken', async () => {
    const other = await startFixture();
    const exchange = rawExchange(other.port, (socket) => socket.write(poll));
    await begun(other);
    const started = performance.now();
    await other.door.drain(5_000);
    assert.ok(performance.now() - started < 2_000);
    const received = await exchange;
    assert.deepEqual(statuses(received), ['HTTP/1.1 200']);
    assert.match(received, /Connection: close/);
    await assert.rejects(other.send({ path: '/healthz' }));
  });

  it('draining ends at its time, whatever is under way', async () => {
    const other = await startFixture();
    const drained = Promise.withResolvers<void>();
    await rawExchange(
      other.port,
      (socket) => socket.write(head(['Content-Length: 100', 'Expect: 100-continue'])),
      (received) => {
        assert.match(received, /100 Continue/);
        other.door.drain(50).then(drained.resolve, drained.reject);
        return false;
      },
    );
    await drained.promise;
  });
});
