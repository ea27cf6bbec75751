// Calls that carry several deliveries: how they are cut, and what becomes of each when some fail.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { OutgoingDelivery, SendOutcome } from '../../../src/engine/ports/connector.ts';
import { limits } from '../../../src/model/limits.ts';
import { delivery } from '../target-suite.ts';
import type { SentRequest } from './aws-side.ts';
import { startBetween, type Answer, type Between } from './between.ts';
import { ACCOUNT, allAt, KEY, sessionFor } from './targets.ts';

type Target = Parameters<typeof sessionFor>[0];

const STREAM = { Arn: `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/s` };

let server: Between;
before(async () => {
  server = await startBetween();
});
after(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
});

function send(target: Target, batch: readonly OutgoingDelivery[]): Promise<SendOutcome[]> {
  const entry = { url: server.url, ...KEY };
  const services = { ...allAt(server.url), sqs: entry, logs: entry };
  return sessionFor(target, services).send(batch, new AbortController().signal);
}

const shown = (outcomes: readonly SendOutcome[]): string[] =>
  outcomes.map((outcome) =>
    outcome.status === 'delivered' ? 'delivered' : `${outcome.status} ${outcome.code}: ${outcome.reason}`,
  );

const answer = (body: string | object): void =>
  server.answerWith({ status: 200, body: typeof body === 'string' ? body : JSON.stringify(body) });

/** What Kinesis answers when it has taken all records. */
const taken = ({ body }: SentRequest): Answer => {
  const { Records } = JSON.parse(body) as { Records: unknown[] };
  return { status: 200, body: JSON.stringify({ Records: Records.map(() => ({ SequenceNumber: '1' })) }) };
};

const three = [delivery(1), delivery(2), delivery(3)];

describe('some entries fail', () => {
  test('Kinesis', async () => {
    answer({
      FailedRecordCount: 2,
      Records: [
        { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded.' },
        { SequenceNumber: '1', ShardId: 's' },
        { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal Service Failure' },
      ],
    });
    assert.deepEqual(shown(await send(STREAM, three)), [
      'retry THROTTLING: Rate exceeded.',
      'delivered',
      'retry ERROR_FROM_TARGET: The service answered InternalFailure.',
    ]);
  });

  test('Firehose', async () => {
    answer({
      FailedPutCount: 1,
      RequestResponses: [
        { RecordId: 'r' },
        { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' },
        { RecordId: 'r', ErrorCode: null },
      ],
    });
    const target = { Arn: `arn:aws:firehose:us-east-1:${ACCOUNT}:deliverystream/d` };
    assert.deepEqual(shown(await send(target, three)), [
      'delivered',
      'retry ERROR_FROM_TARGET: The service answered ServiceUnavailableException.',
      'delivered',
    ]);
  });

  test('SNS', async () => {
    answer(
      '<PublishBatchResponse><PublishBatchResult><Failed>' +
        '<member><Id>2</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>' +
        '<member><Id>0</Id><Code>InvalidParameter</Code><Message>Message too &lt;long&gt;</Message><SenderFault>true</SenderFault></member>' +
        '</Failed><Successful><member><Id>1</Id></member></Successful></PublishBatchResult></PublishBatchResponse>',
    );
    const target = { Arn: `arn:aws:sns:us-east-1:${ACCOUNT}:t` };
    assert.deepEqual(shown(await send(target, three)), [
      'reject INVALID_PARAMETER: Message too <long>',
      'delivered',
      'retry ERROR_FROM_TARGET: The service answered InternalError.',
    ]);
  });

  test('SQS, beside a delivery that has no message group', async () => {
    answer({
      Successful: [{ Id: '0' }],
      Failed: [{ Id: '1', Code: 'KmsThrottled', Message: 'm', SenderFault: true }],
    });
    const target = {
      Arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:q.fifo`,
      SqsParameters: { MessageGroupId: '$.detail.customer' },
    };
    const withCustomer = (index: number) => delivery(index, { event: '{"detail":{"customer":"c"}}' });
    assert.deepEqual(shown(await send(target, [withCustomer(1), delivery(2), withCustomer(3)])), [
      'delivered',
      'reject INVALID_PARAMETER: The event has no text or number at the path of SqsParameters.MessageGroupId.',
      'retry THROTTLING: m',
    ]);
  });

  test('an entry that the answer says nothing of is sent again', async () => {
    const again = 'retry ERROR_FROM_TARGET: The service answered IncompleteAnswer.';
    answer({ Records: [{ SequenceNumber: '1' }] });
    assert.deepEqual(shown(await send(STREAM, three)), ['delivered', again, again]);
    answer({ Successful: [{ Id: '1' }] });
    const queue = { Arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:q` };
    assert.deepEqual(shown(await send(queue, three)), [again, 'delivered', again]);
    answer('<PublishBatchResponse></PublishBatchResponse>');
    const topic = { Arn: `arn:aws:sns:us-east-1:${ACCOUNT}:t` };
    assert.deepEqual(shown(await send(topic, three)), [again, again, again]);
  });

  test('log events that are too old, in whatever order they were delivered', async () => {
    answer({ rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 } });
    const target = { Arn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:g` };
    const at = (time: string) => delivery(1, { event: JSON.stringify({ time }), payload: time });
    const batch = [at('2026-01-02T00:00:00Z'), at('2027-01-01T00:00:00Z'), at('2020-01-01T00:00:00Z')];
    const refused = 'reject INVALID_PARAMETER: The log event is too old, or too far ahead.';
    assert.deepEqual(shown(await send(target, batch)), ['delivered', refused, refused]);
    const { logEvents } = JSON.parse(server.requests.at(-1)!.body) as { logEvents: { message: string }[] };
    assert.deepEqual(
      logEvents.map(({ message }) => message.slice(0, 4)),
      ['2020', '2026', '2027'],
    );
  });
});

describe('how calls are cut', () => {
  const sizes = (): number[] =>
    server.requests.map(({ body }) => (JSON.parse(body) as { Records: unknown[] }).Records.length);

  test('as many entries as fit into the bytes of a call; a larger one goes alone', async () => {
    server.answerBy(taken);
    const part = Math.floor(limits.kinesisBatchBytes / 2) - 100;
    const payloads = [part, part, part, 2 * limits.kinesisBatchBytes, 10].map((bytes) =>
      'ü'.repeat(bytes / 2),
    );
    const batch = payloads.map((payload, index) => delivery(index, { payload }));
    assert.deepEqual(new Set(shown(await send(STREAM, batch))), new Set(['delivered']));
    assert.deepEqual(sizes(), [2, 1, 1, 1]);
  });

  test('a call that is refused for one entry is halved until that one is alone', async () => {
    const bad = 5;
    const batch = Array.from({ length: 8 }, (_, index) =>
      delivery(index, { payload: index === bad ? '"bad"' : '"good"' }),
    );
    const no = { status: 400, body: '{"__type":"ValidationException","message":"no"}' };
    const bytes = Buffer.from('"bad"').toString('base64');
    server.answerBy((request) => (request.body.includes(bytes) ? no : taken(request)));
    const outcomes = await send(STREAM, batch);
    assert.deepEqual(
      shown(outcomes),
      batch.map((_, index) => (index === bad ? 'reject INVALID_PARAMETER: no' : 'delivered')),
    );
    assert.deepEqual(sizes(), [8, 4, 4, 2, 1, 1, 2]);
  });

  test('a call that is refused as a whole is not repeated in halves', async () => {
    server.answerWith({ status: 400, body: '{"__type":"AccessDeniedException","message":"no"}' });
    assert.deepEqual(shown(await send(STREAM, three)), Array(3).fill('reject NO_PERMISSIONS: no'));
    assert.deepEqual(sizes(), [3]);
  });
});

describe('partition keys of Kinesis', () => {
  const keyOf = async (detail: unknown): Promise<string> => {
    server.answerBy(taken);
    const target = { ...STREAM, KinesisParameters: { PartitionKeyPath: '$.detail.key' } };
    await send(target, [delivery(1, { event: JSON.stringify({ detail }) })]);
    const { Records } = JSON.parse(server.requests.at(-1)!.body) as { Records: { PartitionKey: string }[] };
    return Records[0]!.PartitionKey;
  };

  test('a text or a number of the event, else its id', async () => {
    assert.equal(await keyOf({ key: 'k' }), 'k');
    assert.equal(await keyOf({ key: 7 }), '7');
    const { eventId } = delivery(1);
    for (const detail of [{}, { key: '' }, { key: null }, { key: ['k'] }])
      assert.equal(await keyOf(detail), eventId);
  });
});
