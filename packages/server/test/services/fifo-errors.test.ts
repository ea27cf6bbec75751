// Every error of FIFO queues (companions §2.2, §2.4, §2.5, §2.7), as a table.
import { attributeName, attributeValue, errorTable, missing, value } from './expected-errors.ts';
import type { Row } from './expected-errors.ts';

const FIFO = 'http://localhost:4747/000000000000/orders.fifo';
const CONTENT = 'http://localhost:4747/000000000000/content.fifo';

const NAME =
  'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, ' +
  'must end with .fifo suffix and be 1 to 80 in length.';
const IDS = 'can only include alphanumeric and punctuation characters. 1 to 128 in length.';
const QUEUE_TYPE = 'The request include parameter that is not valid for this queue type.';

const create = (QueueName: string, Attributes: object): object => ({ QueueName, Attributes });
const set = (Attributes: object): object => ({ QueueUrl: FIFO, Attributes });
const send = (more: object): object => ({ QueueUrl: FIFO, MessageBody: 'x', MessageGroupId: 'g', ...more });

const rows: readonly Row[] = [
  ['a name without the suffix', 'CreateQueue', create('new', { FifoQueue: 'true' }), value(NAME)],
  ['the suffix alone', 'CreateQueue', create('.fifo', { FifoQueue: 'true' }), value(NAME)],
  [
    'a name of 81 characters with the suffix',
    'CreateQueue',
    create(`${'x'.repeat(76)}.fifo`, { FifoQueue: 'true' }),
    value(NAME),
  ],
  [
    'FifoQueue=yes',
    'CreateQueue',
    create('new', { FifoQueue: 'yes' }),
    attributeName('Unknown Attribute FifoQueue.'),
  ],
  [
    'content-based deduplication that is neither true nor false',
    'CreateQueue',
    create('new.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'yes' }),
    attributeValue('Invalid value for the parameter ContentBasedDeduplication.'),
  ],
  [
    'an unknown scope',
    'SetQueueAttributes',
    set({ DeduplicationScope: 'world' }),
    attributeValue('Invalid value for the parameter DeduplicationScope.'),
  ],
  [
    'an unknown throughput limit',
    'SetQueueAttributes',
    set({ FifoThroughputLimit: 'none' }),
    attributeValue('Invalid value for the parameter FifoThroughputLimit.'),
  ],
  ...(['CreateQueue', 'SetQueueAttributes'] as const).map((operation): Row => [
    'throughput by group with deduplication by queue',
    operation,
    operation === 'CreateQueue'
      ? create('new.fifo', { FifoQueue: 'true', FifoThroughputLimit: 'perMessageGroupId' })
      : set({ FifoThroughputLimit: 'perMessageGroupId' }),
    attributeValue(
      'Invalid value for the parameter FifoThroughputLimit. Reason: To set FifoThroughputLimit to perMessageGroupId, the DeduplicationScope must be messageGroup.',
    ),
  ]),
  [
    'another type of queue',
    'SetQueueAttributes',
    set({ FifoQueue: 'false' }),
    attributeValue(
      'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
    ),
  ],
  [
    'throughput on a standard queue',
    'CreateQueue',
    create('new', { FifoThroughputLimit: 'perQueue' }),
    attributeName('You can specify the FifoThroughputLimit only when FifoQueue is set to true.'),
  ],
  [
    'same name, other attribute',
    'CreateQueue',
    create('orders.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' }),
    [
      'QueueNameExists',
      'QueueAlreadyExists',
      400,
      'A queue already exists with the same name and a different value for attribute ContentBasedDeduplication',
    ],
  ],

  // Sending.
  ['no group', 'SendMessage', send({ MessageGroupId: undefined }), missing('MessageGroupId')],
  [
    'nothing to tell messages apart by',
    'SendMessage',
    send({}),
    value(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    ),
  ],
  [
    'a group with a space',
    'SendMessage',
    send({ MessageGroupId: 'a b', MessageDeduplicationId: 'd' }),
    value(`Value a b for parameter MessageGroupId is invalid. Reason: MessageGroupId ${IDS}`),
  ],
  [
    'a deduplication id of 129 characters',
    'SendMessage',
    send({ MessageDeduplicationId: 'd'.repeat(129) }),
    value(
      `Value ${'d'.repeat(129)} for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId ${IDS}`,
    ),
  ],
  [
    'an empty deduplication id',
    'SendMessage',
    send({ MessageDeduplicationId: '' }),
    value(`Value  for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId ${IDS}`),
  ],
  [
    'a delay of its own',
    'SendMessage',
    send({ MessageDeduplicationId: 'd', DelaySeconds: 1 }),
    value(`Value 1 for parameter DelaySeconds is invalid. Reason: ${QUEUE_TYPE}`),
  ],
  [
    'a delay of 901 s',
    'SendMessage',
    send({ MessageDeduplicationId: 'd', DelaySeconds: 901 }),
    value('Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.'),
  ],
  [
    'no group, although the body is told apart',
    'SendMessage',
    { QueueUrl: CONTENT, MessageBody: 'x' },
    missing('MessageGroupId'),
  ],

  // Receiving.
  [
    'an attempt id with a space',
    'ReceiveMessage',
    { QueueUrl: FIFO, ReceiveRequestAttemptId: 'a b' },
    value(
      `Value a b for parameter ReceiveRequestAttemptId is invalid. Reason: ReceiveRequestAttemptId ${IDS}`,
    ),
  ],
];

errorTable('errors about FIFO queues', rows, async (kit) => {
  await kit.create('orders.fifo', { FifoQueue: 'true' });
  await kit.create('content.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
});
