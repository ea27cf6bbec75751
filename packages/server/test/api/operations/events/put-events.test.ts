import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../../../src/model/errors.ts';
import { ACCOUNT, BUS_ARN, Fixture, NOW, OTHER, type Output } from './fixture.ts';

const GOOD = { Source: 'a', DetailType: 't', Detail: '{}' };
const missing = (name: string): object => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
});
const MALFORMED = { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
const RESERVED = {
  ErrorCode: 'NotAuthorizedForSourceException',
  ErrorMessage: 'Not authorized for the source.',
};

/** Entries over a good one, and their line in the answer; undefined: accepted. */
const ENTRIES: readonly (readonly [entry: object, result: object | undefined])[] = [
  [{}, undefined],
  [{ Source: undefined }, missing('Source')],
  [{ Source: '' }, missing('Source')],
  [{ DetailType: undefined }, missing('DetailType')],
  [{ DetailType: '' }, missing('DetailType')],
  [{ Detail: undefined }, missing('Detail')],
  [{ Detail: '' }, missing('Detail')],
  [{ Source: '', DetailType: '', Detail: '' }, missing('Source')],
  [{ DetailType: '', Detail: '[]' }, missing('DetailType')],
  [{ Detail: '[1]' }, MALFORMED],
  [{ Detail: 'null' }, MALFORMED],
  [{ Detail: '5' }, MALFORMED],
  [{ Detail: '"x"' }, MALFORMED],
  [{ Detail: 'plain text' }, MALFORMED],
  [{ Detail: '{"a":1' }, MALFORMED],
  [{ Detail: '{"a":1} x' }, MALFORMED],
  [{ Detail: ' {"a":1} ' }, undefined],
  [{ Detail: `{"a":${'['.repeat(1_500)}${']'.repeat(1_500)}}` }, undefined],
  [{ Detail: '{"n":123456789012345678901234567890}' }, undefined],
  [{ Source: 'aws.s3' }, RESERVED],
  [{ Source: 'aws.partner/x/y' }, RESERVED],
  [{ Source: 'aws.s3', Detail: '[]' }, MALFORMED],
  [{ Source: 'aws' }, undefined],
  [{ Source: 'awesome' }, undefined],
  [
    { DetailType: 'x'.repeat(129) },
    {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Parameter DetailType is not valid. Reason: DetailType is longer than 128 characters.',
    },
  ],
  [{ DetailType: 'x'.repeat(128) }, undefined],
  [
    { Time: 1e300 },
    {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Parameter Time is not valid. Reason: Time is out of range.',
    },
  ],
  [{ EventBusName: 'does-not-exist' }, undefined],
];

for (const [entry, result] of ENTRIES) {
  test(`entry ${JSON.stringify(entry).slice(0, 60)}`, async () => {
    const fixture = await Fixture.open();
    const answer = await fixture.call('PutEvents', { Entries: [{ ...GOOD, ...entry }] });
    assert.equal(answer['FailedEntryCount'], result ? 1 : 0);
    const [line] = answer['Entries'] as Output[];
    if (result) assert.deepEqual(line, result);
    else assert.deepEqual(Object.keys(line!), ['EventId']);
  });
}

test('bad entries do not touch good ones, and lines stay in order', async () => {
  const fixture = await Fixture.open();
  const answer = await fixture.call('PutEvents', {
    Entries: [GOOD, { ...GOOD, Source: undefined }, { ...GOOD, Detail: '[1]' }, GOOD],
  });
  assert.equal(answer['FailedEntryCount'], 2);
  const lines = answer['Entries'] as Output[];
  assert.deepEqual([lines[1], lines[2]], [missing('Source'), MALFORMED]);
  const records = await fixture.records();
  assert.deepEqual(
    records.map(({ eventId }) => eventId),
    [lines[0]!['EventId'], lines[3]!['EventId']],
  );
});

test('the record of an event', async () => {
  const fixture = await Fixture.open();
  const answer = await fixture.call('PutEvents', {
    Entries: [
      {
        Time: 1_640_995_200.9,
        Source: 'com.example.app',
        Resources: ['r1', 'r2'],
        DetailType: 'OrderPlaced',
        Detail: '{ "b": 1.0, "a": "\\u00e9" }',
        TraceHeader: 'Root=1',
      },
      GOOD,
    ],
  });
  const [first, second] = answer['Entries'] as { EventId: string }[];
  const [order, plain] = await fixture.records();
  const { position: _, ...record } = order!;
  assert.deepEqual(
    { ...record, group: undefined, deduplicationKey: undefined },
    {
      eventId: first!.EventId,
      ingestedAt: NOW,
      account: ACCOUNT,
      event:
        `{"version":"0","id":"${first!.EventId}","detail-type":"OrderPlaced","source":"com.example.app",` +
        '"account":"111111111111","time":"2022-01-01T00:00:00Z","region":"us-east-1","resources":["r1","r2"],' +
        '"detail":{"b":1.0,"a":"\\u00e9"}}',
      traceHeader: 'Root=1',
      hops: 0,
      group: undefined,
      deduplicationKey: undefined,
    },
  );
  assert.match(
    plain!.event,
    /"time":"2024-05-21T09:00:00Z","region":"us-east-1","resources":\[\],"detail":\{\}\}$/,
  );
  assert.equal(plain!.eventId, second!.EventId);
  assert.equal(plain!.traceHeader, undefined);
});

test("the call's trace header serves entries without one", async () => {
  const fixture = await Fixture.open();
  const entries = { Entries: [GOOD, { ...GOOD, TraceHeader: 'Root=entry' }] };
  await fixture.call('PutEvents', entries, ACCOUNT, { traceHeader: 'Root=call' });
  assert.deepEqual(
    (await fixture.records()).map(({ traceHeader }) => traceHeader),
    ['Root=call', 'Root=entry'],
  );
});

test('one append a log, whatever the order of the entries', async () => {
  const fixture = await Fixture.open();
  await fixture.call('CreateEventBus', { Name: 'my-bus' });
  const buses = ['my-bus', undefined, BUS_ARN, 'default', 'nope'];
  await fixture.call('PutEvents', { Entries: buses.map((EventBusName) => ({ ...GOOD, EventBusName })) });
  assert.equal(fixture.appends.length, 2);
  assert.equal(new Set(fixture.appends).size, 2);
  assert.equal((await fixture.records()).length, 2);
  assert.equal((await fixture.records('my-bus')).length, 2);
  assert.equal(await fixture.metric('events_without_bus_total'), '1');
});

test('nothing is appended for a call without a good entry', async () => {
  const fixture = await Fixture.open();
  await fixture.call('PutEvents', { Entries: [{}] });
  assert.deepEqual(fixture.appends, []);
});

for (const [name, entries, accepted] of [
  [
    'just below the limit',
    [{ Source: 'a', DetailType: 't', Detail: `{"x":"${'y'.repeat(1_048_565)}"}` }],
    true,
  ],
  ['at the limit', [{ Source: 'ab', DetailType: 't', Detail: `{"x":"${'y'.repeat(1_048_565)}"}` }], false],
  [
    'a time counts 14 bytes',
    [{ Time: 0, Source: 'a', DetailType: 't', Detail: `{"x":"${'y'.repeat(1_048_552)}"}` }],
    false,
  ],
  ['bytes, not characters', [{ Source: 'é'.repeat(524_288), DetailType: 't', Detail: '{}' }], false],
  ['resources count', [{ ...GOOD, Resources: Array.from({ length: 600 }, () => 'r'.repeat(2_000)) }], false],
  [
    'ten entries of 110 kB',
    Array.from({ length: 10 }, () => ({ ...GOOD, Detail: `{"x":"${'y'.repeat(110_000)}"}` })),
    false,
  ],
  [
    'bus and trace do not count',
    [{ ...GOOD, Detail: `{"x":"${'y'.repeat(1_048_565)}"}`, TraceHeader: 'x'.repeat(500) }],
    true,
  ],
] as const) {
  test(`size: ${name}`, async () => {
    const fixture = await Fixture.open();
    const call = fixture.call('PutEvents', { Entries: entries });
    if (accepted) return void (await call);
    await assert.rejects(call, {
      code: 'ValidationException',
      message: 'Total size of the entries in the request is over the limit.',
    });
    assert.deepEqual(fixture.appends, []);
    return undefined;
  });
}

test('a bus of another region fails the call', async () => {
  const fixture = await Fixture.open();
  const EventBusName = BUS_ARN.replace('us-east-1', 'eu-west-1');
  assert.equal(
    await fixture.error('PutEvents', { Entries: [GOOD, { ...GOOD, EventBusName }] }),
    'ValidationException: Cross-region API call is not allowed.',
  );
});

test('metrics', async () => {
  const fixture = await Fixture.open();
  await fixture.call('PutEvents', { Entries: [GOOD, {}] });
  await fixture.error('PutEvents', { Entries: [{ ...GOOD, Detail: 'x'.repeat(1_048_576) }] });
  const names = {
    put_events_approximate_call_count_total: '2',
    put_events_approximate_success_count_total: '1',
    put_events_approximate_failed_count_total: '1',
    put_events_entries_count_total: '3',
    put_events_failed_entries_count_total: '1',
    put_events_latency_milliseconds_count: '2',
    put_events_request_size_bytes_count: '2',
  };
  for (const [name, value] of Object.entries(names)) assert.equal(await fixture.metric(name), value, name);
});

const failing = (bus: string) => {
  const state: { log?: string } = {};
  const fixture = Fixture.open({
    append: async (log, _records, next) => {
      if (bus === 'every' || log === state.log) throw new ApiError('ThrottlingException', 'Rate exceeded');
      return next();
    },
  });
  return { state, fixture };
};

test('a call fails as a whole when no log takes its events', async () => {
  const fixture = await failing('every').fixture;
  assert.equal(await fixture.error('PutEvents', { Entries: [GOOD] }), 'ThrottlingException: Rate exceeded');
  assert.equal(await fixture.metric('put_events_approximate_throttled_count_total'), '1');
});

test('when one log of several fails, only its entries do', async () => {
  const { state, fixture: opening } = failing('one');
  const fixture = await opening;
  await fixture.call('CreateEventBus', { Name: 'my-bus' });
  state.log = fixture.catalog.bus({ account: ACCOUNT, region: 'us-east-1' }, 'my-bus')!.document.log;
  const answer = await fixture.call('PutEvents', { Entries: [{ ...GOOD, EventBusName: 'my-bus' }, GOOD] });
  const lines = answer['Entries'] as Output[];
  assert.deepEqual(lines[0], { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' });
  assert.ok(lines[1]!['EventId']);
  assert.equal(answer['FailedEntryCount'], 1);
});

test("an event published into another account's bus carries the publisher's account", async () => {
  const fixture = await Fixture.open();
  await fixture.call('CreateEventBus', { Name: 'my-bus' });
  const allow = { EventBusName: 'my-bus', Action: 'events:PutEvents', Principal: OTHER, StatementId: 's' };
  await fixture.call('PutPermission', allow);
  await fixture.call('PutEvents', { Entries: [{ ...GOOD, EventBusName: BUS_ARN }] }, OTHER);
  const [record] = await fixture.records('my-bus');
  assert.equal(record!.account, OTHER);
  assert.match(record!.event, /"account":"222222222222"/);
});
