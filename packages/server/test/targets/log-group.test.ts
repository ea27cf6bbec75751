// The log-group target against the real logs service, on every store.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OutgoingDelivery, SendOutcome } from '../../src/engine/ports/connector.ts';
import type { LogEventStore } from '../../src/engine/ports/log-group-storage.ts';
import type { LogEntry } from '../../src/engine/ports/log-group-writer.ts';
import { StorageError } from '../../src/engine/ports/storage.ts';
import { parseArn } from '../../src/model/arn.ts';
import { limits } from '../../src/model/limits.ts';
import type { TargetSettings } from '../../src/model/resources.ts';
import { logGroupTarget } from '../../src/targets/log-group.ts';
import { DAY, GROUP, GROUP_ARN, HOUR, logsKit, withLogEvents } from '../services/logs/kit.ts';
import type { LogsKit } from '../services/logs/kit.ts';
import { manualClock } from '../services/manual-clock.ts';
import { memoryPlace, places } from '../services/storages.ts';
import type { StoragePlace } from '../services/storages.ts';
import { delivery, targetSuite } from './target-suite.ts';
import type { TargetWorld } from './target-suite.ts';

/** Shortly after the time that the suite's events carry. */
const TODAY = Date.parse('2026-01-01T00:10:00Z');
const named = { logGroupName: GROUP };

interface Shown {
  readonly logStreamName: string;
  readonly timestamp: number;
  readonly message: string;
}

async function shown(kit: LogsKit): Promise<Shown[]> {
  return (await kit.call('FilterLogEvents', named))['events'] as Shown[];
}

/** The id within the event that a message holds; the message itself where it is no event. */
function eventIdOf(message: string): string {
  try {
    return (JSON.parse(message) as { id: string }).id;
  } catch {
    return message;
  }
}

async function openWorld(makePlace: () => StoragePlace): Promise<TargetWorld> {
  const place = makePlace();
  const storage = await place.open();
  let failure: Error | undefined;
  let held: Promise<void> | undefined;
  const append: LogEventStore['append'] = async (...args) => {
    await held;
    if (failure) throw failure;
    return storage.logEvents.append(...args);
  };
  const clock = manualClock(TODAY);
  const kit = await logsKit({ storage: withLogEvents(storage, { append }), clock });
  await kit.call('CreateLogGroup', named);
  let closed = false;
  const shutDown = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await kit.service.close();
    await storage.close();
    // The store that forgets everything does not mind calls after its end; a store on disk does so by itself.
    failure ??= new StorageError('closed', 'the store is closed');
  };
  return {
    connector: logGroupTarget(kit.service),
    arn: `${GROUP_ARN}:*`,
    missingArn: `${GROUP_ARN}-missing`,
    repeatKey: 'eventId',
    oversized: 'x'.repeat(limits.logBatchBytes - limits.logEventOverheadBytes + 1),
    unacceptable: '',
    async arrived() {
      const events = await shown(kit);
      const streams = new Set(events.map(({ logStreamName }) => logStreamName));
      for (const logStreamName of streams) await kit.call('DeleteLogStream', { ...named, logStreamName });
      return events.map(({ message }) => ({ id: eventIdOf(message), payload: message }));
    },
    failForNow: (secret) => (failure = new StorageError('io', `the disk said ${secret}`)),
    refuse: async () => {
      const statement = { Effect: 'Deny', Principal: '*', Action: 'logs:*', Resource: '*' };
      const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      await kit.call('PutResourcePolicy', { policyName: 'deny', policyDocument });
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    shutDown,
    async close() {
      await shutDown();
      place.remove();
    },
  };
}

for (const { name, make } of places) {
  targetSuite({ name: `log group on ${name}`, open: () => openWorld(make) });
}

const send = (kit: LogsKit, batch: OutgoingDelivery[], target: Partial<TargetSettings> = {}, rule = 'r') =>
  logGroupTarget(kit.service)
    .open(
      parseArn(GROUP_ARN)!,
      { Id: 't', Arn: GROUP_ARN, ...target },
      {
        account: '000000000000',
        region: 'us-east-1',
        ruleArn: `arn:aws:events:us-east-1:000000000000:rule/${rule}`,
      },
    )
    .send(batch, new AbortController().signal);

const openKit = async (): Promise<LogsKit> => {
  const kit = await logsKit({ storage: await memoryPlace().open(), clock: manualClock(TODAY) });
  await kit.call('CreateLogGroup', named);
  return kit;
};

describe('what is written', () => {
  test('the payload at the time of the event', async () => {
    const kit = await openKit();
    await send(kit, [delivery(1)]);
    const [event] = await shown(kit);
    assert.deepEqual(
      [event!.timestamp, event!.message],
      [Date.parse('2026-01-01T00:00:00Z'), delivery(1).payload],
    );
  });

  test('one stream for each rule and day, with a name like a UUID; a restart goes on with it', async () => {
    const kit = await openKit();
    const names = async (): Promise<string[]> => [
      ...new Set((await shown(kit)).map(({ logStreamName }) => logStreamName)),
    ];
    await send(kit, [delivery(1)]);
    await send(kit, [delivery(2)]);
    assert.equal((await names()).length, 1);
    assert.match((await names())[0]!, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    const restarted = await logsKit({ storage: kit.storage, clock: kit.clock, seed: 2 });
    await send(restarted, [delivery(3)]);
    assert.equal((await names()).length, 1);
    await send(kit, [delivery(4)], {}, 'other');
    assert.equal((await names()).length, 2);
    await kit.clock.advance(DAY);
    await send(kit, [delivery(5)]);
    assert.equal((await names()).length, 3);
  });

  test('a stream that somebody deleted is made again by the next attempt', async () => {
    const kit = await openKit();
    await send(kit, [delivery(1)]);
    const [{ logStreamName }] = (await shown(kit)) as [Shown];
    await kit.call('DeleteLogStream', { ...named, logStreamName });
    const [again] = await send(kit, [delivery(2)]);
    assert.equal(again!.status, 'retry');
    assert.deepEqual(await send(kit, [delivery(2, { attempt: 2 })]), [{ status: 'delivered' }]);
  });

  test('a group that was deleted and created again takes events', async () => {
    const kit = await openKit();
    await send(kit, [delivery(1)]);
    await kit.call('DeleteLogGroup', named);
    const [gone] = await send(kit, [delivery(2)]);
    assert.equal(gone!.status === 'reject' && gone!.code, 'NO_RESOURCE');
    await kit.call('CreateLogGroup', named);
    assert.deepEqual(await send(kit, [delivery(2)]), [{ status: 'delivered' }]);
  });

  const at = (time: string): OutgoingDelivery =>
    delivery(1, { event: delivery(1).event.replace('2026-01-01T00:00:00Z', time) });
  for (const [title, time, outcome] of [
    ['of now', '2026-01-01T00:10:00Z', 'delivered'],
    ['almost two weeks old', '2025-12-18T00:11:00Z', 'delivered'],
    ['over two weeks old', '2025-12-18T00:09:00Z', 'EVENTS_IN_BATCH_REQUEST_REJECTED'],
    ['over two hours ahead', '2026-01-01T02:11:00Z', 'EVENTS_IN_BATCH_REQUEST_REJECTED'],
  ] as const) {
    test(`an event ${title}: ${outcome}`, async () => {
      const kit = await openKit();
      const [result] = await send(kit, [at(time)]);
      assert.equal(result!.status === 'delivered' ? 'delivered' : result!.code, outcome);
    });
  }

  test('an event older than the retention is rejected', async () => {
    const kit = await openKit();
    await kit.call('PutRetentionPolicy', { ...named, retentionInDays: 1 });
    await kit.clock.advance(DAY + HOUR);
    const [result] = await send(kit, [delivery(1)]);
    assert.match(result!.status === 'reject' ? result!.reason : '', /before the group's retention/);
  });
});

describe('what a transformer made', () => {
  const template = { InputTransformer: { InputTemplate: '{"timestamp":<t>,"message":<m>}' } };
  const eventTime = Date.parse('2026-01-01T00:00:00Z');
  const rows: readonly (readonly [payload: string, expected: LogEntry | 'INVALID_PARAMETER'])[] = [
    ['{"timestamp":1767225660000,"message":"m"}', { timestamp: 1_767_225_660_000, message: 'm' }],
    ['{"timestamp":"1767225660000","message":"m"}', { timestamp: 1_767_225_660_000, message: 'm' }],
    ['{"timestamp":"2026-01-01T00:01:00Z","message":"m"}', { timestamp: 1_767_225_660_000, message: 'm' }],
    ['{"timestamp":"","message":"m"}', { timestamp: eventTime, message: 'm' }],
    ['{"timestamp":"","message":{"a":[1,"x"]}}', { timestamp: eventTime, message: '{"a":[1,"x"]}' }],
    ['{"timestamp":"","message":7}', { timestamp: eventTime, message: '7' }],
    ['{"timestamp":"soon","message":"m"}', 'INVALID_PARAMETER'],
    ['{"timestamp":{},"message":"m"}', 'INVALID_PARAMETER'],
    ['{"timestamp":"","message":""}', 'INVALID_PARAMETER'],
    ['{"timestamp":""}', 'INVALID_PARAMETER'],
    ['"text"', 'INVALID_PARAMETER'],
    ['[]', 'INVALID_PARAMETER'],
  ];
  for (const [payload, expected] of rows) {
    test(payload, async () => {
      const kit = await openKit();
      const good = delivery(2, { payload: '{"timestamp":"","message":"neighbour"}' });
      const outcomes: SendOutcome[] = await send(kit, [delivery(1, { payload }), good], template);
      const events = (await shown(kit)).map(({ timestamp, message }) => ({ timestamp, message }));
      const neighbour = { timestamp: eventTime, message: 'neighbour' };
      assert.deepEqual(outcomes[1], { status: 'delivered' });
      if (expected === 'INVALID_PARAMETER') {
        assert.equal(outcomes[0]!.status === 'reject' && outcomes[0]!.code, expected);
        assert.deepEqual(events, [neighbour]);
      } else {
        assert.deepEqual(
          events.filter(({ message }) => message !== 'neighbour'),
          [expected],
        );
      }
    });
  }
});

describe('what PutTargets checks', () => {
  const connector = logGroupTarget({ write: async () => [] });
  const transformer = (InputTemplate: string): Partial<TargetSettings> => ({
    InputTransformer: { InputTemplate },
  });
  const NOT_JSON = 'Input for target t is not a valid JSON text.';
  const malformed = (arn: string): string =>
    `Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`;
  const LOGS = 'arn:aws:logs:us-east-1:000000000000';
  const rows: readonly (readonly [string, string, Partial<TargetSettings>, string | undefined])[] = [
    ['a group', GROUP_ARN, {}, undefined],
    ['a group with its streams', `${GROUP_ARN}:*`, {}, undefined],
    ['a stream', `${GROUP_ARN}:log-stream:s`, {}, malformed(`${GROUP_ARN}:log-stream:s`)],
    ['no group', `${LOGS}:log-group:`, {}, malformed(`${LOGS}:log-group:`)],
    ['something else', `${LOGS}:destination:d`, {}, malformed(`${LOGS}:destination:d`)],
    [
      'no account',
      'arn:aws:logs:us-east-1::log-group:g',
      {},
      malformed('arn:aws:logs:us-east-1::log-group:g'),
    ],
    ['the template', GROUP_ARN, transformer('{"timestamp": <t>, "message": <m>}'), undefined],
    [
      'a template with quotes',
      GROUP_ARN,
      transformer('{"message":"at <a> of <m>","timestamp":"<t>"}'),
      undefined,
    ],
    ['a template of another form', GROUP_ARN, transformer('{"time":<t>,"message":<m>}'), NOT_JSON],
    ['a template with more', GROUP_ARN, transformer('{"timestamp":<t>,"message":<m>,"x":1}'), NOT_JSON],
    ['a template of text', GROUP_ARN, transformer('"<m>"'), NOT_JSON],
    ['a template that is no JSON', GROUP_ARN, transformer('{"timestamp":<t>,"message":'), NOT_JSON],
    ['a constant of the form', GROUP_ARN, { Input: '{"timestamp":1,"message":"x"}' }, undefined],
    ['another constant', GROUP_ARN, { Input: '{"a":1}' }, NOT_JSON],
    ['a path', GROUP_ARN, { InputPath: '$.detail' }, 'Parameter InputPath is not valid for target t.'],
    ['a block', GROUP_ARN, { SqsParameters: {} }, 'Parameter SqsParameters is not valid for targett.'],
  ];
  for (const [title, arn, settings, text] of rows) {
    test(title, () => {
      assert.equal(connector.check(parseArn(arn)!, { Id: 't', Arn: arn, ...settings }), text);
    });
  }
});
