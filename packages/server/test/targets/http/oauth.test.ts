import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import type { SendOutcome } from '../../../src/engine/ports/connector.ts';
import { parseArn } from '../../../src/model/arn.ts';
import type { OAuthParameters } from '../../../src/model/connections.ts';
import { createHttpClients } from '../../../src/targets/http/index.ts';
import { createOAuthClient } from '../../../src/targets/http/oauth-client.ts';
import { FakeClock } from '../../engine/fake-clock.ts';
import { CONTEXT, delivery } from '../target-suite.ts';
import { openDestinations } from './destination-world.ts';
import { startOAuthServer, type OAuthServer } from './oauth-server.ts';
import { startPeer, type Cleaner } from './peer.ts';

const SECRET = 'hunter2-wJalrXUtnFEMI';
const LIFETIME_SECONDS = 600;
const DEADLINE_MS = 30_000;
const POLL_MS = 5;

const never = (): AbortSignal => new AbortController().signal;

/** The server hashes and signs on other threads: turns of the event loop say nothing of its progress. */
async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  while (!condition()) {
    assert.ok(Date.now() < end, 'the condition does not hold');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const credentials = (tokenUrl: string, secret = SECRET, id = 'busbar') => ({
  authorizationType: 'OAUTH_CLIENT_CREDENTIALS' as const,
  parameters: {
    OAuthParameters: {
      ClientParameters: { ClientID: id, ClientSecret: secret },
      AuthorizationEndpoint: tokenUrl,
      HttpMethod: 'POST' as const,
    },
  },
});

/** An OAuth server, an API that asks it about every token, and a connection to both. */
async function openWorld(t: Cleaner, secret = SECRET, lifetimeSeconds = LIFETIME_SECONDS) {
  const server = await startOAuthServer(t, lifetimeSeconds);
  server.clients.set('busbar', SECRET);
  const api = await startPeer(t, ({ headers }, response) => {
    const token = String(headers.authorization).replace(/^Bearer /, '');
    void server.clientOf(token).then((client) => response.writeHead(client ? 200 : 401).end(client));
  });
  const clock = new FakeClock();
  const destinations = await openDestinations(clock);
  t.after(() => destinations.close());
  const { connections } = destinations;
  const connection = await destinations.connect(credentials(server.tokenUrl, secret));
  const { arn } = await destinations.destination(connection.arn, api.url);
  const session = destinations.connector.open(parseArn(arn)!, { Id: 't', Arn: arn }, CONTEXT);
  return {
    server,
    api,
    clock,
    connections,
    connection,
    state: () => connections.documents.ofArn(connection.arn)!.document,
    settled: () => until(() => connections.documents.ofArn(connection.arn)!.document.state !== 'AUTHORIZING'),
    send: async (): Promise<SendOutcome> => (await session.send([delivery(1)], never()))[0]!,
    tokens: () => api.got.map(({ headers }) => String(headers.authorization)),
  };
}

const revoke = (server: OAuthServer, authorization: string): Promise<void> =>
  server.revoke(authorization.replace(/^Bearer /, ''));

describe('OAuth with a real server', () => {
  test('one token for many requests, until it runs out soon', async (t) => {
    const { server, clock, state, settled, send, tokens } = await openWorld(t);
    assert.equal(state().state, 'AUTHORIZING');
    await settled();
    assert.equal(state().state, 'AUTHORIZED');
    await send();
    await send();
    await clock.advance((LIFETIME_SECONDS - 61) * 1_000);
    await send();
    assert.equal(new Set(tokens()).size, 1);
    await clock.advance(1_000);
    assert.deepEqual(await send(), { status: 'delivered' });
    assert.equal(new Set(tokens()).size, 2);
    assert.equal(server.issued(), 2);
  });

  test('a token that lives shorter than the margin is used for half of its life', async (t) => {
    const { server, clock, settled, send } = await openWorld(t, SECRET, 20);
    await settled();
    await send();
    await clock.advance(9_000);
    await send();
    assert.equal(server.issued(), 1);
    await clock.advance(1_001);
    await send();
    assert.equal(server.issued(), 2);
  });

  test('those who need a token at the same time share one request', async (t) => {
    const { server, clock, settled, send } = await openWorld(t);
    await settled();
    await clock.advance(LIFETIME_SECONDS * 1_000);
    const outcomes = await Promise.all([send(), send(), send(), send()]);
    assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(['delivered']));
    assert.equal(server.issued(), 2);
  });

  test('a revoked token is replaced, and the delivery made, in one go', async (t) => {
    const { server, settled, send, tokens } = await openWorld(t);
    await settled();
    await send();
    await revoke(server, tokens()[0]!);
    assert.deepEqual(await send(), { status: 'delivered' });
    assert.equal(tokens().length, 3);
    assert.equal(new Set(tokens()).size, 2);
  });

  test('a wrong secret: deauthorized, with the reason', async (t) => {
    const { state, settled, send, api } = await openWorld(t, 'wrong-secret');
    await settled();
    assert.equal(state().state, 'DEAUTHORIZED');
    assert.equal(state().stateReason, 'The authorization endpoint answered 401 (invalid_client).');
    const outcome = await send();
    assert.equal(outcome.status === 'reject' && outcome.code, 'NO_PERMISSIONS');
    assert.equal(api.got.length, 0);
  });

  test('a client that is refused later: deauthorized by its next delivery', async (t) => {
    const { server, clock, state, settled, send } = await openWorld(t);
    await settled();
    await send();
    server.clients.delete('busbar');
    await clock.advance(LIFETIME_SECONDS * 1_000);
    const outcome = await send();
    assert.equal(outcome.status === 'reject' && outcome.code, 'NO_PERMISSIONS');
    assert.equal(state().state, 'DEAUTHORIZED');
  });

  test('the secret of the client is rotated: the server first, then the connection', async (t) => {
    const { server, clock, connections, connection, state, settled, send, tokens } = await openWorld(t);
    await settled();
    await send();
    server.clients.set('busbar', 'another-secret-1234567890');
    // The old token is still good.
    assert.deepEqual(await send(), { status: 'delivered' });
    await connections.update(connection, {
      description: undefined,
      kmsKeyIdentifier: undefined,
      ...credentials(server.tokenUrl, 'another-secret-1234567890'),
    });
    assert.equal(state().state, 'AUTHORIZING');
    const meanwhile = await send();
    assert.ok(meanwhile.status === 'delivered' || meanwhile.status === 'retry');
    await settled();
    assert.deepEqual(await send(), { status: 'delivered' });
    assert.equal(new Set(tokens()).size, 2);
    assert.equal(clock.timers, 0);
  });

  test('a server that is down for a while: deliveries wait, the connection stays', async (t) => {
    const { server, clock, state, settled, send } = await openWorld(t);
    await settled();
    await server.close();
    await clock.advance(LIFETIME_SECONDS * 1_000);
    const outcome = await send();
    assert.equal(outcome.status === 'retry' && outcome.afterMs, 1_000);
    assert.equal(state().state, 'AUTHORIZED');
  });

  test('a server that cannot be reached to begin with is asked four times', async (t) => {
    const server = await startOAuthServer(t, LIFETIME_SECONDS);
    await server.close();
    const clock = new FakeClock();
    const destinations = await openDestinations(clock);
    t.after(() => destinations.close());
    const connection = await destinations.connect(credentials(server.tokenUrl));
    const present = () => destinations.connections.documents.ofArn(connection.arn)!.document;
    for (let tries = 1; tries < 4; tries++) {
      await until(() => clock.timers === 1);
      assert.equal(present().state, 'AUTHORIZING');
      await clock.advance(tries * 1_000);
    }
    await until(() => present().state === 'DEAUTHORIZED');
    assert.match(present().stateReason!, /^The connection to 127\.0\.0\.1:\d+ failed \(ECONNREFUSED\)\.$/);
  });

  test('an endpoint at a forbidden address is not reached', async (t) => {
    const server = await startOAuthServer(t, LIFETIME_SECONDS);
    const destinations = await openDestinations(new FakeClock());
    t.after(() => destinations.close());
    const url = server.tokenUrl.replace('127.0.0.1', '127.0.0.2');
    const connection = await destinations.connect(credentials(url));
    const present = () => destinations.connections.documents.ofArn(connection.arn)!.document;
    await until(() => present().state === 'DEAUTHORIZED');
    assert.match(present().stateReason!, /^127\.0\.0\.2 is not a public address/);
    assert.equal(server.issued(), 0);
  });
});

describe('the token request', () => {
  const base: Omit<OAuthParameters, 'AuthorizationEndpoint'> = {
    ClientParameters: { ClientID: 'the id', ClientSecret: 's&cret' },
    HttpMethod: 'POST',
  };
  const FORM = 'grant_type=client_credentials&client_id=the+id&client_secret=s%26cret';
  const rows: readonly [title: string, change: Partial<OAuthParameters>, url: string, body: string][] = [
    ['POST', {}, '/token', FORM],
    ['PUT', { HttpMethod: 'PUT' }, '/token', FORM],
    ['GET', { HttpMethod: 'GET' }, `/token?${FORM}`, ''],
    [
      'with parameters',
      {
        OAuthHttpParameters: {
          HeaderParameters: [{ Key: 'X-A', Value: '1' }],
          QueryStringParameters: [{ Key: 'q', Value: '2' }],
          BodyParameters: [
            { Key: 'scope', Value: 'all' },
            { Key: 'grant_type', Value: 'other' },
          ],
        },
      },
      '/token?q=2',
      `${FORM.replace('client_credentials', 'other')}&scope=all`,
    ],
    [
      'as JSON',
      {
        OAuthHttpParameters: { HeaderParameters: [{ Key: 'Content-Type', Value: 'application/json' }] },
      },
      '/token',
      '{"grant_type":"client_credentials","client_id":"the id","client_secret":"s&cret"}',
    ],
  ];
  const ask = async (t: Cleaner, change: Partial<OAuthParameters>, status: number, text: string) => {
    const peer = await startPeer(t, (_got, response) => response.writeHead(status).end(text));
    const clients = createHttpClients(systemClock(), { allow: ['127.0.0.1'], allowLoopback: false });
    t.after(() => clients.close());
    const client = createOAuthClient(clients.guarded);
    const parameters = { ...base, AuthorizationEndpoint: `${peer.url}/token`, ...change };
    return { got: peer.got, answer: await client.fetchToken(parameters, never()) };
  };
  for (const [title, change, url, body] of rows) {
    test(title, async (t) => {
      const { got, answer } = await ask(t, change, 200, '{"access_token":"t","expires_in":"60"}');
      assert.deepEqual(answer, { kind: 'token', token: 't', expiresInMs: 60_000 });
      assert.deepEqual([got[0]!.url, got[0]!.body, got[0]!.method], [url, body, change.HttpMethod ?? 'POST']);
    });
  }

  const answers: readonly [status: number, text: string, kind: string][] = [
    [200, '{"access_token":"t"}', 'token'],
    [200, '{"access_token":"two words"}', 'refused'],
    [200, '{"access_token":"a\\r\\nb"}', 'refused'],
    [200, '{"access_token":7}', 'refused'],
    [200, '{}', 'refused'],
    [200, 'null', 'refused'],
    [200, '<html>', 'refused'],
    [302, '', 'refused'],
    [400, '{"error":"invalid_grant"}', 'refused'],
    [401, `{"error":"${SECRET}"}`, 'refused'],
    [429, '', 'unreachable'],
    [500, '', 'unreachable'],
    [503, '{"access_token":"t"}', 'unreachable'],
  ];
  for (const [status, text, kind] of answers) {
    test(`${status} ${text} → ${kind}`, async (t) => {
      const { answer } = await ask(t, {}, status, text);
      assert.equal(answer.kind, kind);
      if (answer.kind !== 'token')
        assert.ok(!answer.reason.includes(SECRET) && !answer.reason.includes('s&cret'));
    });
  }
});
