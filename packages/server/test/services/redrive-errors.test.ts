// Every error about dead-letter queues, move tasks and permissions (companions §2.2, §2.6, §2.7), as a table.
import { errorTable, missing, overLimit, resource, URL_OF, value } from './expected-errors.ts';
import type { Row } from './expected-errors.ts';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:';
const CLOSED = `${ARN}closed`;

const set = (Attributes: object): object => ({ QueueUrl: URL_OF, Attributes });
const policy = (deadLetterTargetArn: string, maxReceiveCount: unknown = 3): string =>
  JSON.stringify({ deadLetterTargetArn, maxReceiveCount });

/** The same complaint for a new queue and for one that is there. */
const redrive = (title: string, text: string, reason: string): Row[] =>
  ['CreateQueue', 'SetQueueAttributes'].map((operation) => [
    title,
    operation,
    { QueueUrl: URL_OF, QueueName: 'new', Attributes: { RedrivePolicy: text } },
    value(`Value ${text} for parameter RedrivePolicy is invalid. Reason: ${reason}`),
  ]);

const allow = (title: string, text: string): Row => [
  title,
  'SetQueueAttributes',
  set({ RedriveAllowPolicy: text }),
  value(`Value ${text} for parameter RedriveAllowPolicy is invalid.`),
];

const permit = (more: object): object => ({
  QueueUrl: URL_OF,
  Label: 'new',
  AWSAccountIds: ['111111111111'],
  Actions: ['SendMessage'],
  ...more,
});

const FORMAT = 'arn:<partition>:<service>:<region>:<account-id>:<resource-id>';

const rows: readonly Row[] = [
  ...redrive('not JSON', 'x', 'Redrive policy is not a valid JSON map.'),
  ...redrive('a list', '[]', 'Redrive policy is not a valid JSON map.'),
  ...redrive(
    'no count',
    `{"deadLetterTargetArn":"${ARN}dead"}`,
    'Redrive policy does not contain mandatory attribute: maxReceiveCount.',
  ),
  ...redrive(
    'no queue',
    '{"maxReceiveCount":3}',
    'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.',
  ),
  ...redrive('a count of 0', policy(`${ARN}dead`, 0), 'Invalid value for maxReceiveCount.'),
  ...redrive('a count of 1001', policy(`${ARN}dead`, '1001'), 'Invalid value for maxReceiveCount.'),
  ...redrive('a count that is none', policy(`${ARN}dead`, 'often'), 'Invalid value for maxReceiveCount.'),
  ...redrive('a broken count', policy(`${ARN}dead`, 1.5), 'Invalid value for maxReceiveCount.'),
  ...redrive('a URL', policy('http://x'), 'Invalid value for deadLetterTargetArn.'),
  ...redrive('a missing queue', policy(`${ARN}none`), 'Dead letter target does not exist.'),
  ...redrive(
    'a queue of another type',
    policy(`${ARN}dead.fifo`),
    'Dead-letter queue must be same type of queue as the source.',
  ),
  ...redrive(
    'a queue of another region',
    policy('arn:aws:sqs:eu-west-1:000000000000:dead'),
    'Dead-letter target must be in same region as the source.',
  ),
  ...redrive(
    'a queue of another account',
    policy('arn:aws:sqs:us-east-1:111111111111:dead'),
    'Dead-letter target owner should be same as the source.',
  ),
  ...redrive(
    'a queue that takes no dead letters',
    policy(CLOSED),
    'The redrive allow policy of the dead-letter queue does not allow this queue.',
  ),
  [
    'a queue as its own dead-letter queue',
    'SetQueueAttributes',
    set({ RedrivePolicy: policy(`${ARN}orders`) }),
    value(/Dead-letter target must not be the source itself\.$/),
  ],
  allow('not JSON', 'x'),
  allow('no permission', '{}'),
  allow('an unknown permission', '{"redrivePermission":"some"}'),
  allow('by queue without queues', '{"redrivePermission":"byQueue"}'),
  allow('by queue with none', '{"redrivePermission":"byQueue","sourceQueueArns":[]}'),
  allow(
    'eleven queues',
    JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: Array(11).fill(CLOSED) }),
  ),
  allow('queues with allowAll', JSON.stringify({ redrivePermission: 'allowAll', sourceQueueArns: [CLOSED] })),
  allow('something else', '{"redrivePermission":"allowAll","x":1}'),

  // Listing sources.
  [
    'a page of 1001',
    'ListDeadLetterSourceQueues',
    { QueueUrl: URL_OF, MaxResults: 1_001 },
    value('Value 1001 for parameter MaxResults is invalid. Reason: Must be between 1 and 1000, if provided.'),
  ],
  [
    'a token that is none',
    'ListDeadLetterSourceQueues',
    { QueueUrl: URL_OF, NextToken: '?' },
    value('Invalid or expired next token.'),
  ],

  // Move tasks.
  [
    'no such source',
    'StartMessageMoveTask',
    { SourceArn: `${ARN}none` },
    resource("The resource that you specified for the SourceArn parameter doesn't exist."),
  ],
  [
    'a source that is no ARN',
    'StartMessageMoveTask',
    { SourceArn: 'dead' },
    value(`You must use this format to specify the SourceArn: ${FORMAT}`),
  ],
  [
    'a source that is no dead-letter queue',
    'StartMessageMoveTask',
    { SourceArn: `${ARN}orders` },
    value('Source queue must be configured as a Dead Letter Queue.'),
  ],
  [
    'no such destination',
    'StartMessageMoveTask',
    { SourceArn: `${ARN}dead`, DestinationArn: `${ARN}none` },
    resource("The resource that you specified for the DestinationArn parameter doesn't exist."),
  ],
  [
    'the source as destination',
    'StartMessageMoveTask',
    { SourceArn: `${ARN}dead`, DestinationArn: `${ARN}dead` },
    value(/DestinationArn is invalid\. Reason: Must not be the source queue\.$/),
  ],
  [
    'a destination of another type',
    'StartMessageMoveTask',
    { SourceArn: `${ARN}dead`, DestinationArn: `${ARN}dead.fifo` },
    value(/DestinationArn is invalid\. Reason: Must be same type of queue as the source\.$/),
  ],
  ...[0, 501].map((rate): Row => [
    `${rate} messages a second`,
    'StartMessageMoveTask',
    { SourceArn: `${ARN}dead`, MaxNumberOfMessagesPerSecond: rate },
    value(
      `Value ${rate} for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: Must be between 1 and 500, if provided.`,
    ),
  ]),
  [
    'no such source to list',
    'ListMessageMoveTasks',
    { SourceArn: `${ARN}none` },
    resource("The resource that you specified for the SourceArn parameter doesn't exist."),
  ],
  [
    'eleven tasks',
    'ListMessageMoveTasks',
    { SourceArn: `${ARN}dead`, MaxResults: 11 },
    value('Value 11 for parameter MaxResults is invalid. Reason: Must be between 1 and 10, if provided.'),
  ],
  [
    'a handle that is none',
    'CancelMessageMoveTask',
    { TaskHandle: 'x' },
    value('Value for parameter TaskHandle is invalid.'),
  ],
  [
    'a handle of no task',
    'CancelMessageMoveTask',
    { TaskHandle: Buffer.from('{"taskId":"x","sourceArn":"y"}').toString('base64') },
    resource('Task does not exist.'),
  ],

  // Permissions.
  [
    'a label that is taken',
    'AddPermission',
    permit({ Label: 'taken' }),
    value('Value taken for parameter Label is invalid. Reason: Already exists.'),
  ],
  [
    'a label with a space',
    'AddPermission',
    permit({ Label: 'a b' }),
    value(
      'Value a b for parameter Label is invalid. Reason: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    ),
  ],
  ['no action', 'AddPermission', permit({ Actions: [] }), missing('Actions')],
  [
    'no account',
    'AddPermission',
    permit({ AWSAccountIds: [] }),
    value('Value [] for parameter PrincipalId is invalid. Reason: Unable to verify.'),
  ],
  [
    'an account that is none',
    'AddPermission',
    permit({ AWSAccountIds: ['bob'] }),
    value('Value [bob] for parameter PrincipalId is invalid. Reason: Unable to verify.'),
  ],
  [
    'eight actions',
    'AddPermission',
    permit({ Actions: Array(8).fill('SendMessage') }),
    overLimit('8 Actions were found, maximum allowed is 7.'),
  ],
  [
    "an owner's action",
    'AddPermission',
    permit({ Actions: ['CreateQueue'] }),
    value(
      'Value SQS:CreateQueue for parameter ActionName is invalid. Reason: Only the queue owner is allowed to invoke this action.',
    ),
  ],
  [
    'an unknown label',
    'RemovePermission',
    { QueueUrl: URL_OF, Label: 'none' },
    value("Value none for parameter Label is invalid. Reason: can't find label on existing policy."),
  ],
];

errorTable('errors about dead letters, move tasks and permissions', rows, async (kit) => {
  await kit.create('dead');
  await kit.create('dead.fifo', { FifoQueue: 'true' });
  await kit.create('closed', { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
  await kit.create('source', { RedrivePolicy: policy(`${ARN}dead`) });
  await kit.call('AddPermission', permit({ Label: 'taken' }));
});
