import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
} from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startFixture } from './front-door-fixture.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const { origin, seen } = await startFixture({
  auth: {
    mode: 'sigv4',
    accounts: { AKIDEXAMPLE: { account: '222222222222', secretAccessKey: credentials.secretAccessKey } },
    defaultAccount: '000000000000',
    defaultRegion: 'us-east-1',
  },
});
const settings = { endpoint: origin, region: 'eu-central-1', maxAttempts: 1 };

describe('the SDK for JavaScript against verified signatures', () => {
  const events = new EventBridgeClient({ ...settings, credentials });

  it('puts events', async () => {
    const Detail = JSON.stringify({ text: 'ü 世 🚀' });
    const input = { Entries: [{ Source: 's', DetailType: 't', Detail, Time: new Date(1_700_000_000_500) }] };
    const answer = await events.send(new PutEventsCommand(input));
    assert.equal(answer.FailedEntryCount, 0);
    assert.deepEqual(seen.input, {
      Entries: [{ Source: 's', DetailType: 't', Detail, Time: 1_700_000_000.5 }],
    });
    assert.deepEqual([seen.call!.account, seen.call!.region], ['222222222222', 'eu-central-1']);
    assert.equal(seen.call!.origin, origin);
  });

  it('reads empty answers and errors', async () => {
    await events.send(new DeleteRuleCommand({ Name: 'r' }));
    await assert.rejects(events.send(new DescribeRuleCommand({ Name: 'r' })), {
      name: 'ResourceNotFoundException',
      message: 'Rule r does not exist on EventBus default.',
    });
    await assert.rejects(events.send(new PutEventsCommand({ Entries: [] })), { name: 'ValidationException' });
  });

  it('sends messages', async () => {
    const queues = new SQSClient({ ...settings, credentials, md5: false });
    const QueueUrl = `${origin}/222222222222/orders`;
    const answer = await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }));
    assert.equal(answer.MessageId, 'm-1');
    await assert.rejects(queues.send(new SendMessageCommand({ QueueUrl, MessageBody: undefined })), {
      // The SDK calls SQS's errors by their codes of the query protocol, from the header `x-amzn-query-error`.
      name: 'MissingParameter',
    });
  });

  it('is turned away with another secret', async () => {
    const foreign = new EventBridgeClient({
      ...settings,
      credentials: { ...credentials, secretAccessKey: 'other' },
    });
    await assert.rejects(foreign.send(new DeleteRuleCommand({ Name: 'r' })), {
      name: 'InvalidSignatureException',
    });
  });
});
