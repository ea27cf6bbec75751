import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Connections, type NewConnection } from '../../../src/engine/connections/connections.ts';
import { destinationAccess } from '../../../src/engine/connections/destination-access.ts';
import type { Clock } from '../../../src/engine/ports/clock.ts';
import { silentLogger } from '../../../src/engine/ports/logger.ts';
import { formatArn } from '../../../src/model/arn.ts';
import type { ApiDestination } from '../../../src/model/connections.ts';
import { systemRandom } from '../../../src/random.ts';
import { createMemoryStorage } from '../../../src/store/memory/index.ts';
import { openSecretBox } from '../../../src/store/secrets/index.ts';
import { apiDestinationTarget } from '../../../src/targets/api-destination.ts';
import { createHttpClients } from '../../../src/targets/http/index.ts';
import { createOAuthClient } from '../../../src/targets/http/oauth-client.ts';
import { FakeClock } from '../../engine/fake-clock.ts';
import type { TargetWorld } from '../target-suite.ts';
import { startPeer, type Answer, type Cleaner, type Got } from './peer.ts';

const SCOPE = { account: '000000000000', region: 'us-east-1' };
const random = systemRandom();

/** Connections over the memory store, and the connector that uses them. HTTP goes to this machine only. */
export async function openDestinations(clock: Clock) {
  const storage = createMemoryStorage();
  const clients = createHttpClients(clock, { allow: ['127.0.0.1'], allowLoopback: false });
  const connections = await Connections.open({
    storage,
    clock,
    random,
    logger: silentLogger,
    secrets: await openSecretBox([], undefined, silentLogger),
    oauth: createOAuthClient(clients.guarded),
  });
  const connector = apiDestinationTarget({
    client: clients.guarded,
    destinations: destinationAccess(connections),
    clock,
    timeoutMs: 5_000,
  });
  return {
    storage,
    clients,
    connections,
    connector,
    async connect(given: Pick<NewConnection, 'authorizationType' | 'parameters'>) {
      const settings = { name: 'c', description: undefined, kmsKeyIdentifier: undefined };
      const connection = await connections.create(SCOPE, { ...settings, ...given });
      assert.ok(connection);
      return connection;
    },
    async destination(connectionArn: string, endpoint: string, change: Partial<ApiDestination> = {}) {
      const uid = random.uuid();
      const document: ApiDestination = {
        ...SCOPE,
        uid,
        name: 'd',
        arn: formatArn('events', SCOPE.region, SCOPE.account, `api-destination/d/${uid}`),
        connectionArn,
        endpoint,
        method: 'POST',
        ratePerSecond: 1_000_000,
        createdAt: 0,
        modifiedAt: 0,
        ...change,
      };
      assert.ok(await connections.destinations.put(document, undefined));
      return document;
    },
    async close() {
      await connections.close();
      await clients.close();
      await storage.close();
    },
  };
}

/** What ends with a world instead of a test. */
class Leftovers implements Cleaner {
  readonly #ends: (() => Promise<void>)[] = [];

  after(clean: () => Promise<void>): void {
    this.#ends.push(clean);
  }

  async run(): Promise<void> {
    for (const end of this.#ends.toReversed()) await end();
  }
}

export interface Flavour {
  readonly credentials: Pick<NewConnection, 'authorizationType' | 'parameters'>;
  readonly secrets: readonly string[];
  readonly repeatKey: TargetWorld['repeatKey'];
  readonly idOf: (got: Got) => string;
}

/** The suite's world: an HTTP server of this machine, reached through a connection. */
export async function openTargetWorld(flavour: Flavour): Promise<TargetWorld> {
  const leftovers = new Leftovers();
  const ok: Answer = (_got, response) => response.end();
  let answer = ok;
  const peer = await startPeer(leftovers, (got, response) => answer(got, response));
  const clock = new FakeClock();
  const destinations = await openDestinations(clock);
  leftovers.after(() => destinations.close());
  const connection = await destinations.connect(flavour.credentials);
  const { arn } = await destinations.destination(connection.arn, `${peer.url}/hooks`);
  let arrivedBefore = 0;
  return {
    connector: destinations.connector,
    arn,
    missingArn: `${arn.slice(0, -12)}000000000000`,
    repeatKey: flavour.repeatKey,
    secrets: flavour.secrets,
    arrived() {
      const fresh = peer.got.slice(arrivedBefore);
      arrivedBefore = peer.got.length;
      return Promise.resolve(fresh.map((got) => ({ id: flavour.idOf(got), payload: got.body })));
    },
    failForNow: (secret) => {
      answer = (_got, response) => response.writeHead(503).end(secret);
    },
    async refuse() {
      await destinations.connections.deauthorize(connection);
    },
    hold() {
      const held: ServerResponse<IncomingMessage>[] = [];
      answer = (_got, response) => void held.push(response);
      return () => {
        answer = ok;
        for (const response of held) response.end();
      };
    },
    disappear: () => peer.close(),
    talkNonsense: () => {
      answer = (_got, response) => response.socket!.end('HTTP/1.1 what?\r\n\r\n');
    },
    quoteEverything: () => {
      answer = ({ headers, url, body }, response) =>
        response.writeHead(400).end(JSON.stringify({ headers, url, body }));
    },
    async passTime() {
      while (peer.got.length === 0) await once(peer.requests, 'request');
      await clock.advance(5_000);
    },
    shutDown: () => destinations.clients.close(),
    close: () => leftovers.run(),
  };
}
