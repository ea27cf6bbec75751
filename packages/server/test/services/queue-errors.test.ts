// Every error that the queue API documents (companions §2.7), as a table: operation, input, error.
import { before, describe, test } from 'node:test';
import { limits } from '../../src/model/limits.ts';
import { queueKit } from './queue-kit.ts';
import type { ExpectedError, QueueKit } from './queue-kit.ts';

const URL_OF = 'http://localhost:4747/000000000000/orders';
const GONE = 'http://localhost:4747/000000000000/nobody';

const value = (message: string | RegExp): ExpectedError => [
  'InvalidParameterValueException',
  'InvalidParameterValue',
  400,
  message,
];
const attributeName = (message: string): ExpectedError => ['InvalidAttributeName', undefined, 400, message];
const attributeValue = (message: string): ExpectedError => ['InvalidAttributeValue', undefined, 400, message];
const notExistent: ExpectedError = [
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
  400,
  'The specified queue does not exist.',
];
const unsupported = (what: string): ExpectedError => [
  'UnsupportedOperation',
  'AWS.SimpleQueueService.UnsupportedOperation',
  400,
  `Busbar does not support ${what} yet.`,
];
const batch = (code: string, message: string): ExpectedError => [
  code,
  `AWS.SimpleQueueService.${code}`,
  400,
  message,
];
const handle: ExpectedError = [
  'ReceiptHandleIsInvalid',
  undefined,
  404,
  'The input receipt handle is invalid.',
];

const entries = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({ Id: `e${index}`, MessageBody: 'x', ReceiptHandle: 'x' }));

const body = (MessageBody: string): object => ({ QueueUrl: URL_OF, MessageBody });
const withAttribute = (name: string, attribute: object): object => ({
  ...body('x'),
  MessageAttributes: { [name]: attribute },
});
const set = (Attributes: object): object => ({ QueueUrl: URL_OF, Attributes });
const receive = (input: object): object => ({ QueueUrl: URL_OF, ...input });

const KMS_AND_SQS =
  'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.';
const NAME = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length';
const CHARACTERS = /^Invalid characters found\. Valid unicode characters are #x9 \| #xA/;

type Row = readonly [title: string, operation: string, input: object, error: ExpectedError];

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
    'a FIFO queue',
    'CreateQueue',
    { QueueName: 'new.fifo', Attributes: { FifoQueue: 'true' } },
    unsupported('FIFO queues'),
  ],
  [
    'FifoQueue=false',
    'CreateQueue',
    { QueueName: 'new', Attributes: { FifoQueue: 'false' } },
    attributeName('Unknown Attribute FifoQueue.'),
  ],
  [
    'a redrive policy',
    'CreateQueue',
    { QueueName: 'new', Attributes: { RedrivePolicy: '{"maxReceiveCount":3}' } },
    unsupported('redrive policies'),
  ],
  [
    'a redrive policy later on',
    'SetQueueAttributes',
    set({ RedrivePolicy: '{}' }),
    unsupported('redrive policies'),
  ],
  [
    'who may redrive',
    'SetQueueAttributes',
    set({ RedriveAllowPolicy: '{}' }),
    unsupported('redrive policies'),
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

  // Sending.
  [
    'an empty body',
    'SendMessage',
    body(''),
    [
      'MissingRequiredParameterException',
      'MissingParameter',
      400,
      'The request must contain the parameter MessageBody.',
    ],
  ],
  [
    'a control character',
    'SendMessage',
    body('\u0000'),
    ['InvalidMessageContents', undefined, 400, CHARACTERS],
  ],
  ['half a character', 'SendMessage', body('\ud800'), ['InvalidMessageContents', undefined, 400, CHARACTERS]],
  ['a non-character', 'SendMessage', body('\uffff'), ['InvalidMessageContents', undefined, 400, CHARACTERS]],
  [
    'one byte too much',
    'SendMessage',
    body('x'.repeat(limits.queueMessageBytes + 1)),
    value('One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.'),
  ],
  [
    'one byte too much in two-byte characters and an attribute',
    'SendMessage',
    {
      ...body('é'.repeat(524_282)),
      MessageAttributes: { abc: { DataType: 'String', StringValue: 'abcd' } },
    },
    value('One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.'),
  ],
  [
    'a delay of 901 s',
    'SendMessage',
    { ...body('x'), DelaySeconds: 901 },
    value('Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.'),
  ],
  [
    'a deduplication id on a standard queue',
    'SendMessage',
    { ...body('x'), MessageDeduplicationId: 'd' },
    value(/^Value d for parameter MessageDeduplicationId is invalid\. Reason: The request include parameter/),
  ],
  [
    'a group of 129 characters',
    'SendMessage',
    { ...body('x'), MessageGroupId: 'g'.repeat(129) },
    value(/MessageGroupId can only include alphanumeric and punctuation characters\. 1 to 128 in length\.$/),
  ],
  [
    'a group with a space',
    'SendMessage',
    { ...body('x'), MessageGroupId: 'a b' },
    value(
      'Value a b for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
    ),
  ],
  [
    'eleven attributes',
    'SendMessage',
    {
      ...body('x'),
      MessageAttributes: Object.fromEntries(
        Array.from({ length: 11 }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'x' }]),
      ),
    },
    value('Number of message attributes [11] exceeds the allowed maximum [10].'),
  ],
  [
    'a reserved attribute name',
    'SendMessage',
    withAttribute('AWS.x', { DataType: 'String', StringValue: 'x' }),
    value(/^The message attribute name 'AWS\.x' is invalid\./),
  ],
  [
    'an attribute name with a space',
    'SendMessage',
    withAttribute('a b', { DataType: 'String', StringValue: 'x' }),
    value(/^The message attribute name 'a b' is invalid\./),
  ],
  [
    'an attribute without a type',
    'SendMessage',
    withAttribute('a', { StringValue: 'x' }),
    value("The message attribute 'a' must contain non-empty message attribute type."),
  ],
  [
    'an attribute of an unknown type',
    'SendMessage',
    withAttribute('a', { DataType: 'Boolean', StringValue: 'x' }),
    value(/^The message attribute 'a' has an invalid message attribute type/),
  ],
  [
    'an empty text',
    'SendMessage',
    withAttribute('a', { DataType: 'String', StringValue: '' }),
    value(
      "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'.",
    ),
  ],
  [
    'no bytes',
    'SendMessage',
    withAttribute('a', { DataType: 'Binary', BinaryValue: '' }),
    value(/^The message attribute 'a' must contain non-empty message attribute value/),
  ],
  [
    'a number that is none',
    'SendMessage',
    withAttribute('a', { DataType: 'Number', StringValue: 'seven' }),
    value("Can't cast the value of message (user) attribute 'a' to a number."),
  ],
  [
    'an unknown system attribute',
    'SendMessage',
    { ...body('x'), MessageSystemAttributes: { SenderId: { DataType: 'String', StringValue: 'x' } } },
    value(/SenderId/),
  ],

  // Receiving.
  [
    'eleven messages at once',
    'ReceiveMessage',
    receive({ MaxNumberOfMessages: 11 }),
    value(
      'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    ),
  ],
  [
    'no message at once',
    'ReceiveMessage',
    receive({ MaxNumberOfMessages: 0 }),
    value(
      'Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    ),
  ],
  [
    'a wait of 21 s',
    'ReceiveMessage',
    receive({ WaitTimeSeconds: 21 }),
    value('Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.'),
  ],
  [
    'hidden for more than twelve hours',
    'ReceiveMessage',
    receive({ VisibilityTimeout: 43_201 }),
    value(
      'Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.',
    ),
  ],
  [
    'an attempt id on a standard queue',
    'ReceiveMessage',
    receive({ ReceiveRequestAttemptId: 'a' }),
    value(/^Value a for parameter ReceiveRequestAttemptId is invalid/),
  ],
  [
    'an unknown system attribute asked for',
    'ReceiveMessage',
    receive({ AttributeNames: ['Colour'] }),
    attributeName('Unknown Attribute Colour.'),
  ],

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

describe('errors of the queue API', () => {
  let kit: QueueKit;
  before(async () => {
    kit = await queueKit();
    await kit.create('orders');
  });
  for (const [title, operation, input, error] of rows) {
    test(`${operation}: ${title}`, () => kit.fails(operation, input, error));
  }
});
