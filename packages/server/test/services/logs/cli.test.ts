// The real AWS CLI against a real daemon. What the CLI at hand cannot do is skipped, and says so.
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startDaemon } from '../../daemon.ts';
import type { Daemon } from '../../daemon.ts';

const run = promisify(execFile);

const missing =
  spawnSync('aws', ['--version']).status === 0 ? false : 'SKIPPED: the AWS CLI is not installed';
/** Version 2 of the CLI brought `logs tail`; it may stand beside a version 1 that comes first. */
const withTail = ['aws', '/usr/bin/aws'].find((command) => {
  const asked = spawnSync(command, ['logs', 'tail']);
  return asked.error === undefined && !asked.stderr.includes('Invalid choice');
});
const noTail = withTail ? false : 'SKIPPED: no AWS CLI here has `logs tail`: install version 2';

const GROUP = '/aws/events/shop';
const TIMEOUT_MS = 20_000;

type Answer = Record<string, unknown>;
interface ShownEvent {
  readonly eventId: string;
  readonly timestamp: number;
  readonly message: string;
}

describe('log groups by the AWS CLI', { skip: missing }, () => {
  const data = mkdtempSync(join(tmpdir(), 'busbar-logs-'));
  let daemon: Daemon;
  const env = {
    ...process.env,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'busbar',
    AWS_SECRET_ACCESS_KEY: 'busbar',
    AWS_PAGER: '',
  };

  before(async () => {
    daemon = await startDaemon({ data });
  });

  after(async () => {
    await daemon.kill();
    rmSync(data, { recursive: true, force: true });
  });

  const aws = async (...args: string[]): Promise<Answer> => {
    const { stdout } = await run('aws', ['--endpoint-url', daemon.url, ...args, '--output', 'json'], { env });
    return stdout.trim() ? (JSON.parse(stdout) as Answer) : {};
  };
  const logs = (operation: string, ...args: string[]): Promise<Answer> => aws('logs', operation, ...args);

  const putEvent = async (detail: object): Promise<string> => {
    const entry = { Source: 'shop.orders', DetailType: 'Order', Detail: JSON.stringify(detail) };
    const { Entries } = await aws('events', 'put-events', '--entries', JSON.stringify([entry]));
    return (Entries as [{ EventId: string }])[0].EventId;
  };

  /** Follows a group as `aws logs tail --follow` does: pages, then again from the latest time on, telling repeats by id. */
  const followUntil = async (done: (messages: readonly string[]) => boolean): Promise<string[]> => {
    const seen = new Map<string, string>();
    const end = Date.now() + TIMEOUT_MS;
    for (let since = 0; Date.now() < end; await sleep(200)) {
      const { events } = await logs(
        'filter-log-events',
        '--log-group-name',
        GROUP,
        '--interleaved',
        '--start-time',
        `${since}`,
      );
      for (const { eventId, timestamp, message } of events as ShownEvent[]) {
        seen.set(eventId, message);
        since = Math.max(since, timestamp);
      }
      if (done([...seen.values()])) return [...seen.values()];
    }
    throw new Error(`not in time: ${JSON.stringify([...seen.values()])}`);
  };

  const group = ['--log-group-name', GROUP];
  const stream = ['--log-stream-name', 'by/hand'];

  test('groups and streams are created, described, tagged and kept for a time', async () => {
    await logs('create-log-group', ...group, '--tags', 'team=shop');
    await logs('create-log-stream', ...group, ...stream);
    await logs('put-retention-policy', ...group, '--retention-in-days', '7');
    const { logGroups } = await logs('describe-log-groups', '--log-group-name-prefix', '/aws/events');
    const [shown] = logGroups as [Answer];
    assert.deepEqual([shown['logGroupName'], shown['retentionInDays']], [GROUP, 7]);
    const arn = String(shown['arn']);
    assert.equal(arn, `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}:*`);
    const resource = ['--resource-arn', arn.slice(0, -2)];
    await logs('tag-resource', ...resource, '--tags', 'stage=test');
    assert.deepEqual(await logs('list-tags-for-resource', ...resource), {
      tags: { team: 'shop', stage: 'test' },
    });
    const { logStreams } = await logs('describe-log-streams', ...group);
    assert.equal((logStreams as [Answer])[0]['logStreamName'], 'by/hand');
    await assert.rejects(
      logs('create-log-group', ...group),
      /ResourceAlreadyExistsException.*The specified log group already exists/,
    );
    await assert.rejects(
      logs('create-export-task', ...group, '--from', '0', '--to', '1', '--destination', 'bucket'),
      /NotImplementedException/,
    );
    await assert.rejects(
      logs('put-retention-policy', ...group, '--retention-in-days', '2'),
      /InvalidParameterException.*Member must satisfy enum value set/,
    );
  });

  test('events are put, filtered and read page by page', async () => {
    const now = Date.now();
    const events = Array.from({ length: 5 }, (_, index) => ({
      timestamp: now + index,
      message: index % 2 ? `ERROR number ${index}` : JSON.stringify({ level: 'info', index }),
    }));
    await logs('put-log-events', ...group, ...stream, '--log-events', JSON.stringify(events));
    const filtered = async (pattern: string): Promise<string[]> => {
      const answer = await logs('filter-log-events', ...group, '--filter-pattern', pattern);
      return (answer['events'] as ShownEvent[]).map(({ message }) => message);
    };
    assert.deepEqual(await filtered('ERROR'), ['ERROR number 1', 'ERROR number 3']);
    assert.deepEqual(await filtered('{ $.index >= 2 && $.level = "info" }'), [
      '{"level":"info","index":2}',
      '{"level":"info","index":4}',
    ]);
    const paged = await logs('filter-log-events', ...group, '--page-size', '2');
    assert.equal((paged['events'] as unknown[]).length, 5);
    const read = await logs('get-log-events', ...group, ...stream, '--limit', '2');
    assert.deepEqual(
      (read['events'] as ShownEvent[]).map(({ timestamp }) => timestamp - now),
      [3, 4],
    );
    const before = await logs(
      'get-log-events',
      ...group,
      ...stream,
      '--limit',
      '2',
      '--next-token',
      String(read['nextBackwardToken']),
    );
    assert.deepEqual(
      (before['events'] as ShownEvent[]).map(({ timestamp }) => timestamp - now),
      [1, 2],
    );
  });

  const target = ['events', 'put-targets', '--rule', 'to-logs', '--targets'];
  const groupArn = `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}`;

  test('an event that a rule matches arrives in its log group', async () => {
    await aws('events', 'put-rule', '--name', 'to-logs', '--event-pattern', '{"source":["shop.orders"]}');
    const { FailedEntryCount } = await aws(...target, `Id=1,Arn=${groupArn}`);
    assert.equal(FailedEntryCount, 0);
    await logs('delete-log-stream', ...group, ...stream);
    const id = await putEvent({ total: 1 });
    const [message] = await followUntil((messages) => messages.length > 0);
    const event = JSON.parse(message!) as Answer;
    assert.deepEqual([event['id'], event['detail']], [id, { total: 1 }]);
    const transformer = {
      Id: '2',
      Arn: groupArn,
      InputTransformer: {
        InputPathsMap: { time: '$.time', total: '$.detail.total' },
        InputTemplate: '{"timestamp": <time>, "message": "total: <total>"}',
      },
    };
    await aws(...target, JSON.stringify([transformer]));
    await putEvent({ total: 2 });
    const later = await followUntil((messages) => messages.length >= 3);
    assert.ok(later.includes('total: 2'), JSON.stringify(later));
    await assert.rejects(
      aws(...target, JSON.stringify([{ Id: '3', Arn: groupArn, Input: '{"a":1}' }])),
      /Input for target 3 is not a valid JSON text\./,
    );
  });

  test('aws logs tail shows the event, and what comes while it follows', { skip: noTail }, async () => {
    const first = await putEvent({ total: 17 });
    await followUntil((messages) => messages.some((message) => message.includes(first)));
    const tail = ['--endpoint-url', daemon.url, 'logs', 'tail', GROUP];
    const { stdout } = await run(withTail!, tail, { env });
    assert.match(stdout, new RegExp(first));
    const child = spawn(withTail!, [...tail, '--follow', '--since', '5m'], { env });
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    const until = async (text: string): Promise<void> => {
      const end = Date.now() + TIMEOUT_MS;
      while (!shown.includes(text) && Date.now() < end) await sleep(100);
      assert.match(shown, new RegExp(text));
    };
    try {
      await until(first);
      const second = await putEvent({ total: 18 });
      await until(second);
      assert.equal(shown.split(first).length, 2, 'no event is shown twice');
    } finally {
      child.kill();
    }
  });

  test('a restart keeps everything', async () => {
    const count = async (): Promise<number> =>
      ((await logs('filter-log-events', ...group))['events'] as unknown[]).length;
    const before = await count();
    assert.ok(before > 0);
    assert.equal(await daemon.stop(), 0);
    daemon = await startDaemon({ data });
    assert.equal(await count(), before);
  });
});
