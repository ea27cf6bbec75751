import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import type { HttpRequest } from '../../../src/engine/ports/http-client.ts';
import { limits } from '../../../src/model/limits.ts';
import { createHttpClients } from '../../../src/targets/http/index.ts';
import { FakeClock } from '../../engine/fake-clock.ts';
import { startPeer, startRawPeer, type Cleaner } from './peer.ts';

const headerSets = (...sets: Record<string, string>[]) => sets;

const never = (): AbortSignal => new AbortController().signal;

const request = (url: string, change: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: new URL(url),
  headers: {},
  body: '{}',
  timeoutMs: 60_000,
  ...change,
});

describe('HTTP client', () => {
  const clients = createHttpClients(systemClock(), { allow: [], allowLoopback: false });
  const client = clients.trusted;
  after(() => clients.close());

  test('brings method, path, query, headers and body; answers status, headers and body', async (t) => {
    const peer = await startPeer(t, (_got, response) => {
      response.writeHead(201, { 'X-One': 'a', 'Set-Cookie': ['b=1', 'c=2'] }).end('grüße');
    });
    const headers = { 'content-type': 'text/plain', 'X-Mine': 'yes' };
    const answer = await client.request(
      request(`${peer.url}/a%20b?c=d`, { method: 'PUT', headers, body: 'schön' }),
      never(),
    );
    assert.equal(answer.kind === 'answer' && answer.status, 201);
    assert.equal(answer.kind === 'answer' && answer.body, 'grüße');
    assert.equal(answer.kind === 'answer' && answer.headers['x-one'], 'a');
    assert.equal(answer.kind === 'answer' && answer.headers['set-cookie'], 'b=1, c=2');
    const [got] = peer.got;
    assert.deepEqual([got!.method, got!.url, got!.body], ['PUT', '/a%20b?c=d', 'schön']);
    assert.equal(got!.headers['x-mine'], 'yes');
    assert.equal(got!.headers['content-length'], '6');
  });

  test('keeps its connections', async (t) => {
    const peer = await startPeer(t);
    for (let count = 0; count < 20; count++) await client.request(request(peer.url), never());
    assert.equal(peer.got.length, 20);
    assert.ok(peer.connections() < 5, `${peer.connections()} connections`);
  });

  test('follows no redirect', async (t) => {
    const peer = await startPeer(t, (_got, response) =>
      response.writeHead(302, { location: '/other' }).end(),
    );
    const answer = await client.request(request(peer.url), never());
    assert.equal(answer.kind === 'answer' && answer.status, 302);
    assert.equal(peer.got.length, 1);
  });

  test('reads so much of an endless answer, and ends the connection', async (t) => {
    const { promise: cut, resolve } = Promise.withResolvers<void>();
    const peer = await startPeer(t, (_got, response) => {
      response.on('close', resolve);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const answer = await client.request(request(peer.url), never());
    assert.equal(answer.kind === 'answer' && answer.body.length, limits.httpAnswerBytes);
    await cut;
  });

  test('a header that cannot be sent is refused before anything is', async (t) => {
    const peer = await startPeer(t);
    for (const headers of headerSets(
      { 'x-bad': 'a\r\nb: c' },
      { 'bad name': 'x' },
      { 'transfer-encoding': 'chunked' },
    )) {
      const answer = await client.request(request(peer.url, { headers }), never());
      assert.equal(answer.kind, 'invalid');
    }
    assert.equal(peer.got.length, 0);
  });

  test('a URL of another scheme is refused', async () => {
    for (const url of ['ftp://127.0.0.1/', 'file:///etc/passwd', 'data:text/plain,x']) {
      assert.equal((await client.request(request(url), never())).kind, 'invalid');
    }
  });

  test('nobody there', async (t) => {
    const peer = await startPeer(t);
    await peer.close();
    const answer = await client.request(request(peer.url), never());
    assert.deepEqual(answer, {
      kind: 'connection',
      reason: `The connection to 127.0.0.1:${peer.port} failed (ECONNREFUSED).`,
    });
  });

  const malformed: readonly [title: string, bytes: string, kind: string][] = [
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n', 'malformed'],
    ['a status that is no number', 'HTTP/1.1 abc OK\r\n\r\n', 'malformed'],
    ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`, 'malformed'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'malformed'],
    ['a body that is cut off', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort', 'connection'],
    ['nothing', '', 'connection'],
  ];
  for (const [title, bytes, kind] of malformed) {
    test(`the peer answers ${title}`, async (t) => {
      const peer = await startRawPeer(t, (socket) => socket.once('data', () => socket.end(bytes)));
      const answer = await client.request(request(peer.url), never());
      assert.equal(answer.kind, kind);
    });
  }

  test('no failure quotes what was sent', async (t) => {
    const secret = 'hunter2-wJalrXUtnFEMI';
    const peer = await startRawPeer(t, (socket) =>
      socket.once('data', () => socket.end(`${secret}\r\n\r\n`)),
    );
    const url = `${peer.url}/?key=${secret}`;
    for (const headers of headerSets({ authorization: secret }, { 'x-bad': `${secret}\n` })) {
      const answer = await client.request(request(url, { headers }), never());
      assert.ok(answer.kind !== 'answer' && !answer.reason.includes(secret), JSON.stringify(answer));
    }
  });
});

describe('HTTP client: time', () => {
  /** A peer that says `bytes` and then nothing, and a client whose clock stands still. */
  async function openSilence(t: Cleaner, bytes: string) {
    const asked = Promise.withResolvers<void>();
    const cut = Promise.withResolvers<void>();
    const peer = await startRawPeer(t, (socket) => {
      socket.on('close', () => cut.resolve());
      socket.once('data', () => {
        socket.write(bytes);
        asked.resolve();
      });
    });
    const clock = new FakeClock();
    const clients = createHttpClients(clock, { allow: [], allowLoopback: false });
    t.after(() => clients.close());
    return { peer, clock, clients, asked: asked.promise, cut: cut.promise };
  }

  for (const [title, bytes] of [
    ['no answer', ''],
    ['half of the headers', 'HTTP/1.1 200 OK\r\nx'],
    ['half of the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
  ] as const) {
    test(`the whole exchange has one limit: ${title}`, async (t) => {
      const { peer, clock, clients, asked, cut } = await openSilence(t, bytes);
      const answer = clients.trusted.request(request(peer.url, { timeoutMs: 5_000 }), never());
      await asked;
      await clock.advance(5_000);
      assert.equal((await answer).kind, 'timeout');
      await cut;
      assert.equal(clock.timers, 0);
    });
  }

  test('the signal ends an exchange', async (t) => {
    const { peer, clock, clients, asked, cut } = await openSilence(t, '');
    const controller = new AbortController();
    const answer = clients.trusted.request(request(peer.url), controller.signal);
    await asked;
    controller.abort();
    assert.equal((await answer).kind, 'aborted');
    await cut;
    assert.equal(clock.timers, 0);
    assert.equal((await clients.trusted.request(request(peer.url), controller.signal)).kind, 'aborted');
  });

  test('closing ends what is under way and what comes later', async (t) => {
    const { peer, clients, asked } = await openSilence(t, '');
    const answer = clients.trusted.request(request(peer.url), never());
    await asked;
    await clients.close();
    assert.equal((await answer).kind, 'aborted');
    assert.equal((await clients.trusted.request(request(peer.url), never())).kind, 'aborted');
  });
});
