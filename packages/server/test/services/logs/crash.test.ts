// Events that were acknowledged are there after the daemon was killed.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon } from '../../daemon.ts';
import type { Daemon } from '../../daemon.ts';

const WRITERS = 8;
const named = { logGroupName: 'g' };

async function call(daemon: Daemon, operation: string, input: object): Promise<Record<string, unknown>> {
  const answer = await fetch(daemon.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Logs_20140328.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.status} ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

async function allMessages(daemon: Daemon): Promise<string[]> {
  const messages: string[] = [];
  let nextToken: unknown;
  do {
    const page = await call(daemon, 'FilterLogEvents', { ...named, nextToken });
    messages.push(...(page['events'] as { message: string }[]).map(({ message }) => message));
    nextToken = page['nextToken'];
  } while (nextToken !== undefined);
  return messages;
}

test('what was acknowledged survives a kill, and once only', async () => {
  const data = mkdtempSync(join(tmpdir(), 'busbar-logs-crash-'));
  let daemon = await startDaemon({ data });
  const acknowledged: string[] = [];
  let stopped = false;
  const write = async (logStreamName: string): Promise<void> => {
    for (let index = 0; !stopped; index++) {
      const message = `${logStreamName} ${index}`;
      const logEvents = [{ timestamp: Date.now(), message }];
      try {
        await call(daemon, 'PutLogEvents', { ...named, logStreamName, logEvents });
      } catch {
        return;
      }
      acknowledged.push(message);
    }
  };
  try {
    await call(daemon, 'CreateLogGroup', named);
    const streams = Array.from({ length: WRITERS }, (_, index) => `s${index}`);
    for (const logStreamName of streams) await call(daemon, 'CreateLogStream', { ...named, logStreamName });
    const writers = streams.map(write);
    while (acknowledged.length < 500) await new Promise((resolve) => setImmediate(resolve));
    await daemon.kill();
    stopped = true;
    await Promise.all(writers);
    daemon = await startDaemon({ data });
    const found = await allMessages(daemon);
    assert.equal(new Set(found).size, found.length);
    const lost = acknowledged.filter((message) => !found.includes(message));
    assert.deepEqual(lost, []);
    // At most one more a writer: those that were stored when the kill came, but not yet acknowledged.
    assert.ok(found.length <= acknowledged.length + WRITERS, `${found.length} of ${acknowledged.length}`);
  } finally {
    await daemon.kill();
    rmSync(data, { recursive: true, force: true });
  }
});
