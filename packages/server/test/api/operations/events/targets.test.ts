import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ACCOUNT,
  checkErrorRow,
  Fixture,
  OTHER,
  PATTERN,
  QUEUE_ARN,
  type ErrorRow,
  type Step,
} from './fixture.ts';

const RULE: Step = ['PutRule', { Name: 'r', EventPattern: PATTERN }];
const ROLE = 'arn:aws:iam::111111111111:role/r';
const put = (...Targets: object[]): Step => ['PutTargets', { Rule: 'r', Targets }];
const arn = (service: string, resource: string, account = ACCOUNT, region = 'us-east-1'): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
const STATES = arn('states', 'stateMachine:m');
const FIFO = `${QUEUE_ARN}.fifo`;

/** Targets with the Id `t1` that are refused. */
const REFUSED: readonly (readonly [name: string, target: object, message: string])[] = [
  [
    'no ARN',
    { Arn: 'queue' },
    'Parameter queue is not valid. Reason: Provided Arn is not in correct format.',
  ],
  [
    'two inputs',
    { Arn: QUEUE_ARN, Input: '{}', InputPath: '$' },
    'Only one of Input, InputPath, or InputTransformer must be provided for target t1.',
  ],
  ['bad Input', { Arn: QUEUE_ARN, Input: 'x' }, 'Input for target t1 is not a valid JSON text.'],
  [
    'unknown placeholder',
    { Arn: QUEUE_ARN, InputTransformer: { InputTemplate: '"<x>"' } },
    'InputTemplate for target t1 contains invalid placeholder x.',
  ],
  ...[
    STATES,
    arn('codebuild', 'project/p'),
    arn('codepipeline', 'p'),
    arn('batch', 'job-queue/q'),
    arn('ecs', 'cluster/c'),
    arn('kinesis', 'stream/s'),
    arn('firehose', 'deliverystream/s'),
    arn('redshift', 'cluster:c'),
    arn('sagemaker', 'pipeline/p'),
    arn('ssm', 'automation-definition/a'),
    arn('events', 'api-destination/d/00000000-0000-4000-8000-000000000000'),
    arn('events', 'target/stop-instance'),
    arn('appsync', 'endpoints/graphql-api/a'),
    arn('glue', 'workflow/w'),
    arn('imagebuilder', 'image-pipeline/p'),
    arn('inspector', 'target/t/template/t'),
    arn('ssm-incidents', 'response-plan/p'),
  ].map((Arn) => [`no role for ${Arn}`, { Arn }, `RoleArn is required for target ${Arn}.`] as const),
  [
    'no batch parameters',
    { Arn: arn('batch', 'job-queue/q'), RoleArn: ROLE },
    'Parameter(s) BatchParameters must be specified for target: t1.',
  ],
  [
    'no ECS parameters',
    { Arn: arn('ecs', 'cluster/c'), RoleArn: ROLE },
    'Parameter(s) EcsParameters must be specified for target: t1.',
  ],
  [
    'no SQS parameters for a FIFO queue',
    { Arn: FIFO },
    'Parameter(s) SqsParameters must be specified for target: t1.',
  ],
  [
    'no run command parameters for a document',
    { Arn: arn('ssm', 'document/d'), RoleArn: ROLE },
    'Parameter RunCommandParameters is not valid for targett1.',
  ],
  [
    'run command parameters for a queue',
    { Arn: QUEUE_ARN, RunCommandParameters: { RunCommandTargets: [] } },
    'Parameter RunCommandParameters is not valid for targett1.',
  ],
  [
    'a kind without a connector',
    { Arn: STATES, RoleArn: ROLE },
    `Parameter ${STATES} is not valid. Reason: Busbar does not support this kind of target yet.`,
  ],
  [
    'a bus of another account without a role',
    { Arn: arn('events', 'event-bus/b', OTHER) },
    `RoleArn is required for target ${arn('events', 'event-bus/b', OTHER)}.`,
  ],
  [
    'a bus of another region without a role',
    { Arn: arn('events', 'event-bus/b', ACCOUNT, 'eu-west-1') },
    `RoleArn is required for target ${arn('events', 'event-bus/b', ACCOUNT, 'eu-west-1')}.`,
  ],
  [
    'a dead-letter queue that is none',
    { Arn: QUEUE_ARN, DeadLetterConfig: { Arn: 'x' } },
    'Parameter x is not valid. Reason: Provided Arn is not in correct format.',
  ],
  [
    'a FIFO dead-letter queue',
    { Arn: QUEUE_ARN, DeadLetterConfig: { Arn: FIFO } },
    `Parameter ${FIFO} is not valid. Reason: A dead-letter queue must be a standard queue.`,
  ],
];

const ERRORS: readonly ErrorRow[] = [
  ...REFUSED.map(([name, target, message]): ErrorRow => ({
    name,
    before: [RULE],
    call: put({ Id: 'good', Arn: QUEUE_ARN }, { Id: 't1', ...target }),
    error: `ValidationException: ${message}`,
  })),
  {
    name: 'what the connector says',
    before: [RULE],
    call: put({ Id: 'refuse', Arn: QUEUE_ARN }),
    error: 'ValidationException: The connector says no.',
  },
  {
    name: 'one target too many, over two calls',
    quotas: { targetsPerRule: 1 },
    before: [RULE, put({ Id: '1', Arn: QUEUE_ARN })],
    call: put({ Id: '2', Arn: QUEUE_ARN }),
    error: 'LimitExceededException: The requested resource exceeds the maximum number allowed.',
  },
  ...(
    [
      ['PutTargets', { Rule: 'nope', Targets: [{ Id: 't', Arn: QUEUE_ARN }] }],
      ['RemoveTargets', { Rule: 'nope', Ids: ['t'] }],
      ['ListTargetsByRule', { Rule: 'nope' }],
    ] as const
  ).flatMap(([operation, input]): ErrorRow[] => [
    {
      name: `${operation} of a rule that does not exist`,
      call: [operation, input],
      error: 'ResourceNotFoundException: Rule nope does not exist on EventBus default.',
    },
    {
      name: `${operation} on a bus that does not exist`,
      call: [operation, { ...input, EventBusName: 'my-bus' }],
      error: 'ResourceNotFoundException: Event bus my-bus does not exist.',
    },
  ]),
];

for (const row of ERRORS) test(`error: ${row.name}`, () => checkErrorRow(row));

test('a call with one bad target puts none', async () => {
  const fixture = await Fixture.open();
  await fixture.call(...RULE);
  await fixture.error(...put({ Id: 'good', Arn: QUEUE_ARN }, { Id: 'bad', Arn: 'x' }));
  assert.deepEqual(await fixture.call('ListTargetsByRule', { Rule: 'r' }), { Targets: [] });
});

test('targets are stored as they were given and replaced by Id', async () => {
  const fixture = await Fixture.open();
  await fixture.call(...RULE);
  const full = {
    Id: 'b',
    Arn: QUEUE_ARN,
    InputTransformer: { InputPathsMap: { x: '$.detail' }, InputTemplate: ' {"x": <x>} ' },
    RetryPolicy: { MaximumRetryAttempts: 3 },
    DeadLetterConfig: { Arn: `${QUEUE_ARN}-dead` },
    SqsParameters: { MessageGroupId: '$.detail.id' },
  };
  const good = { FailedEntryCount: 0, FailedEntries: [] };
  assert.deepEqual(await fixture.call(...put(full, { Id: 'a', Arn: QUEUE_ARN, Input: '{ }' })), good);
  assert.deepEqual(await fixture.call('ListTargetsByRule', { Rule: 'r' }), {
    Targets: [{ Id: 'a', Arn: QUEUE_ARN, Input: '{ }' }, full],
  });
  await fixture.call(...put({ Id: 'b', Arn: QUEUE_ARN }));
  assert.deepEqual(await fixture.call('ListTargetsByRule', { Rule: 'r' }), {
    Targets: [
      { Id: 'a', Arn: QUEUE_ARN, Input: '{ }' },
      { Id: 'b', Arn: QUEUE_ARN },
    ],
  });
  assert.deepEqual(await fixture.call('RemoveTargets', { Rule: 'r', Ids: ['a', 'unknown'] }), good);
  const left = await fixture.call('ListTargetsByRule', { Rule: 'r' });
  assert.deepEqual(
    (left['Targets'] as { Id: string }[]).map(({ Id }) => Id),
    ['b'],
  );
});

test('targets are listed by pages', async () => {
  const fixture = await Fixture.open();
  await fixture.call(...RULE);
  await fixture.call(...put(...['c', 'a', 'b'].map((Id) => ({ Id, Arn: QUEUE_ARN }))));
  const first = await fixture.call('ListTargetsByRule', { Rule: 'r', Limit: 2 });
  assert.deepEqual(
    (first['Targets'] as { Id: string }[]).map(({ Id }) => Id),
    ['a', 'b'],
  );
  const second = await fixture.call('ListTargetsByRule', { Rule: 'r', NextToken: first['NextToken'] });
  assert.deepEqual(second, { Targets: [{ Id: 'c', Arn: QUEUE_ARN }] });
});

test('a bus put again without a role keeps the one that it had; another target does not', async () => {
  const fixture = await Fixture.open();
  await fixture.call(...RULE);
  const distant = { Id: 'bus', Arn: arn('events', 'event-bus/b', OTHER) };
  await fixture.call(...put({ ...distant, RoleArn: ROLE }, { Id: 'q', Arn: QUEUE_ARN, RoleArn: ROLE }));
  await fixture.call(...put(distant, { Id: 'q', Arn: QUEUE_ARN }));
  const { Targets } = await fixture.call('ListTargetsByRule', { Rule: 'r' });
  assert.deepEqual(Targets, [
    { ...distant, RoleArn: ROLE },
    { Id: 'q', Arn: QUEUE_ARN },
  ]);
});

test('a bus of the same account and region needs no role', async () => {
  const fixture = await Fixture.open();
  await fixture.call(...RULE);
  await fixture.call(...put({ Id: 'bus', Arn: arn('events', 'event-bus/b') }));
});

test('changes at the same time are all kept', async () => {
  const fixture = await Fixture.open();
  await fixture.call(...RULE);
  await Promise.all(['1', '2', '3', '4', '5'].map((Id) => fixture.call(...put({ Id, Arn: QUEUE_ARN }))));
  const { Targets } = await fixture.call('ListTargetsByRule', { Rule: 'r' });
  assert.deepEqual(
    (Targets as { Id: string }[]).map(({ Id }) => Id),
    ['1', '2', '3', '4', '5'],
  );
});

test('a change that always loses ends as a concurrent modification', async () => {
  let writes = 0;
  const fixture = await Fixture.open({
    storage: (storage) => ({
      ...storage,
      catalog: {
        list: (kind) => storage.catalog.list(kind),
        page: (...given) => storage.catalog.page(...given),
        get: (kind, key) => storage.catalog.get(kind, key),
        watch: (listener) => storage.catalog.watch(listener),
        write: async (batch) => {
          const losing = batch.some(({ expect }) => typeof expect === 'bigint');
          if (losing) writes++;
          return losing ? batch.map(() => ({ ok: false })) : storage.catalog.write(batch);
        },
      },
    }),
  });
  await fixture.call(...RULE);
  const losing: readonly Step[] = [
    put({ Id: 't', Arn: QUEUE_ARN }),
    RULE,
    ['DisableRule', { Name: 'r' }],
    ['DeleteRule', { Name: 'r' }],
  ];
  for (const call of losing) {
    writes = 0;
    assert.match(await fixture.error(...call), /^ConcurrentModificationException/);
    assert.equal(writes, 8);
  }
});
