// The real AWS CLI: one call, or a few, for every operation of the API.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { openQueueDoor } from './queue-door.ts';
import type { QueueDoor } from './queue-door.ts';

const run = promisify(execFile);
const skip = spawnSync('aws', ['--version']).status === 0 ? false : 'SKIPPED: the AWS CLI is not installed';

type Answer = Record<string, unknown>;

describe('queues by the AWS CLI', { skip }, () => {
  let door: QueueDoor;
  before(async () => {
    door = await openQueueDoor(0);
  });
  after(() => door.close());

  const env = {
    ...process.env,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'busbar',
    AWS_SECRET_ACCESS_KEY: 'busbar',
    AWS_PAGER: '',
  };

  const sqs = async (operation: string, ...args: string[]): Promise<Answer> => {
    const common = ['--endpoint-url', door.endpoint, '--output', 'json'];
    const { stdout } = await run('aws', [...common, 'sqs', operation, ...args], { env });
    return stdout.trim() ? (JSON.parse(stdout) as Answer) : {};
  };

  const create = async (name: string, attributes: object = {}): Promise<string> => {
    const created = await sqs(
      'create-queue',
      '--queue-name',
      name,
      '--attributes',
      JSON.stringify(attributes),
    );
    return created['QueueUrl'] as string;
  };

  const receive = async (url: string, ...more: string[]): Promise<Record<string, string>[]> => {
    const answer = await sqs(
      'receive-message',
      '--queue-url',
      url,
      '--max-number-of-messages',
      '10',
      ...more,
    );
    return (answer['Messages'] ?? []) as Record<string, string>[];
  };

  test(
    'queues: create, find, list, attributes, tags, permissions, purge, delete',
    { timeout: 120_000 },
    async () => {
      const url = await create('orders');
      const queue = ['--queue-url', url];
      assert.deepEqual(await sqs('get-queue-url', '--queue-name', 'orders'), { QueueUrl: url });
      assert.deepEqual((await sqs('list-queues', '--queue-name-prefix', 'ord'))['QueueUrls'], [url]);
      await sqs('set-queue-attributes', ...queue, '--attributes', 'VisibilityTimeout=7');
      const shown = await sqs('get-queue-attributes', ...queue, '--attribute-names', 'VisibilityTimeout');
      assert.deepEqual(shown, { Attributes: { VisibilityTimeout: '7' } });
      await sqs('tag-queue', ...queue, '--tags', 'team=red,stage=dev');
      await sqs('untag-queue', ...queue, '--tag-keys', 'stage');
      assert.deepEqual(await sqs('list-queue-tags', ...queue), { Tags: { team: 'red' } });
      const permission = ['--label', 'me', '--aws-account-ids', '111111111111', '--actions', 'SendMessage'];
      await sqs('add-permission', ...queue, ...permission);
      await assert.rejects(sqs('add-permission', ...queue, ...permission), /Already exists/);
      await sqs('remove-permission', ...queue, '--label', 'me');
      await sqs('purge-queue', ...queue);
      await sqs('delete-queue', ...queue);
      await assert.rejects(sqs('get-queue-url', '--queue-name', 'orders'), /NonExistentQueue/);
    },
  );

  test(
    'messages of a FIFO queue: send, receive, hide, delete, one by one and in batches',
    { timeout: 120_000 },
    async () => {
      const url = await create('orders.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
      const queue = ['--queue-url', url];
      const group = ['--message-group-id', 'g'];
      const sent = await sqs('send-message', ...queue, ...group, '--message-body', 'one');
      assert.match(String(sent['SequenceNumber']), /^\d{20}$/);
      const entries = ['two', 'three', 'one'].map((MessageBody, index) => ({
        Id: `${index}`,
        MessageBody,
        MessageGroupId: 'g',
      }));
      await sqs('send-message-batch', ...queue, '--entries', JSON.stringify(entries));
      const messages = await receive(url);
      assert.deepEqual(
        messages.map(({ Body }) => Body),
        ['one', 'two', 'three'],
      );
      const [first, second, third] = messages.map(({ ReceiptHandle }) => ReceiptHandle!);
      await sqs('delete-message', ...queue, '--receipt-handle', first!);
      const hide = ['--receipt-handle', second!, '--visibility-timeout', '60'];
      await sqs('change-message-visibility', ...queue, ...hide);
      const show = [second, third].map((ReceiptHandle, index) => ({
        Id: `${index}`,
        ReceiptHandle,
        VisibilityTimeout: 0,
      }));
      await sqs('change-message-visibility-batch', ...queue, '--entries', JSON.stringify(show));
      const again = await receive(url);
      assert.deepEqual(
        again.map(({ Body }) => Body),
        ['two', 'three'],
      );
      const last = again.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      const deleted = await sqs('delete-message-batch', ...queue, '--entries', JSON.stringify(last));
      assert.deepEqual(deleted['Successful'], [{ Id: '0' }, { Id: '1' }]);
    },
  );

  test('dead letters: list sources, move, list and cancel tasks', { timeout: 120_000 }, async () => {
    const arn = 'arn:aws:sqs:us-east-1:000000000000:dead';
    const dead = await create('dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 });
    const url = await create('failing', { RedrivePolicy, VisibilityTimeout: '0' });
    const bodies = ['a', 'b', 'c'].map((MessageBody) => ({ Id: MessageBody, MessageBody }));
    await sqs('send-message-batch', '--queue-url', url, '--entries', JSON.stringify(bodies));
    assert.equal((await receive(url)).length, 3);
    assert.equal((await receive(url)).length, 0);
    const sources = await sqs('list-dead-letter-source-queues', '--queue-url', dead);
    assert.deepEqual(sources['queueUrls'], [url]);
    const slow = ['--source-arn', arn, '--max-number-of-messages-per-second', '1'];
    const { TaskHandle } = await sqs('start-message-move-task', ...slow);
    const { Results } = await sqs('list-message-move-tasks', '--source-arn', arn);
    const [task] = Results as Record<string, unknown>[];
    assert.equal(task!['ApproximateNumberOfMessagesToMove'], 3);
    // Three messages take three seconds: it is over, or still there to be cancelled.
    const cancel = await sqs('cancel-message-move-task', '--task-handle', TaskHandle as string).catch(String);
    if (typeof cancel === 'string') assert.match(cancel, /Task does not exist/);
    else assert.ok(Number(cancel['ApproximateNumberOfMessagesMoved']) <= 3);
  });
});
