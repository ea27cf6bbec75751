// Shared connections to message brokers: when they are opened, given up, paused and closed; and sockets that nobody closes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { Clock } from '../../src/engine/ports/clock.ts';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import { Connections, type Connected } from '../../src/targets/broker/connections.ts';
import { closingOnFailure } from '../../src/targets/broker/opened-sockets.ts';
import { retry } from '../../src/targets/broker/outcomes.ts';
import { delivery } from './target-suite.ts';

const SETTINGS = { url: 'test://server' };
const BATCH = [delivery(1)];
const never = (): AbortSignal => new AbortController().signal;
const deliver = async (): Promise<SendOutcome[]> => [DELIVERED];

interface Client extends Connected<number> {
  closed: boolean;
  lose(): void;
}

/** Connections whose clock and luck the test holds. */
function kit() {
  let now = 0;
  let failing = false;
  const clients: Client[] = [];
  let tried = 0;
  const clock: Clock = { now: () => now, after: () => () => undefined };
  const random = { next: () => 1, uuid: () => '' };
  const connections = new Connections<number>(
    { clock, random },
    {
      async connect() {
        tried++;
        if (failing) throw new Error('away');
        const { promise: lost, resolve } = Promise.withResolvers<void>();
        const client: Client = {
          client: clients.length,
          lost,
          lose: resolve,
          closed: false,
          async close() {
            client.closed = true;
          },
        };
        clients.push(client);
        return client;
      },
      failureOf: () => retry('CONNECTION_FAILURE', 'away'),
    },
  );
  return {
    connections,
    clients,
    tried: () => tried,
    fail: (value: boolean) => (failing = value),
    pass: (ms: number) => (now += ms),
  };
}

describe('a shared connection', () => {
  test('is opened by the first send, once for all sessions, and closed behind the last', async () => {
    const { connections, clients } = kit();
    const [one, two] = [connections.lease(SETTINGS), connections.lease(SETTINGS)];
    assert.equal(clients.length, 0);
    const send = (lease: typeof one) => lease.send(BATCH, never(), deliver);
    await Promise.all([send(one), send(two)]);
    await one.release();
    await one.release();
    assert.deepEqual(
      clients.map(({ closed }) => closed),
      [false],
    );
    await two.release();
    assert.deepEqual(
      clients.map(({ closed }) => closed),
      [true],
    );
  });

  test('is kept for a send that is under way when its session ends', async () => {
    const { connections, clients } = kit();
    const lease = connections.lease(SETTINGS);
    const { promise, resolve } = Promise.withResolvers<SendOutcome[]>();
    const sending = lease.send(BATCH, never(), () => promise);
    await new Promise(setImmediate);
    await lease.release();
    assert.equal(clients[0]!.closed, false);
    resolve([DELIVERED]);
    assert.deepEqual(await sending, [DELIVERED]);
    assert.equal(clients[0]!.closed, true);
  });

  test('is opened again after it was lost', async () => {
    const { connections, clients } = kit();
    const lease = connections.lease(SETTINGS);
    await lease.send(BATCH, never(), deliver);
    clients[0]!.lose();
    await new Promise(setImmediate);
    await lease.send(BATCH, never(), deliver);
    assert.equal(clients.length, 2);
    await lease.release();
  });

  test('is given up when a send runs out of time, not when time was up before', async () => {
    const { connections, clients } = kit();
    const lease = connections.lease(SETTINGS);
    await lease.send(BATCH, never(), deliver);
    const [late] = await lease.send(BATCH, AbortSignal.abort(), deliver);
    assert.equal(late!.status === 'retry' && late!.code, 'TIMEOUT');
    assert.equal(clients[0]!.closed, false);
    const controller = new AbortController();
    const sending = lease.send(BATCH, controller.signal, () => new Promise(() => undefined));
    await new Promise(setImmediate);
    controller.abort();
    await sending;
    assert.equal(clients[0]!.closed, true);
    await lease.send(BATCH, never(), deliver);
    assert.equal(clients.length, 2);
    await lease.release();
  });

  test('is not tried again before a pause is over, which grows', async () => {
    const { connections, tried, fail, pass } = kit();
    const lease = connections.lease(SETTINGS);
    const send = async () => (await lease.send(BATCH, never(), deliver))[0]!;
    fail(true);
    assert.deepEqual(await send(), retry('CONNECTION_FAILURE', 'away'));
    assert.deepEqual(await send(), { ...retry('CONNECTION_FAILURE', 'away'), afterMs: 100 });
    assert.equal(tried(), 1);
    pass(100);
    await send();
    assert.equal(tried(), 2);
    pass(100);
    assert.deepEqual(await send(), { ...retry('CONNECTION_FAILURE', 'away'), afterMs: 100 });
    pass(100);
    fail(false);
    assert.deepEqual(await send(), DELIVERED);
    assert.equal(tried(), 3);
    await lease.release();
  });
});

describe('sockets of an attempt to connect', () => {
  async function silentServer() {
    const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, close: () => server.close() };
  }

  test('are closed when it fails, and no others', async () => {
    const server = await silentServer();
    const other = connect(server.port, '127.0.0.1');
    let opened: Socket | undefined;
    const attempt = closingOnFailure(async () => {
      await once(other, 'connect');
      opened = connect(server.port, '127.0.0.1');
      await once(opened, 'connect');
      throw new Error('no answer');
    });
    await assert.rejects(attempt, /no answer/);
    assert.deepEqual([opened!.destroyed, other.destroyed], [true, false]);
    other.destroy();
    server.close();
  });

  test('stay when it succeeds', async () => {
    const server = await silentServer();
    const opened = await closingOnFailure(async () => {
      const socket = connect(server.port, '127.0.0.1');
      await once(socket, 'connect');
      return { socket };
    });
    assert.equal(opened.socket.destroyed, false);
    opened.socket.destroy();
    server.close();
  });
});
