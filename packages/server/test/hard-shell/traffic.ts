import assert from 'node:assert/strict';
import { AwsJson } from '../aws-json.ts';
import type { Daemon } from '../daemon.ts';
import type { Seeded } from './seeded.ts';

const QUEUE = 'all';
const ENTRIES = 10;
const MOST_PAD = 3_000;
const FULL_PAGE = 10;
const RECOVERY_LIMIT_MS = 60_000;

/** Publishes numbered events to a bus whose rule brings them to a queue, and knows which were acknowledged. */
export class Traffic {
  readonly acknowledged = new Set<number>();
  readonly received = new Set<number>();
  /** Answers to PutEvents by status. */
  readonly statuses: Record<number, number> = {};
  readonly #chance: Seeded;
  #next = 0;

  constructor(chance: Seeded) {
    this.#chance = chance;
  }

  async setUp(daemon: Daemon): Promise<void> {
    const client = new AwsJson(daemon.port, 1);
    await client.must('sqs', 'CreateQueue', { QueueName: QUEUE });
    await client.must('events', 'CreateEventBus', { Name: 'shop' });
    await client.must('events', 'PutRule', {
      Name: 'all',
      EventBusName: 'shop',
      EventPattern: '{"source":["s"]}',
    });
    await client.must('events', 'PutTargets', {
      Rule: 'all',
      EventBusName: 'shop',
      Targets: [{ Id: '1', Arn: `arn:aws:sqs:us-east-1:000000000000:${QUEUE}` }],
    });
    client.close();
  }

  /** One call with a few events; answers its status. An answer that is neither a success nor a 5xx is a failure. */
  async publish(client: AwsJson): Promise<number> {
    const numbers = Array.from({ length: 1 + this.#chance.below(ENTRIES) }, () => this.#next++);
    const Entries = numbers.map((number) => ({
      EventBusName: 'shop',
      Source: 's',
      DetailType: 'Numbered',
      Detail: JSON.stringify({ number, pad: 'x'.repeat(this.#chance.below(MOST_PAD)) }),
    }));
    const { status, body } = await client.call('events', 'PutEvents', { Entries });
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    assert.ok(status === 200 || status === 500 || status === 503, `${status}: ${JSON.stringify(body)}`);
    if (status !== 200) return status;
    (body['Entries'] as { EventId?: string }[]).forEach(({ EventId }, index) => {
      if (EventId !== undefined) this.acknowledged.add(numbers[index]!);
    });
    return status;
  }

  /** Receives and deletes until everything acknowledged has come. Throws when it does not in time. */
  async drain(daemon: Daemon): Promise<void> {
    const client = new AwsJson(daemon.port, 4);
    const QueueUrl = `${daemon.url}/000000000000/${QUEUE}`;
    const until = performance.now() + RECOVERY_LIMIT_MS;
    for (;;) {
      const { Messages = [] } = (await client.must('sqs', 'ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: FULL_PAGE,
        WaitTimeSeconds: 1,
      })) as { Messages?: { Body: string; ReceiptHandle: string }[] };
      for (const { Body } of Messages) {
        this.received.add((JSON.parse(Body) as { detail: { number: number } }).detail.number);
      }
      const Deleted = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      if (Deleted.length > 0) await client.must('sqs', 'DeleteMessageBatch', { QueueUrl, Entries: Deleted });
      const missing = [...this.acknowledged].filter((number) => !this.received.has(number));
      if (missing.length === 0) break;
      assert.ok(
        performance.now() < until,
        `${missing.length} of ${this.acknowledged.size} acknowledged events do not come, ${missing.slice(0, 10).join()}`,
      );
    }
    client.close();
  }
}
