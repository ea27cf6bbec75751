import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ACCOUNT,
  BUS_ARN,
  checkErrorRow,
  DEFAULT_ARN,
  Fixture,
  NOW,
  OTHER,
  PATTERN,
  REGION,
  type ErrorRow,
  type Output,
  type Step,
} from './fixture.ts';

const BUS: Step = ['CreateEventBus', { Name: 'my-bus' }];
const ARCHIVE: Step = ['CreateArchive', { ArchiveName: 'a', EventSourceArn: DEFAULT_ARN }];
const ARCHIVE_OF_BUS: Step = ['CreateArchive', { ArchiveName: 'b', EventSourceArn: BUS_ARN }];
const LIMIT = 'LimitExceededException: The requested resource exceeds the maximum number allowed.';
const BAD_PATTERN =
  'InvalidEventPatternException: Event pattern is not valid. Reason: "int" must be an object or an array\n' +
  ' at [Source: (String)"{"int": 42}"; line: 1, column: 11]';
const MANAGED =
  "ManagedRuleException: Events-Archive-a is a managed rule. Set 'force' parameter to true to override.";
const NO_ARCHIVE = 'ResourceNotFoundException: Archive nope does not exist.';
const NO_BUS = 'ResourceNotFoundException: Event bus my-bus does not exist.';
const FILTERS =
  'ValidationException: At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.';
const NOTHING_GIVEN =
  'ValidationException: At least one of EventPattern, RetentionDays or Description must be provided.';

/** Operations that change rules, as far as they spare those that a service manages. */
const REFUSED: readonly Step[] = [
  ['PutRule', { Name: 'Events-Archive-a', EventPattern: PATTERN }],
  ['EnableRule', { Name: 'Events-Archive-a' }],
  ['DisableRule', { Name: 'Events-Archive-a' }],
  ['DeleteRule', { Name: 'Events-Archive-a' }],
  [
    'PutTargets',
    { Rule: 'Events-Archive-a', Targets: [{ Id: 't', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:q` }] },
  ],
  ['RemoveTargets', { Rule: 'Events-Archive-a', Ids: ['t'] }],
  [
    'TagResource',
    {
      ResourceARN: `arn:aws:events:${REGION}:${ACCOUNT}:rule/Events-Archive-a`,
      Tags: [{ Key: 'k', Value: 'v' }],
    },
  ],
  [
    'UntagResource',
    { ResourceARN: `arn:aws:events:${REGION}:${ACCOUNT}:rule/Events-Archive-a`, TagKeys: ['k'] },
  ],
];

const ERRORS: readonly ErrorRow[] = [
  {
    name: 'a name that is taken, also by the archive of another bus',
    before: [BUS, ARCHIVE],
    call: ['CreateArchive', { ArchiveName: 'a', EventSourceArn: BUS_ARN }],
    error: 'ResourceAlreadyExistsException: Archive a already exists.',
  },
  { name: 'a bus that does not exist', call: ARCHIVE_OF_BUS, error: NO_BUS },
  {
    name: 'a bus of another account',
    call: ['CreateArchive', { ArchiveName: 'a', EventSourceArn: DEFAULT_ARN.replace(ACCOUNT, OTHER) }],
    error: 'ResourceNotFoundException: Event bus default does not exist.',
  },
  {
    name: 'a bus of another region',
    call: ['CreateArchive', { ArchiveName: 'a', EventSourceArn: DEFAULT_ARN.replace(REGION, 'eu-west-1') }],
    error: 'ValidationException: Cross-region API call is not allowed.',
  },
  {
    name: 'another ARN than that of a bus',
    call: [
      'CreateArchive',
      { ArchiveName: 'a', EventSourceArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/r` },
    ],
    error:
      'ValidationException: Parameter EventSourceArn is not valid. Reason: Must contain an event bus ARN.',
  },
  {
    name: 'a bad pattern, in front of a missing bus',
    call: ['CreateArchive', { ...ARCHIVE_OF_BUS[1], EventPattern: '{"int": 42}' }],
    error: BAD_PATTERN,
  },
  {
    name: 'a missing bus, in front of a name that is taken',
    before: [ARCHIVE],
    call: ['CreateArchive', { ArchiveName: 'a', EventSourceArn: BUS_ARN }],
    error: NO_BUS,
  },
  {
    name: 'a pattern over the quota',
    call: ['CreateArchive', { ...ARCHIVE[1], EventPattern: `{"source":["${'x'.repeat(2_048)}"]}` }],
    error: LIMIT,
  },
  {
    name: 'one archive too many',
    quotas: { archives: 1 },
    before: [ARCHIVE],
    call: ['CreateArchive', { ArchiveName: 'second', EventSourceArn: DEFAULT_ARN }],
    error: LIMIT,
  },
  {
    name: "a rule of a user's own that has the name of the archive's",
    before: [['PutRule', { Name: 'Events-Archive-a', EventPattern: PATTERN }]],
    call: ARCHIVE,
    error: 'ResourceAlreadyExistsException: Rule Events-Archive-a already exists on EventBus default.',
  },
  ...['DescribeArchive', 'DeleteArchive'].map((operation): ErrorRow => ({
    name: `${operation} of an archive that does not exist`,
    call: [operation, { ArchiveName: 'nope' }],
    error: NO_ARCHIVE,
  })),
  {
    name: 'the archive of another account',
    before: [ARCHIVE],
    account: OTHER,
    call: ['DescribeArchive', { ArchiveName: 'a' }],
    error: 'ResourceNotFoundException: Archive a does not exist.',
  },
  {
    name: 'an update of an archive that does not exist',
    call: ['UpdateArchive', { ArchiveName: 'nope', RetentionDays: 1 }],
    error: NO_ARCHIVE,
  },
  {
    name: 'an update of nothing, whether or not there is such an archive',
    call: ['UpdateArchive', { ArchiveName: 'nope' }],
    error: NOTHING_GIVEN,
  },
  {
    name: 'an update to a bad pattern',
    before: [ARCHIVE],
    call: ['UpdateArchive', { ArchiveName: 'a', EventPattern: '{"int": 42}' }],
    error: BAD_PATTERN,
  },
  {
    name: 'an update to a pattern over the quota',
    before: [ARCHIVE],
    call: ['UpdateArchive', { ArchiveName: 'a', EventPattern: `{"source":["${'x'.repeat(2_048)}"]}` }],
    error: LIMIT,
  },
  {
    name: 'a list by two filters, in front of a missing bus',
    call: ['ListArchives', { NamePrefix: 'a', EventSourceArn: BUS_ARN }],
    error: FILTERS,
  },
  {
    name: 'a list by name and state',
    call: ['ListArchives', { NamePrefix: 'a', State: 'ENABLED' }],
    error: FILTERS,
  },
  {
    name: 'a list of the archives of a bus that does not exist',
    call: ['ListArchives', { EventSourceArn: BUS_ARN }],
    error: NO_BUS,
  },
  {
    name: 'a list with a token of another question',
    call: ['ListArchives', { NextToken: 'bm90IG91cnM' }],
    error: 'InvalidToken: The pagination token is not valid.',
  },
  {
    name: 'the deletion of a bus that is archived',
    before: [BUS, ARCHIVE_OF_BUS],
    call: ['DeleteEventBus', { Name: 'my-bus' }],
    error: "ValidationException: EventBus can't be deleted since it has rules.",
  },
  ...REFUSED.map((call): ErrorRow => ({
    name: `${call[0]} of an archive's rule`,
    before: [ARCHIVE],
    call,
    error: MANAGED,
  })),
];

for (const row of ERRORS) test(`archives: ${row.name}`, () => checkErrorRow(row));

const namesOf = ({ Archives }: Output): unknown[] =>
  (Archives as { ArchiveName: string }[]).map(({ ArchiveName }) => ArchiveName);

test('an archive is described as it was made; what was not given is left out', async () => {
  const fixture = await Fixture.open();
  await fixture.call(...BUS);
  const given = { Description: 'd', EventPattern: PATTERN, RetentionDays: 7, KmsKeyIdentifier: 'alias/k' };
  const head = {
    ArchiveArn: `arn:aws:events:${REGION}:${ACCOUNT}:archive/b`,
    CreationTime: NOW / 1_000,
    State: 'ENABLED',
  };
  assert.deepEqual(await fixture.call('CreateArchive', { ...ARCHIVE_OF_BUS[1], ...given }), head);
  const empty = { EventCount: 0, SizeBytes: 0 };
  assert.deepEqual(await fixture.call('DescribeArchive', { ArchiveName: 'b' }), {
    ...head,
    ...given,
    ...empty,
    ArchiveName: 'b',
    EventSourceArn: BUS_ARN,
  });
  await fixture.call(...ARCHIVE);
  assert.deepEqual(await fixture.call('DescribeArchive', { ArchiveName: 'a' }), {
    ...head,
    ...empty,
    ArchiveArn: `arn:aws:events:${REGION}:${ACCOUNT}:archive/a`,
    ArchiveName: 'a',
    EventSourceArn: DEFAULT_ARN,
    RetentionDays: 0,
  });
});

test('an update changes what it names; an empty text takes a setting away', async () => {
  const fixture = await Fixture.open();
  await fixture.call('CreateArchive', { ...ARCHIVE[1], Description: 'd', RetentionDays: 7 });
  const described = async (): Promise<Output> => {
    const all = await fixture.call('DescribeArchive', { ArchiveName: 'a' });
    const { Description, EventPattern, RetentionDays, KmsKeyIdentifier } = all;
    return { Description, EventPattern, RetentionDays, KmsKeyIdentifier };
  };
  fixture.now += 5_000;
  const change = { EventPattern: PATTERN, KmsKeyIdentifier: 'alias/k' };
  assert.deepEqual(await fixture.call('UpdateArchive', { ArchiveName: 'a', ...change }), {
    ArchiveArn: `arn:aws:events:${REGION}:${ACCOUNT}:archive/a`,
    CreationTime: NOW / 1_000,
    State: 'ENABLED',
  });
  assert.deepEqual(await described(), { ...change, Description: 'd', RetentionDays: 7 });
  await fixture.call('UpdateArchive', { ArchiveName: 'a', RetentionDays: 0, Description: '' });
  assert.deepEqual(await described(), { ...change, Description: undefined, RetentionDays: 0 });
  await fixture.call('UpdateArchive', { ArchiveName: 'a', EventPattern: '', KmsKeyIdentifier: '' });
  assert.deepEqual(await described(), {
    Description: undefined,
    EventPattern: undefined,
    RetentionDays: 0,
    KmsKeyIdentifier: undefined,
  });
});

test('lists go by name, by bus or by state, in pages', async () => {
  const fixture = await Fixture.open();
  await fixture.call(...BUS);
  for (const name of ['c', 'ab', 'aa']) {
    await fixture.call('CreateArchive', { ArchiveName: name, EventSourceArn: DEFAULT_ARN });
  }
  await fixture.call('CreateArchive', { ...ARCHIVE_OF_BUS[1], Description: 'd', EventPattern: PATTERN });
  const list = async (input: object): Promise<unknown[]> =>
    namesOf(await fixture.call('ListArchives', input));
  assert.deepEqual(await list({}), ['aa', 'ab', 'b', 'c']);
  assert.deepEqual(await list({ NamePrefix: 'a' }), ['aa', 'ab']);
  assert.deepEqual(await list({ State: 'ENABLED' }), ['aa', 'ab', 'b', 'c']);
  assert.deepEqual(await list({ State: 'DISABLED' }), []);
  const ofBus = await fixture.call('ListArchives', { EventSourceArn: BUS_ARN });
  assert.deepEqual(ofBus, {
    Archives: [
      {
        ArchiveName: 'b',
        EventSourceArn: BUS_ARN,
        State: 'ENABLED',
        RetentionDays: 0,
        SizeBytes: 0,
        EventCount: 0,
        CreationTime: NOW / 1_000,
      },
    ],
  });
  const first = await fixture.call('ListArchives', { Limit: 3 });
  assert.deepEqual(namesOf(first), ['aa', 'ab', 'b']);
  const second = await fixture.call('ListArchives', { Limit: 3, NextToken: first['NextToken'] });
  assert.deepEqual(second['NextToken'], undefined);
  assert.deepEqual(namesOf(second), ['c']);
});

test("an archive's rule shows on its bus, is kept from hands, and goes with the archive", async () => {
  const fixture = await Fixture.open();
  await fixture.call('CreateArchive', { ...ARCHIVE[1], EventPattern: ' {"source": ["com.a"]} ' });
  const managed = {
    Name: 'Events-Archive-a',
    Arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/Events-Archive-a`,
    EventPattern: '{"source": ["com.a"],"replay-name":[{"exists":false}]}',
    State: 'ENABLED',
    ManagedBy: 'prod.vhs.events.aws.internal',
    EventBusName: 'default',
  };
  assert.deepEqual(await fixture.call('ListRules'), { Rules: [managed] });
  assert.deepEqual(await fixture.call('DescribeRule', { Name: 'Events-Archive-a' }), {
    ...managed,
    CreatedBy: ACCOUNT,
  });
  const uid = fixture.archives.documents.all()[0]!.uid;
  const { Targets } = await fixture.call('ListTargetsByRule', { Rule: 'Events-Archive-a' });
  assert.deepEqual(Targets, [
    {
      Id: uid,
      Arn: `arn:aws:events:${REGION}:::`,
      InputTransformer: {
        InputPathsMap: {},
        InputTemplate:
          `{"archive-arn": "arn:aws:events:${REGION}:${ACCOUNT}:archive/a:${uid}", ` +
          '"event": <aws.events.event.json>, "ingestion-time": <aws.events.event.ingestion-time>}',
      },
    },
  ]);
  const byTarget = await fixture.call('ListRuleNamesByTarget', { TargetArn: `arn:aws:events:${REGION}:::` });
  assert.deepEqual(byTarget['RuleNames'], ['Events-Archive-a']);

  await fixture.call('UpdateArchive', { ArchiveName: 'a', EventPattern: '' });
  const { EventPattern } = await fixture.call('DescribeRule', { Name: 'Events-Archive-a' });
  assert.equal(EventPattern, '{"replay-name":[{"exists":false}]}');
  assert.deepEqual(await fixture.call('DeleteArchive', { ArchiveName: 'a' }), {});
  assert.deepEqual(await fixture.call('ListRules'), { Rules: [] });
  assert.deepEqual(await fixture.storage.archives.list(), []);
});

test('a rule that was taken away by force stays away, and its bus can go; the archive can still be deleted', async () => {
  const fixture = await Fixture.open();
  await fixture.call(...BUS);
  await fixture.call(...ARCHIVE_OF_BUS);
  const rule = { EventBusName: 'my-bus' };
  const { Targets } = await fixture.call('ListTargetsByRule', { Rule: 'Events-Archive-b', ...rule });
  const Ids = (Targets as { Id: string }[]).map(({ Id }) => Id);
  await fixture.call('RemoveTargets', { Rule: 'Events-Archive-b', ...rule, Ids, Force: true });
  await fixture.call('DeleteRule', { Name: 'Events-Archive-b', ...rule, Force: true });
  await fixture.call('UpdateArchive', { ArchiveName: 'b', EventPattern: PATTERN });
  assert.deepEqual(await fixture.call('ListRules', rule), { Rules: [] });
  await fixture.call('DeleteEventBus', { Name: 'my-bus' });
  assert.deepEqual(namesOf(await fixture.call('ListArchives')), ['b']);
  await fixture.call('DeleteArchive', { ArchiveName: 'b' });
  assert.deepEqual(await fixture.storage.archives.list(), []);
});

test('of several that make an archive of one name at once, one does', async () => {
  const fixture = await Fixture.open();
  await fixture.call(...BUS);
  const results = await Promise.allSettled(
    [DEFAULT_ARN, BUS_ARN, DEFAULT_ARN].map((EventSourceArn) =>
      fixture.call('CreateArchive', { ArchiveName: 'a', EventSourceArn }),
    ),
  );
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal((await fixture.storage.archives.list()).length, 1);
  const rules = [...fixture.catalog.rules({ account: ACCOUNT, region: REGION }, 'default')];
  assert.equal(rules.length + fixture.catalog.ruleCount({ account: ACCOUNT, region: REGION }, 'my-bus'), 1);
});
