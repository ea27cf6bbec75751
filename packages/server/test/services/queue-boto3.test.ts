// boto3, in both protocols that its versions speak, against the queue behind a real port.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { openQueueDoor } from './queue-door.ts';
import type { QueueDoor } from './queue-door.ts';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, 'boto3-queue.py');

const found = spawnSync('python3', ['-c', 'import boto3']);
const skip = found.status === 0 ? false : 'SKIPPED: python3 with boto3 is not installed';

describe('queues by boto3', { skip }, () => {
  let door: QueueDoor;
  before(async () => {
    door = await openQueueDoor(0);
  });
  after(() => door.close());

  test('every row of boto3-queue.py', { timeout: 120_000 }, async () => {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'busbar',
      AWS_SECRET_ACCESS_KEY: 'busbar',
      AWS_DEFAULT_REGION: 'us-east-1',
    };
    const { stdout } = await run('python3', [SCRIPT, door.endpoint], { env });
    const lines = stdout.trim().split('\n');
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('ok ')),
      [],
    );
    assert.ok(lines.length >= 20, stdout);
  });
});
