import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BUS_ARN,
  checkErrorRow,
  DEFAULT_ARN,
  Fixture,
  PATTERN,
  type ErrorRow,
  type Step,
} from './fixture.ts';

const RULE: Step = ['PutRule', { Name: 'r', EventPattern: PATTERN }];
const RULE_ARN = 'arn:aws:events:us-east-1:111111111111:rule/r';
const TAGS = [{ Key: 'k', Value: 'v' }];
const many = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' }));

const ERRORS: readonly ErrorRow[] = [
  ...(
    [
      ['TagResource', { Tags: TAGS }],
      ['UntagResource', { TagKeys: ['k'] }],
      ['ListTagsForResource', {}],
    ] as const
  ).flatMap(([operation, input]): ErrorRow[] => [
    {
      name: `${operation} of a bus that does not exist`,
      call: [operation, { ...input, ResourceARN: BUS_ARN }],
      error: 'ResourceNotFoundException: Event bus my-bus does not exist.',
    },
    {
      name: `${operation} of a rule that does not exist`,
      call: [operation, { ...input, ResourceARN: RULE_ARN }],
      error: 'ResourceNotFoundException: Rule r does not exist on EventBus default.',
    },
    {
      name: `${operation} of a rule on a bus that does not exist`,
      call: [operation, { ...input, ResourceARN: 'arn:aws:events:us-east-1:111111111111:rule/my-bus/r' }],
      error: 'ResourceNotFoundException: Event bus my-bus does not exist.',
    },
    {
      name: `${operation} of something in another region`,
      call: [operation, { ...input, ResourceARN: RULE_ARN.replace('us-east-1', 'eu-west-1') }],
      error: 'ValidationException: Cross-region API call is not allowed.',
    },
    {
      name: `${operation} of no ARN`,
      call: [operation, { ...input, ResourceARN: 'r' }],
      error: 'ValidationException: Parameter r is not valid. Reason: Provided Arn is not in correct format.',
    },
    {
      name: `${operation} of an archive`,
      call: [operation, { ...input, ResourceARN: 'arn:aws:events:us-east-1:111111111111:archive/a' }],
      error:
        'ValidationException: Parameter arn:aws:events:us-east-1:111111111111:archive/a is not valid. Reason: Only event buses and rules have tags.',
    },
  ]),
  {
    name: 'reserved keys',
    call: ['TagResource', { ResourceARN: DEFAULT_ARN, Tags: [{ Key: 'aws:x', Value: '' }] }],
    error: "ValidationException: Tag keys must not start with 'aws:': the prefix is reserved.",
  },
  {
    name: 'too many tags',
    before: [['TagResource', { ResourceARN: DEFAULT_ARN, Tags: many(50) }]],
    call: ['TagResource', { ResourceARN: DEFAULT_ARN, Tags: TAGS }],
    error: 'LimitExceededException: The requested resource exceeds the maximum number allowed.',
  },
  {
    name: 'too many tags for a new rule',
    call: ['PutRule', { ...RULE[1], Tags: many(51) }],
    error: 'LimitExceededException: The requested resource exceeds the maximum number allowed.',
  },
];

for (const row of ERRORS) test(`error: ${row.name}`, () => checkErrorRow(row));

for (const [kind, arn, before] of [
  ['the default bus', DEFAULT_ARN, []],
  ['a bus', BUS_ARN, [['CreateEventBus', { Name: 'my-bus' }]]],
  ['a rule', RULE_ARN, [RULE]],
  [
    'a rule of another bus',
    'arn:aws:events:us-east-1:111111111111:rule/my-bus/r',
    [
      ['CreateEventBus', { Name: 'my-bus' }],
      ['PutRule', { ...RULE[1], EventBusName: 'my-bus' }],
    ],
  ],
] as const) {
  test(`${kind} can be tagged and untagged`, async () => {
    const fixture = await Fixture.open();
    for (const [operation, input] of before) await fixture.call(operation, input);
    const tags = async (): Promise<unknown> =>
      (await fixture.call('ListTagsForResource', { ResourceARN: arn }))['Tags'];
    assert.deepEqual(await tags(), []);
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
      { Key: 'a', Value: '3' },
    ];
    assert.deepEqual(await fixture.call('TagResource', { ResourceARN: arn, Tags }), {});
    assert.deepEqual(await tags(), [
      { Key: 'a', Value: '3' },
      { Key: 'b', Value: '2' },
    ]);
    assert.deepEqual(
      await fixture.call('UntagResource', { ResourceARN: arn, TagKeys: ['b', 'unknown'] }),
      {},
    );
    await fixture.call('TagResource', { ResourceARN: arn, Tags: [{ Key: 'a', Value: '4' }] });
    assert.deepEqual(await tags(), [{ Key: 'a', Value: '4' }]);
  });
}

test('a bus and a rule can be created with tags; an update of the rule ignores others', async () => {
  const fixture = await Fixture.open();
  await fixture.call('CreateEventBus', { Name: 'my-bus', Tags: TAGS });
  await fixture.call('PutRule', { ...RULE[1], Tags: TAGS });
  await fixture.call('PutRule', { ...RULE[1], Tags: [{ Key: 'other', Value: '' }] });
  for (const ResourceARN of [BUS_ARN, RULE_ARN]) {
    assert.deepEqual(await fixture.call('ListTagsForResource', { ResourceARN }), { Tags: TAGS });
  }
  assert.match(await fixture.error('CreateEventBus', { Name: 'my-bus', Tags: [] }), /AlreadyExists/);
  assert.deepEqual(await fixture.call('ListTagsForResource', { ResourceARN: BUS_ARN }), { Tags: TAGS });
});
