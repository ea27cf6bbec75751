import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventsOperations } from '../../../../src/api/operations/events/index.ts';
import { silentLogger } from '../../../../src/engine/ports/logger.ts';
import { ApiError } from '../../../../src/model/errors.ts';
import { defaultQuotas, limits } from '../../../../src/model/limits.ts';
import { callOf } from './fixture.ts';
import { archived } from '../../../engine/replay-kit.ts';
import { ACCOUNT, fixtureArn, REGION, World } from '../../../engine/world.ts';

type Output = Record<string, unknown>;

const PREFIX = `arn:aws:events:${REGION}:${ACCOUNT}`;
const BUS = `${PREFIX}:event-bus/default`;
const ARCHIVE = `${PREFIX}:archive/a`;
const RULE = `${PREFIX}:rule/on-order`;
const DECEMBER = Date.UTC(2025, 11, 1) / 1_000;
const OTHER = '222222222222';

/** What every row of the tables changes something of. */
const START = {
  ReplayName: 'r',
  EventSourceArn: ARCHIVE,
  EventStartTime: DECEMBER,
  EventEndTime: DECEMBER + 86_400,
  Destination: { Arn: BUS },
};

/** The operations over a running engine. */
class Fixture {
  readonly world: World;
  readonly #operations: ReturnType<typeof eventsOperations>;

  private constructor(world: World) {
    this.world = world;
    const { catalog, ingest, archives, replays } = world.engine;
    this.#operations = eventsOperations({
      catalog,
      ingest,
      archives,
      replays,
      clock: world.clock,
      random: world.random,
      metrics: world.metrics,
      logger: silentLogger,
      quotas: defaultQuotas,
      connections: undefined as never,
      targets: { find: () => undefined },
    });
  }

  /** An archive `a` of ten events, a second each, of the default bus, which has a rule; and a bus `other` with a rule. */
  static async open(): Promise<Fixture> {
    const world = await World.start();
    await world.bus();
    await world.bus('other');
    await world.rule('on-order');
    await world.rule('elsewhere', { bus: 'other' });
    const fixture = new Fixture(world);
    await fixture.call('CreateArchive', { ArchiveName: 'a', EventSourceArn: BUS });
    const [archive] = world.engine.archives.documents.all();
    const events = Array.from({ length: 10 }, (_, index) => archived(world, index));
    await world.storage.archives.put(archive!.uid, events);
    return fixture;
  }

  async call(name: string, input: object, account = ACCOUNT): Promise<Output> {
    const output = await this.#operations.find((each) => each.name === name)!.run(input, callOf(account));
    return JSON.parse(JSON.stringify(output ?? {})) as Output;
  }

  async error(name: string, input: object, account = ACCOUNT): Promise<string> {
    try {
      await this.call(name, input, account);
    } catch (error) {
      assert.ok(error instanceof ApiError, String(error));
      return `${error.code}: ${error.message}`;
    }
    return assert.fail(`${name} succeeded`);
  }

  async untilState(state: string, name = 'r'): Promise<void> {
    const { clock, engine } = this.world;
    await clock.until(() => engine.replays.get({ account: ACCOUNT, region: REGION }, name)?.state === state);
  }
}

const SOURCE = 'ValidationException: Parameter EventSourceArn is not valid. Reason: ';
const DESTINATION = 'ValidationException: Parameter Destination.Arn is not valid. Reason: ';
const FILTERS = 'ValidationException: Parameter Destination.FilterArns is not valid. Reason: ';
const NO_TIME = { EventStartTime: DECEMBER, EventEndTime: DECEMBER };

/** In the order in which the service looks: each row also has the faults of the rows below it. */
const START_ERRORS: readonly (readonly [name: string, change: object, error: string])[] = [
  [
    'a source that is no archive',
    { EventSourceArn: BUS, Destination: { Arn: 'x' }, ...NO_TIME },
    `${SOURCE}Must contain an archive ARN.`,
  ],
  [
    'an archive that is not there',
    { EventSourceArn: `${PREFIX}:archive/none`, Destination: { Arn: 'x' }, ...NO_TIME },
    `${SOURCE}Archive none does not exist.`,
  ],
  [
    'an archive of another account',
    { EventSourceArn: ARCHIVE.replace(ACCOUNT, OTHER), Destination: { Arn: 'x' } },
    `${SOURCE}Archive a does not exist.`,
  ],
  [
    'a destination that is no bus',
    { Destination: { Arn: RULE, FilterArns: ['x'] }, ...NO_TIME },
    `${DESTINATION}Must contain an event bus ARN.`,
  ],
  [
    'a bus that is not there',
    { Destination: { Arn: `${PREFIX}:event-bus/none`, FilterArns: ['x'] }, ...NO_TIME },
    'ResourceNotFoundException: Event bus none does not exist.',
  ],
  [
    'another bus',
    { Destination: { Arn: `${PREFIX}:event-bus/other`, FilterArns: ['x'] }, ...NO_TIME },
    `${DESTINATION}Cross event bus replay is not permitted.`,
  ],
  [
    'a bus of another account',
    { Destination: { Arn: BUS.replace(ACCOUNT, OTHER), FilterArns: ['x'] }, ...NO_TIME },
    `${DESTINATION}Cross event bus replay is not permitted.`,
  ],
  [
    'a filter that is no rule',
    { Destination: { Arn: BUS, FilterArns: [RULE, 'x'] }, ...NO_TIME },
    `${FILTERS}Must contain ARNs of rules on the destination event bus.`,
  ],
  [
    'a filter that is a rule of another bus',
    { Destination: { Arn: BUS, FilterArns: [`${PREFIX}:rule/other/elsewhere`] }, ...NO_TIME },
    `${FILTERS}Must contain ARNs of rules on the destination event bus.`,
  ],
  [
    'a filter that is not there',
    { Destination: { Arn: BUS, FilterArns: [`${PREFIX}:rule/none`] }, ...NO_TIME },
    'ResourceNotFoundException: Rule none does not exist on EventBus default.',
  ],
  [
    'times that are equal',
    { ReplayName: 'taken', ...NO_TIME },
    'ValidationException: Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
  ],
  [
    'an end before the start',
    { ReplayName: 'taken', EventEndTime: DECEMBER - 1 },
    'ValidationException: Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
  ],
  [
    'a name that is taken',
    { ReplayName: 'taken' },
    'ResourceAlreadyExistsException: Replay taken already exists.',
  ],
];

describe('StartReplay', () => {
  it('answers at once, and shows what it has come to', async () => {
    const fixture = await Fixture.open();
    const { clock } = fixture.world;
    const now = clock.now() / 1_000;
    const started = await fixture.call('StartReplay', {
      ...START,
      Description: 'once more',
      Destination: { Arn: BUS, FilterArns: [RULE] },
    });
    const ReplayArn = `${PREFIX}:replay/r`;
    assert.deepEqual(started, { ReplayArn, State: 'STARTING', ReplayStartTime: now });
    const described = {
      ReplayName: 'r',
      ReplayArn,
      Description: 'once more',
      EventSourceArn: ARCHIVE,
      Destination: { Arn: BUS, FilterArns: [RULE] },
      EventStartTime: DECEMBER,
      EventEndTime: DECEMBER + 86_400,
      ReplayStartTime: now,
    };
    const { State, ...shown } = await fixture.call('DescribeReplay', { ReplayName: 'r' });
    assert.deepEqual(shown, described);
    assert.match(String(State), /^(?:STARTING|RUNNING)$/);
    await fixture.untilState('COMPLETED');
    const ended = await fixture.call('DescribeReplay', { ReplayName: 'r' });
    const { ReplayEndTime: endTime } = ended as { ReplayEndTime: number };
    assert.ok(endTime >= now);
    const end = { State: 'COMPLETED', EventLastReplayedTime: DECEMBER + 9, ReplayEndTime: endTime };
    assert.deepEqual(ended, { ...described, ...end });
    assert.equal(fixture.world.targets.deliveredTo(fixtureArn('on-order')).length, 10);
  });

  for (const [name, change, error] of START_ERRORS) {
    it(`refuses ${name}`, async () => {
      const fixture = await Fixture.open();
      await fixture.call('StartReplay', { ...START, ReplayName: 'taken' });
      assert.equal(await fixture.error('StartReplay', { ...START, ...change }), error);
      assert.equal(fixture.world.engine.replays.list({ account: ACCOUNT, region: REGION }).length, 1);
    });
  }

  it('refuses an eleventh replay that is active, but not one of another account', async () => {
    const fixture = await Fixture.open();
    const names = Array.from({ length: limits.activeReplays + 1 }, (_, index) => `r${index}`);
    const answers = await Promise.all(
      names.map((ReplayName) =>
        fixture.call('StartReplay', { ...START, ReplayName }).catch((error: Error) => error.message),
      ),
    );
    const refused = answers.filter((answer) => typeof answer === 'string');
    assert.deepEqual(refused, ['The requested resource exceeds the maximum number allowed.']);
    await fixture.untilState('COMPLETED', 'r0');
    await fixture.call('StartReplay', { ...START, ReplayName: 'later' });
  });

  it('takes a name once, also at the same time, and also when the first has ended', async () => {
    const fixture = await Fixture.open();
    const calls = Array.from({ length: 5 }, () => fixture.call('StartReplay', START));
    const settled = await Promise.allSettled(calls);
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
    await fixture.untilState('COMPLETED');
    assert.equal(
      await fixture.error('StartReplay', START),
      'ResourceAlreadyExistsException: Replay r already exists.',
    );
  });

  it('is not archived again', async () => {
    const fixture = await Fixture.open();
    await fixture.call('StartReplay', START);
    await fixture.untilState('COMPLETED');
    await fixture.world.clock.advance(1_000);
    const { EventCount } = await fixture.call('DescribeArchive', { ArchiveName: 'a' });
    assert.equal(EventCount, 10);
  });
});

describe('CancelReplay and DescribeReplay', () => {
  it('know no replay of another name or account', async () => {
    const fixture = await Fixture.open();
    await fixture.call('StartReplay', START);
    for (const operation of ['CancelReplay', 'DescribeReplay']) {
      const none = 'ResourceNotFoundException: Replay none does not exist.';
      assert.equal(await fixture.error(operation, { ReplayName: 'none' }), none);
      const error = 'ResourceNotFoundException: Replay r does not exist.';
      assert.equal(await fixture.error(operation, { ReplayName: 'r' }, OTHER), error);
    }
  });

  it('cancel what is active, once', async () => {
    const fixture = await Fixture.open();
    const { world } = fixture;
    world.targets.behave(fixtureArn('on-order'), () => 'hang');
    await fixture.call('StartReplay', START);
    await world.clock.until(() => world.targets.seen.length > 0);
    const cancelled = await fixture.call('CancelReplay', { ReplayName: 'r' });
    assert.deepEqual(cancelled, { ReplayArn: `${PREFIX}:replay/r`, State: 'CANCELLING' });
    const illegal = 'IllegalStatusException: Replay r is not in a valid state for this operation.';
    assert.equal(await fixture.error('CancelReplay', { ReplayName: 'r' }), illegal);
    world.targets.release(fixtureArn('on-order'));
    await fixture.untilState('CANCELLED');
    assert.equal(await fixture.error('CancelReplay', { ReplayName: 'r' }), illegal);
    const described = await fixture.call('DescribeReplay', { ReplayName: 'r' });
    assert.ok(described['ReplayEndTime'] !== undefined);
  });

  it('do not cancel what has ended', async () => {
    const fixture = await Fixture.open();
    await fixture.call('StartReplay', START);
    await fixture.untilState('COMPLETED');
    const illegal = 'IllegalStatusException: Replay r is not in a valid state for this operation.';
    assert.equal(await fixture.error('CancelReplay', { ReplayName: 'r' }), illegal);
  });

  it('tell why a replay has failed', async () => {
    const fixture = await Fixture.open();
    fixture.world.targets.behave(fixtureArn('on-order'), () => 'hang');
    await fixture.call('DeleteArchive', { ArchiveName: 'a' });
    await fixture.call('CreateArchive', { ArchiveName: 'a', EventSourceArn: BUS });
    await fixture.call('StartReplay', START);
    await fixture.call('DeleteArchive', { ArchiveName: 'a' });
    await fixture.untilState('FAILED');
    const { State, StateReason } = await fixture.call('DescribeReplay', { ReplayName: 'r' });
    assert.deepEqual([State, StateReason], ['FAILED', 'The archive was deleted.']);
  });
});

describe('ListReplays', () => {
  async function listed(): Promise<Fixture> {
    const fixture = await Fixture.open();
    for (const ReplayName of ['b-1', 'a-2', 'a-1']) {
      await fixture.call('StartReplay', { ...START, ReplayName });
      await fixture.untilState('COMPLETED', ReplayName);
    }
    return fixture;
  }

  const namesOf = ({ Replays }: Output): unknown[] =>
    (Replays as readonly Output[]).map(({ ReplayName }) => ReplayName);

  it('shows the replays by name, filtered by one of their marks, in pages', async () => {
    const fixture = await listed();
    const all = await fixture.call('ListReplays', {});
    assert.deepEqual(namesOf(all), ['a-1', 'a-2', 'b-1']);
    assert.deepEqual(Object.keys((all['Replays'] as Output[])[0]!).sort(), [
      'EventEndTime',
      'EventLastReplayedTime',
      'EventSourceArn',
      'EventStartTime',
      'ReplayEndTime',
      'ReplayName',
      'ReplayStartTime',
      'State',
    ]);
    assert.deepEqual(namesOf(await fixture.call('ListReplays', { NamePrefix: 'a-' })), ['a-1', 'a-2']);
    assert.deepEqual(namesOf(await fixture.call('ListReplays', { State: 'RUNNING' })), []);
    assert.equal(namesOf(await fixture.call('ListReplays', { State: 'COMPLETED' })).length, 3);
    assert.equal(namesOf(await fixture.call('ListReplays', { EventSourceArn: ARCHIVE })).length, 3);
    assert.deepEqual(namesOf(await fixture.call('ListReplays', { EventSourceArn: `${ARCHIVE}x` })), []);
    assert.deepEqual(namesOf(await fixture.call('ListReplays', {}, OTHER)), []);
    const first = await fixture.call('ListReplays', { Limit: 2 });
    assert.deepEqual(namesOf(first), ['a-1', 'a-2']);
    const second = await fixture.call('ListReplays', { Limit: 2, NextToken: first['NextToken'] });
    assert.deepEqual([namesOf(second), second['NextToken']], [['b-1'], undefined]);
  });

  it('takes one filter', async () => {
    const fixture = await listed();
    assert.equal(
      await fixture.error('ListReplays', { NamePrefix: 'a', State: 'RUNNING' }),
      'ValidationException: At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.',
    );
  });
});
