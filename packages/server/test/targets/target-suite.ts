import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type {
  OutgoingDelivery,
  SendOutcome,
  SessionContext,
  TargetConnector,
  TargetSession,
} from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import { traceparentOf } from '../../src/model/trace-context.ts';
import { findConnector } from '../../src/targets/index.ts';

/** What arrived at the target, in order. `id` is whatever of a delivery the target can tell a repeat by. */
export interface Arrived {
  readonly id: string;
  readonly payload: string;
}

/** A connector and the real thing behind it, opened for one test. */
export interface TargetWorld {
  readonly connector: TargetConnector;
  /** A target that exists, and one that does not. */
  readonly arn: string;
  readonly missingArn: string;
  /** By which field of a delivery the target knows a repeat. */
  readonly repeatKey: 'deliveryId' | 'eventId';
  /** Removes and answers everything that arrived. */
  arrived(): Promise<Arrived[]>;
  /** From now on the target fails for the moment, with `secret` in the text of its own error. */
  failForNow?(secret: string): void;
  /** From now on the target refuses us for good. */
  refuse?(): Promise<void>;
  /** Holds every send that comes; the returned function lets them go. */
  hold?(): () => void;
  /** A payload beyond what the target takes. */
  readonly oversized?: string;
  /** A payload that the target refuses, its neighbours in a batch not being concerned. */
  readonly unacceptable?: string;
  /** Takes the target down as the daemon does when it stops. */
  shutDown?(): Promise<void>;
  /** What must stand in no outcome: passwords, keys and tokens that the target is opened with. */
  readonly secrets?: readonly string[];
  /** From now on nothing listens where the target was. */
  disappear?(): Promise<void>;
  /** From now on the target answers what its protocol does not know. */
  talkNonsense?(): void;
  /** From now on the target refuses, and quotes all that it is sent. */
  quoteEverything?(): void;
  /** The time goes by that the connector gives a target to answer. */
  passTime?(): Promise<void>;
  close(): Promise<void>;
}

/** The cases of the suite: a target that cannot have one says why. */
export type TargetCase =
  | 'success'
  | 'batch'
  | 'unicode'
  | 'repeat'
  | 'retryable error'
  | 'permanent error'
  | 'missing resource'
  | 'oversized payload'
  | 'partial failure'
  | 'timeout'
  | 'aborted before'
  | 'shutdown in mid-send'
  | 'several sends at once'
  | 'foreign parameters';

/** Further cases, for connectors that speak with a peer over the network by themselves. */
export type PeerCase = 'connection refused' | 'malformed reply' | 'slow peer' | 'credentials never told';

export interface TargetSuite {
  readonly name: string;
  readonly peerCases?: readonly PeerCase[];
  open(): Promise<TargetWorld>;
  readonly skips?: Readonly<Partial<Record<TargetCase, string>>>;
}

export const CONTEXT: SessionContext = {
  account: '000000000000',
  region: 'us-east-1',
  ruleArn: 'arn:aws:events:us-east-1:000000000000:rule/shop/on-order',
};

const SECRET = 'hunter2-wJalrXUtnFEMI';

/** Delivery number `index`, the same every time. */
export function delivery(index: number, change: Partial<OutgoingDelivery> = {}): OutgoingDelivery {
  const tail = index.toString(16).padStart(12, '0');
  const eventId = `22222222-0000-4000-8000-${tail}`;
  const event = JSON.stringify({
    version: '0',
    id: eventId,
    'detail-type': 'Order',
    source: 'shop.orders',
    account: '000000000000',
    time: '2026-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: [],
    detail: { index },
  });
  return {
    deliveryId: `11111111-0000-4000-8000-${tail}`,
    eventId,
    payload: event,
    event,
    traceHeader: undefined,
    traceparent: traceparentOf(change.traceHeader),
    hops: 0,
    ingestedAt: 1_700_000_000_000,
    attempt: 1,
    ...change,
  };
}

const never = (): AbortSignal => new AbortController().signal;

function openSession(world: TargetWorld, arnText = world.arn): TargetSession {
  const arn = parseArn(arnText)!;
  const target = { Id: 't', Arn: arnText };
  assert.equal(findConnector([world.connector], arn), world.connector);
  assert.equal(world.connector.check(arn, target), undefined);
  return world.connector.open(arn, target, CONTEXT);
}

const statuses = (outcomes: readonly SendOutcome[]): string[] => outcomes.map(({ status }) => status);

function reasonsOf(outcomes: readonly SendOutcome[]): string {
  return outcomes.map((outcome) => ('reason' in outcome ? outcome.reason : '')).join('\n');
}

type Run = (world: TargetWorld, session: TargetSession) => Promise<void>;

const cases: Readonly<Record<TargetCase, Run>> = {
  async success(world, session) {
    const sent = delivery(1);
    assert.deepEqual(await session.send([sent], never()), [{ status: 'delivered' }]);
    assert.deepEqual(await world.arrived(), [{ id: sent[world.repeatKey], payload: sent.payload }]);
  },

  async batch(world, session) {
    const batch = Array.from({ length: session.maxBatch }, (_, index) => delivery(index));
    const outcomes = await session.send(batch, never());
    assert.deepEqual(
      statuses(outcomes),
      batch.map(() => 'delivered'),
    );
    const arrived = await world.arrived();
    assert.deepEqual(
      arrived.map(({ id }) => id).sort(),
      batch.map((each) => each[world.repeatKey]),
    );
  },

  async unicode(world, session) {
    const event = JSON.parse(delivery(1).event) as object;
    const payload = JSON.stringify({ ...event, detail: { text: 'grüße 🚌 \u2028 שלום "quoted" \\ \u0001' } });
    await session.send([delivery(1, { payload, event: payload })], never());
    assert.deepEqual(
      (await world.arrived()).map((each) => each.payload),
      [payload],
    );
  },

  async repeat(world, session) {
    const first = await session.send([delivery(1)], never());
    const second = await session.send([delivery(1, { attempt: 2 })], never());
    assert.deepEqual(statuses([...first, ...second]), ['delivered', 'delivered']);
    const arrived = await world.arrived();
    assert.ok(arrived.length >= 1);
    // Once or twice, but never as two different things.
    assert.equal(new Set(arrived.map(({ id }) => id)).size, 1);
  },

  async 'retryable error'(world, session) {
    world.failForNow!(SECRET);
    const outcomes = await session.send([delivery(1), delivery(2)], never());
    assert.deepEqual(statuses(outcomes), ['retry', 'retry']);
    assert.ok(!reasonsOf(outcomes).includes(SECRET), reasonsOf(outcomes));
  },

  async 'permanent error'(world, session) {
    await world.refuse!();
    const outcomes = await session.send([delivery(1), delivery(2)], never());
    assert.deepEqual(statuses(outcomes), ['reject', 'reject']);
    assert.equal(outcomes[0]!.status === 'reject' && outcomes[0]!.code, 'NO_PERMISSIONS');
    assert.ok(reasonsOf(outcomes).length > 0);
  },

  async 'missing resource'(world) {
    const session = openSession(world, world.missingArn);
    const [outcome] = await session.send([delivery(1)], never());
    assert.equal(outcome!.status === 'reject' && outcome!.code, 'NO_RESOURCE');
    await session.close();
  },

  async 'oversized payload'(world, session) {
    const [outcome] = await session.send([delivery(1, { payload: world.oversized! })], never());
    assert.equal(outcome!.status === 'reject' && outcome!.code, 'INVALID_PARAMETER');
    assert.deepEqual(await world.arrived(), []);
  },

  async 'partial failure'(world, session) {
    const batch = [delivery(1), delivery(2, { payload: world.unacceptable! }), delivery(3)];
    const outcomes = await session.send(batch, never());
    assert.deepEqual(statuses(outcomes), ['delivered', 'reject', 'delivered']);
    assert.deepEqual(
      (await world.arrived()).map(({ id }) => id),
      [batch[0]![world.repeatKey], batch[2]![world.repeatKey]],
    );
  },

  async timeout(world, session) {
    const letGo = world.hold!();
    const controller = new AbortController();
    const sent = session.send([delivery(1), delivery(2)], controller.signal);
    controller.abort();
    const outcomes = await sent;
    letGo();
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === 'retry' && outcome.code),
      ['TIMEOUT', 'TIMEOUT'],
    );
  },

  async 'aborted before'(world, session) {
    const outcomes = await session.send([delivery(1)], AbortSignal.abort());
    assert.deepEqual(statuses(outcomes), ['retry']);
    assert.deepEqual(await world.arrived(), []);
  },

  async 'shutdown in mid-send'(world, session) {
    const letGo = world.hold!();
    const sent = session.send([delivery(1), delivery(2)], never());
    const down = world.shutDown!();
    letGo();
    // Whatever became of it: an answer for each, and none of them final.
    const outcomes = await sent;
    await down;
    assert.equal(outcomes.length, 2);
    for (const { status } of outcomes) assert.ok(status === 'delivered' || status === 'retry', status);
    const late = await session.send([delivery(3)], never());
    assert.deepEqual(statuses(late), ['retry']);
  },

  async 'several sends at once'(world, session) {
    // A connector may change it with every answer.
    const count = session.maxConcurrency;
    const sends = Array.from({ length: count }, (_, index) =>
      session.send([delivery(2 * index), delivery(2 * index + 1)], never()),
    );
    assert.deepEqual(new Set(statuses((await Promise.all(sends)).flat())), new Set(['delivered']));
    assert.equal((await world.arrived()).length, 2 * count);
  },

  async 'foreign parameters'(world) {
    const target = { Id: 't', Arn: world.arn, RunCommandParameters: {} };
    const text = world.connector.check(parseArn(world.arn)!, target);
    assert.equal(text, 'Parameter RunCommandParameters is not valid for targett.');
    const mangled = parseArn(`${world.arn} with spaces`)!;
    assert.match(world.connector.check(mangled, { Id: 't', Arn: mangled.text })!, /not in correct format\.$/);
  },
};

const peerCases: Readonly<Record<PeerCase, Run>> = {
  async 'connection refused'(world, session) {
    await world.disappear!();
    const [outcome] = await session.send([delivery(1)], never());
    assert.equal(outcome!.status === 'retry' && outcome!.code, 'CONNECTION_FAILURE');
  },

  async 'malformed reply'(world, session) {
    world.talkNonsense!();
    const [outcome] = await session.send([delivery(1)], never());
    assert.equal(outcome!.status === 'retry' && outcome!.code, 'ERROR_FROM_TARGET');
  },

  async 'slow peer'(world, session) {
    const letGo = world.hold!();
    const sent = session.send([delivery(1)], never());
    await world.passTime!();
    const [outcome] = await sent;
    letGo();
    assert.equal(outcome!.status === 'retry' && outcome!.code, 'TIMEOUT');
  },

  async 'credentials never told'(world, session) {
    world.quoteEverything!();
    const text = JSON.stringify(await session.send([delivery(1)], never()));
    assert.ok(world.secrets!.length > 0 && text.includes('reject'), text);
    for (const secret of world.secrets!) assert.ok(!text.includes(secret), text);
  },
};

/** Runs every case against a target; a case that does not apply is skipped with the reason that the target gives. */
export function targetSuite(suite: TargetSuite): void {
  describe(`target suite: ${suite.name}`, () => {
    const further = (suite.peerCases ?? []).map((name): [string, Run] => [name, peerCases[name]]);
    for (const [name, run] of [...Object.entries(cases), ...further]) {
      test(name, { skip: suite.skips?.[name as TargetCase] ?? false }, async () => {
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
}
