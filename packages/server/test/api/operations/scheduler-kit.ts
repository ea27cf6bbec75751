import assert from 'node:assert/strict';
import { SchedulerClient, type CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { startBusbar } from '../../../src/compose.ts';
import { loadConfig, type Config } from '../../../src/config.ts';
import { AwsJson } from '../../aws-json.ts';

export const ACCOUNT = '000000000000';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/scheduler`;
export const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;

export interface Message {
  readonly Body: string;
  readonly MessageAttributes?: Readonly<Record<string, { StringValue: string }>>;
}

/** A daemon whose clock can be moved, and Amazon's client for its Scheduler. */
export async function schedulerKit(more: Partial<Config> = {}) {
  const config = loadConfig(['--port', '0', '--data', ':memory:', '--dev-clock'], {});
  const busbar = await startBusbar({ ...config, ...more });
  const credentials = { accessKeyId: 'busbar', secretAccessKey: 'busbar' };
  const client = new SchedulerClient({ endpoint: busbar.url, region: 'us-east-1', credentials });
  const aws = new AwsJson(Number(new URL(busbar.url).port), 1);
  let made = 0;

  /** Moves the clock, or only looks at it; answers where it stands. */
  async function clock(body: object = {}): Promise<number> {
    const answer = await fetch(`${busbar.url}/_busbar/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return Date.parse(((await answer.json()) as { now: string }).now);
  }

  return {
    url: busbar.url,
    engine: busbar.engine,
    client,
    aws,
    clock,
    minutes: (count: number): Promise<number> => clock({ advanceMs: count * 60_000 }),

    /** A queue of its own, and a schedule's name. */
    place: async (): Promise<{ name: string; queue: string }> => {
      const name = `s${++made}`;
      const Attributes = { VisibilityTimeout: '43200', MessageRetentionPeriod: '1209600' };
      await aws.must('sqs', 'CreateQueue', { QueueName: name, Attributes });
      return { name, queue: queueArn(name) };
    },

    /** What is in a queue and was not received yet. */
    receive: async (name: string): Promise<Message[]> => {
      const all: Message[] = [];
      for (;;) {
        const { Messages } = await aws.must('sqs', 'ReceiveMessage', {
          QueueUrl: `${busbar.url}/${ACCOUNT}/${name}`,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
        });
        const messages = (Messages ?? []) as Message[];
        if (messages.length === 0) return all;
        all.push(...messages);
      }
    },

    stop: async (): Promise<void> => {
      client.destroy();
      aws.close();
      await busbar.stop(0);
    },
  };
}

/** A schedule that sends to a queue every hour, unless told otherwise. */
export const wish = (
  name: string,
  queue: string,
  more: Partial<CreateScheduleCommandInput> = {},
): CreateScheduleCommandInput => ({
  Name: name,
  ScheduleExpression: 'rate(1 hour)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: queue, RoleArn: ROLE, Input: 'tick' },
  ...more,
});

/** Expects an error of the API. */
export async function refused(
  sent: Promise<unknown>,
  name: string,
  status: number,
  message?: string | RegExp,
): Promise<void> {
  await assert.rejects(sent, (error: Error & { $metadata: { httpStatusCode: number } }) => {
    assert.equal(error.name, name, error.message);
    assert.equal(error.$metadata.httpStatusCode, status);
    if (typeof message === 'string') assert.equal(error.message, message);
    else if (message) assert.match(error.message, message);
    return true;
  });
}
