// Every error that the queue API documents (companions §2.7) about sending and receiving, as a table.
import { limits } from '../../src/model/limits.ts';
import { attributeName, body, errorTable, URL_OF, value } from './expected-errors.ts';
import type { Row } from './expected-errors.ts';

const withAttribute = (name: string, attribute: object): object => ({
  ...body('x'),
  MessageAttributes: { [name]: attribute },
});

const receive = (input: object): object => ({ QueueUrl: URL_OF, ...input });

const CHARACTERS = /^Invalid characters found\. Valid unicode characters are #x9 \| #xA/;

const rows: readonly Row[] = [
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
];

errorTable('errors about messages', rows);
