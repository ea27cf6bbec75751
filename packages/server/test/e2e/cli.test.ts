// The commands through the real AWS CLI. Where the CLI is missing, it is installed (as root) or the suite says so.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startDaemon } from '../daemon.ts';

const run = promisify(execFile);
const present = (): boolean => spawnSync('aws', ['--version']).status === 0;

/** A reason to skip, or undefined once the CLI is there. */
function cliMissing(): string | undefined {
  if (present()) return undefined;
  if (process.getuid?.() !== 0) return 'SKIPPED: the AWS CLI is not installed, and only root can install it';
  spawnSync('apt-get', ['update'], { stdio: 'ignore' });
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'awscli'], { stdio: 'ignore' });
  return present() ? undefined : 'SKIPPED: apt-get could not install awscli';
}

const missing = cliMissing();

test('the flow of the README by the AWS CLI', { skip: missing }, async () => {
  const data = mkdtempSync(join(tmpdir(), 'busbar-cli-'));
  const daemon = await startDaemon({ data });
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: daemon.url,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'busbar',
    AWS_SECRET_ACCESS_KEY: 'busbar',
    AWS_PAGER: '',
  };
  const aws = async (...args: string[]): Promise<Record<string, unknown>> => {
    // Version 1 of the CLI ignores AWS_ENDPOINT_URL for sqs, so the endpoint is named as an option too.
    const { stdout } = await run('aws', ['--endpoint-url', daemon.url, ...args, '--output', 'json'], { env });
    return stdout.trim() ? (JSON.parse(stdout) as Record<string, unknown>) : {};
  };
  try {
    const identity = await aws('sts', 'get-caller-identity');
    assert.equal(identity.Account, '000000000000');
    const { QueueUrl } = await aws('sqs', 'create-queue', '--queue-name', 'payments');
    await aws('events', 'create-event-bus', '--name', 'shop');
    await aws(
      'events',
      'put-rule',
      '--name',
      'on-order',
      '--event-bus-name',
      'shop',
      '--event-pattern',
      '{"source":["shop.orders"],"detail":{"total":[{"numeric":[">",300]}],"state":[{"anything-but":{"prefix":"IN"}}]}}',
    );
    const targets = await aws(
      'events',
      'put-targets',
      '--rule',
      'on-order',
      '--event-bus-name',
      'shop',
      '--targets',
      'Id=1,Arn=arn:aws:sqs:us-east-1:000000000000:payments',
    );
    assert.equal(targets.FailedEntryCount, 0);
    const put = await aws(
      'events',
      'put-events',
      '--entries',
      '[{"EventBusName":"shop","Source":"shop.orders","DetailType":"OrderPlaced","Detail":"{\\"total\\":420,\\"state\\":\\"CA\\"}"}]',
    );
    const received = await aws(
      'sqs',
      'receive-message',
      '--queue-url',
      String(QueueUrl),
      '--wait-time-seconds',
      '5',
    );
    const [message] = received.Messages as [{ Body: string }];
    const event = JSON.parse(message.Body) as { id: string; detail: object };
    assert.equal(event.id, (put.Entries as [{ EventId: string }])[0].EventId);
    assert.deepEqual(event.detail, { total: 420, state: 'CA' });
    await assert.rejects(
      aws('events', 'describe-rule', '--name', 'nope'),
      /ResourceNotFoundException.*Rule nope does not exist on EventBus default\./,
    );
  } finally {
    await daemon.kill();
    rmSync(data, { recursive: true, force: true });
  }
});
