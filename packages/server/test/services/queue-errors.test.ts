// Every error that the queue API documents (companions §2.7) about queues, handles and batches, as a table.
import {
  attributeName,
  attributeValue,
  batch,
  errorTable,
  handle,
  notExistent,
  URL_OF,
  value,
} from './expected-errors.ts';
import type { Row } from './expected-errors.ts';

const GONE = 'http://localhost:4747/000000000000/nobody';

const entries = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({ Id: `e${index}`, MessageBody: 'x', ReceiptHandle: 'x' }));

const set = (Attributes: object): object => ({ QueueUrl: URL_OF, Attributes });

const KMS_AND_SQS =
  'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.';
const NAME = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length';

const rows: readonly Row[] = [
  // Queues that are not there, and addresses that are none.
  ...[
    'DeleteQueue',
    'PurgeQueue',
    'GetQueueAttributes',
    'SetQueueAttributes',
    'SendMessage',
    'SendMessageBatch',
    'ReceiveMessage',
    'DeleteMessage',
    'DeleteMessageBatch',
    'ChangeMessageVisibility',
    'ChangeMessageVisibilityBatch',
    'ListQueueTags',
    'TagQueue',
    'UntagQueue',
    'AddPermission',
    'RemovePermission',
    'ListDeadLetterSourceQueues',
  ].map((operation): Row => [`${operation}: no such queue`, operation, { QueueUrl: GONE }, notExistent]),
  ['GetQueueUrl: no such queue', 'GetQueueUrl', { QueueName: 'nobody' }, notExistent],
  [
    'an ARN where a URL belongs',
    'SendMessage',
    { QueueUrl: 'arn:aws:sqs:us-east-1:000000000000:orders', MessageBody: 'x' },
    [
      'InvalidAddress',
      undefined,
      404,
      'The address arn:aws:sqs:us-east-1:000000000000:orders is not valid for this endpoint.',
    ],
  ],
  [
    'a bare name where a URL belongs',
    'ReceiveMessage',
    { QueueUrl: 'orders' },
    ['InvalidAddress', undefined, 404, 'The address orders is not valid for this endpoint.'],
  ],

  // CreateQueue and SetQueueAttributes.
  [
    'same name, other attribute',
    'CreateQueue',
    { QueueName: 'orders', Attributes: { VisibilityTimeout: '31' } },
    [
      'QueueNameExists',
      'QueueAlreadyExists',
      400,
      'A queue already exists with the same name and a different value for attribute VisibilityTimeout',
    ],
  ],
  ['a name with a space', 'CreateQueue', { QueueName: 'my orders' }, value(NAME)],
  ['a name of 81 characters', 'CreateQueue', { QueueName: 'x'.repeat(81) }, value(NAME)],
  ['a FIFO name without the attribute', 'CreateQueue', { QueueName: 'orders.fifo' }, value(NAME)],
  [
    'FifoQueue=false',
    'CreateQueue',
    { QueueName: 'new', Attributes: { FifoQueue: 'false' } },
    attributeName('Unknown Attribute FifoQueue.'),
  ],
  [
    'another type of queue',
    'SetQueueAttributes',
    set({ FifoQueue: 'true' }),
    attributeValue(
      'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
    ),
  ],
  [
    'deduplication on a standard queue',
    'SetQueueAttributes',
    set({ DeduplicationScope: 'queue' }),
    attributeName('You can specify the DeduplicationScope only when FifoQueue is set to true.'),
  ],
  [
    'content-based deduplication on a standard queue',
    'CreateQueue',
    { QueueName: 'new', Attributes: { ContentBasedDeduplication: 'true' } },
    attributeName('Unknown Attribute ContentBasedDeduplication.'),
  ],
  [
    'an unknown attribute',
    'SetQueueAttributes',
    set({ constructor: '1' }),
    attributeName('Unknown Attribute constructor.'),
  ],
  [
    'an attribute that is only read',
    'SetQueueAttributes',
    set({ QueueArn: 'x' }),
    attributeName('Unknown Attribute QueueArn.'),
  ],
  [
    'two kinds of encryption',
    'SetQueueAttributes',
    set({ KmsMasterKeyId: 'alias/x', SqsManagedSseEnabled: 'true' }),
    attributeName(KMS_AND_SQS),
  ],
  ...(
    [
      ['VisibilityTimeout', '43201'],
      ['VisibilityTimeout', '-1'],
      ['VisibilityTimeout', 'soon'],
      ['MessageRetentionPeriod', '59'],
      ['MessageRetentionPeriod', '1209601'],
      ['DelaySeconds', '901'],
      ['MaximumMessageSize', '1023'],
      ['MaximumMessageSize', '1048577'],
      ['ReceiveMessageWaitTimeSeconds', '21'],
      ['KmsDataKeyReusePeriodSeconds', '59'],
      ['SqsManagedSseEnabled', 'yes'],
      ['Policy', 'no JSON'],
      ['Policy', '{"Statement":[{"Effect":"Perhaps"}]}'],
    ] as const
  ).map(([name, text]): Row => [
    `${name}=${text}`,
    'SetQueueAttributes',
    set({ [name]: text }),
    attributeValue(`Invalid value for the parameter ${name}.`),
  ]),
  [
    'an unknown attribute asked for',
    'GetQueueAttributes',
    { QueueUrl: URL_OF, AttributeNames: ['All', 'Colour'] },
    attributeName('Unknown Attribute Colour.'),
  ],
  [
    'a page of 1001',
    'ListQueues',
    { MaxResults: 1_001 },
    value('Value 1001 for parameter MaxResults is invalid. Reason: Must be between 1 and 1000, if provided.'),
  ],
  ['a token of somebody else', 'ListQueues', { MaxResults: 1, NextToken: '!' }, value(/token/)],

  // Handles.
  ['no handle of ours', 'DeleteMessage', { QueueUrl: URL_OF, ReceiptHandle: 'abc' }, handle],
  [
    'no handle of ours',
    'ChangeMessageVisibility',
    { QueueUrl: URL_OF, ReceiptHandle: 'abc', VisibilityTimeout: 1 },
    handle,
  ],
  [
    'hidden for more than twelve hours',
    'ChangeMessageVisibility',
    { QueueUrl: URL_OF, ReceiptHandle: 'abc', VisibilityTimeout: 43_201 },
    value(/^Value 43201 for parameter VisibilityTimeout is invalid/),
  ],

  // Batches.
  ...(['SendMessageBatch', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch'] as const).flatMap(
    (operation): Row[] => [
      [
        `${operation}: empty`,
        operation,
        { QueueUrl: URL_OF, Entries: [] },
        batch('EmptyBatchRequest', `There should be at least one ${operation}RequestEntry in the request.`),
      ],
      [
        `${operation}: twenty entries`,
        operation,
        { QueueUrl: URL_OF, Entries: entries(20) },
        batch(
          'TooManyEntriesInBatchRequest',
          'Maximum number of entries per request are 10. You have sent 20.',
        ),
      ],
      [
        `${operation}: an id with a dot`,
        operation,
        { QueueUrl: URL_OF, Entries: [{ Id: 'a.b', MessageBody: 'x', ReceiptHandle: 'x' }] },
        batch(
          'InvalidBatchEntryId',
          'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
        ),
      ],
      [
        `${operation}: an id twice`,
        operation,
        { QueueUrl: URL_OF, Entries: [...entries(1), ...entries(1)] },
        batch('BatchEntryIdsNotDistinct', 'Id e0 repeated.'),
      ],
    ],
  ),
  [
    'a batch that is too long',
    'SendMessageBatch',
    {
      QueueUrl: URL_OF,
      Entries: [
        { Id: 'a', MessageBody: 'x'.repeat(524_288) },
        { Id: 'b', MessageBody: 'x'.repeat(524_289) },
      ],
    },
    batch(
      'BatchRequestTooLong',
      'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
    ),
  ],

  // Tags.
  [
    'fifty-one tags',
    'TagQueue',
    {
      QueueUrl: URL_OF,
      Tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, ''])),
    },
    value('Too many tags added for queue orders.'),
  ],
  ['a reserved tag', 'TagQueue', { QueueUrl: URL_OF, Tags: { 'aws:x': 'y' } }, value(/tag key 'aws:x'/)],
];

errorTable('errors about queues', rows);
