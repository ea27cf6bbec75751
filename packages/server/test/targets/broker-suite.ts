// What every message broker's target has to stand, beyond the target suite: servers that are away, go away, come back,
// hang, or do not let us in.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SendOutcome, TargetSession } from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import { until, type ServerProcess } from './server-process.ts';
import { CONTEXT, delivery, targetSuite } from './target-suite.ts';
import type { TargetSuite, TargetWorld } from './target-suite.ts';

export interface BrokerWorld extends TargetWorld {
  readonly server: Pick<ServerProcess, 'start' | 'kill' | 'hold' | 'output'>;
  /** The password that the connector was given. */
  readonly password: string;
  /** An ARN whose server gets a wrong password. */
  readonly strangerArn?: string;
  /** Opened again after the server was started anew: what watches the other end. */
  rewatch(): Promise<void>;
}

export type BrokerCase =
  | 'connection refused'
  | 'restart in the middle'
  | 'connection lost in mid-send'
  | 'server that hangs'
  | 'wrong password'
  | 'connection ends with its last session';

export interface BrokerSuite extends Omit<TargetSuite, 'open'> {
  readonly skip: string | false;
  open(): Promise<BrokerWorld>;
  readonly brokerSkips?: Readonly<Partial<Record<BrokerCase, string>>>;
}

const never = (): AbortSignal => new AbortController().signal;
const codes = (outcomes: readonly SendOutcome[]): string[] =>
  outcomes.map((outcome) => ('code' in outcome ? `${outcome.status} ${outcome.code}` : outcome.status));
const both = (code: string): string[] => [code, code];

function openSession(world: BrokerWorld, arnText = world.arn): TargetSession {
  const arn = parseArn(arnText)!;
  assert.equal(world.connector.check(arn, { Id: 't', Arn: arnText }), undefined);
  return world.connector.open(arn, { Id: 't', Arn: arnText }, CONTEXT);
}

/** Sends as a lane does: what is to be retried is sent again, until it is through. */
async function deliver(session: TargetSession, index: number, log: SendOutcome[] = []): Promise<void> {
  await until(
    () => `delivery ${index}: ${JSON.stringify(log.slice(-3))}`,
    async () => {
      const [outcome] = await session.send([delivery(index)], never());
      log.push(outcome!);
      assert.notEqual(outcome!.status, 'reject', JSON.stringify(outcome));
      return outcome!.status === 'delivered';
    },
  );
}

const sockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

const cases: Readonly<Record<BrokerCase, (world: BrokerWorld, session: TargetSession) => Promise<void>>> = {
  async 'connection refused'(world, session) {
    await world.server.kill();
    const outcomes = await session.send([delivery(1), delivery(2)], never());
    assert.deepEqual(codes(outcomes), both('retry CONNECTION_FAILURE'));
    // The next one does not even knock, and says when to come again.
    const [next] = await session.send([delivery(3)], never());
    assert.equal(next!.status === 'retry' && next!.code, 'CONNECTION_FAILURE');
    assert.ok(!JSON.stringify([outcomes, next]).includes(world.password));
  },

  async 'restart in the middle'(world, session) {
    await deliver(session, 1);
    assert.deepEqual(
      (await world.arrived()).map(({ id }) => id),
      [delivery(1)[world.repeatKey]],
    );
    await world.server.kill();
    const away = await session.send([delivery(2)], never());
    assert.deepEqual(codes(away), ['retry CONNECTION_FAILURE']);
    await world.server.start();
    await world.rewatch();
    await deliver(session, 2);
    const arrived = await world.arrived();
    assert.ok(arrived.some(({ id }) => id === delivery(2)[world.repeatKey]));
  },

  async 'connection lost in mid-send'(world, session) {
    await deliver(session, 1);
    const letGo = world.server.hold();
    const sent = session.send([delivery(2), delivery(3)], never());
    await world.server.kill();
    letGo();
    assert.deepEqual(codes(await sent), both('retry CONNECTION_FAILURE'));
  },

  async 'server that hangs'(world, session) {
    await deliver(session, 1);
    const letGo = world.server.hold();
    const controller = new AbortController();
    const sent = session.send([delivery(2), delivery(3)], controller.signal);
    controller.abort();
    assert.deepEqual(codes(await sent), both('retry TIMEOUT'));
    letGo();
    await deliver(session, 4);
  },

  async 'wrong password'(world) {
    const session = openSession(world, world.strangerArn);
    const outcomes = await session.send([delivery(1), delivery(2)], never());
    assert.deepEqual(codes(outcomes), both('reject NO_PERMISSIONS'));
    assert.ok(!JSON.stringify(outcomes).includes(world.password));
    await session.close();
  },

  async 'connection ends with its last session'(world, session) {
    const before = sockets();
    const second = openSession(world);
    await deliver(session, 1);
    const open = sockets();
    await deliver(second, 2);
    assert.equal(sockets(), open, 'two sessions of a server share its connection');
    await session.close();
    await deliver(second, 3);
    await second.close();
    await until('the connection has ended', () => sockets() <= before);
  },
};

/** Runs the target suite and the cases above against a broker. */
export function brokerSuite(suite: BrokerSuite): void {
  describe(suite.name, { skip: suite.skip }, () => {
    targetSuite(suite);
    describe(`broker suite: ${suite.name}`, () => {
      for (const [name, run] of Object.entries(cases) as [BrokerCase, (typeof cases)[BrokerCase]][]) {
        test(name, { skip: suite.brokerSkips?.[name] ?? false }, async () => {
          const world = await suite.open();
          try {
            const session = openSession(world);
            await run(world, session);
            await session.close();
          } finally {
            await world.close();
          }
        });
      }
    });
  });
}
