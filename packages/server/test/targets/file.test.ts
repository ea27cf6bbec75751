// Real files, and the standard output of a real daemon.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { OutgoingDelivery, SendOutcome } from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import type { FileSettings } from '../../src/model/local-settings.ts';
import { fileTarget } from '../../src/targets/file.ts';
import { CONTEXT, delivery, targetSuite, type TargetWorld } from './target-suite.ts';

const folder = mkdtempSync(join(tmpdir(), 'busbar-file-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const freshPath = (): string => join(folder, `${files++}.ndjson`);
const never = (): AbortSignal => new AbortController().signal;

async function send(
  settings: Record<string, FileSettings>,
  deliveries: readonly OutgoingDelivery[],
  block?: object,
  name = 'audit',
): Promise<SendOutcome[]> {
  const arn = `arn:busbar:file:::${name}`;
  const target = { Id: 't', Arn: arn, ...(block && { BusbarParameters: block }) };
  const session = fileTarget(settings).open(parseArn(arn)!, target, CONTEXT);
  const outcomes = await session.send(deliveries, never());
  await session.close();
  return outcomes;
}

async function openWorld(): Promise<TargetWorld> {
  const path = freshPath();
  let seen = 0;
  const settings: Record<string, FileSettings> = {
    audit: { path, fsync: true },
    missing: { path: join(folder, 'no-such-folder', 'x'), fsync: false },
  };
  const connector = fileTarget(settings);
  return {
    connector,
    arn: 'arn:busbar:file:::audit',
    missingArn: 'arn:busbar:file:::missing',
    repeatKey: 'eventId',
    async arrived() {
      const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [''];
      assert.equal(lines.pop(), '');
      const fresh = lines.slice(seen);
      seen = lines.length;
      return fresh.map((payload) => ({ id: (JSON.parse(payload) as { id: string }).id, payload }));
    },
    close: async () => undefined,
  };
}

targetSuite({
  name: 'file',
  open: openWorld,
  skips: {
    'retryable error': 'a full disk: see below',
    'permanent error': 'the suite may run as root, whom no file refuses',
    'oversized payload': 'a file takes lines of any length',
    'partial failure': 'a file takes every line',
    timeout: 'a write cannot be held',
    'shutdown in mid-send': 'there is nothing to be shut down',
  },
});

test('lines of several rules do not mix, whatever name they use', async () => {
  const path = freshPath();
  const settings = { audit: { path, fsync: false }, same: { path, fsync: true } };
  const connector = fileTarget(settings);
  const sends = Array.from({ length: 20 }, (_, index) => {
    const arn = parseArn(`arn:busbar:file:::${index % 2 ? 'audit' : 'same'}`)!;
    const payload = JSON.stringify({ index, filler: 'x'.repeat(100_000) });
    return connector
      .open(arn, { Id: 't', Arn: arn.text }, CONTEXT)
      .send([delivery(index, { payload }), delivery(index, { payload })], never());
  });
  await Promise.all(sends);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, 40);
  for (const line of lines) assert.equal((JSON.parse(line) as { filler: string }).filler.length, 100_000);
});

test('a file that was moved away is made anew', async () => {
  const path = freshPath();
  const settings = { audit: { path, fsync: false } };
  await send(settings, [delivery(1)]);
  renameSync(path, `${path}.1`);
  await send(settings, [delivery(2)]);
  assert.equal(readFileSync(`${path}.1`, 'utf8'), `${delivery(1).payload}\n`);
  assert.equal(readFileSync(path, 'utf8'), `${delivery(2).payload}\n`);
});

test('a line that was cut off is ended first', async () => {
  const path = freshPath();
  appendFileSync(path, '{"cut":');
  await send({ audit: { path, fsync: false } }, [delivery(1)]);
  assert.equal(readFileSync(path, 'utf8'), `{"cut":\n${delivery(1).payload}\n`);
});

test('text stays one line; CloudEvents in their JSON format', async () => {
  const path = freshPath();
  const settings = { audit: { path, fsync: false } };
  await send(settings, [delivery(1, { payload: 'one\r\ntwo\nthree' })]);
  await send(settings, [delivery(2)], { CloudEvents: 'structured' });
  const [text, event] = readFileSync(path, 'utf8').split('\n');
  assert.equal(text, 'one\\ntwo\\nthree');
  const { specversion, id, data } = JSON.parse(event!) as Record<string, unknown>;
  assert.deepEqual(
    { specversion, id, data },
    { specversion: '1.0', id: delivery(2).eventId, data: { index: 2 } },
  );
});

test('what fails', { skip: existsSync('/dev/full') ? false : 'no /dev/full on this machine' }, async () => {
  const rows: readonly [path: string, code: string][] = [
    ['/dev/full', 'retry ERROR_FROM_TARGET The file could not be written (ENOSPC).'],
    [folder, 'reject NO_RESOURCE The file cannot be opened (EISDIR).'],
    [join('/dev/null', 'x'), 'reject NO_RESOURCE The file cannot be opened (ENOTDIR).'],
  ];
  for (const [path, expected] of rows) {
    const [outcome] = await send({ audit: { path, fsync: false } }, [delivery(1)]);
    assert.ok(outcome && outcome.status !== 'delivered');
    assert.equal(`${outcome.status} ${outcome.code} ${outcome.reason}`, expected);
  }
});

test('what cannot be put', () => {
  const connector = fileTarget({ audit: { path: '/x', fsync: false } });
  const fault = (arn: string): string | undefined => connector.check(parseArn(arn)!, { Id: 't', Arn: arn });
  assert.equal(fault('arn:busbar:file:::audit'), undefined);
  assert.match(fault('arn:busbar:file:::other')!, /"files": \{ "other": /);
  for (const resource of ['/etc/passwd', '..', 'constructor', '__proto__']) {
    assert.match(fault(`arn:busbar:file:::${resource}`)!, /not in correct format|No such file is configured/);
  }
  assert.match(fault('arn:busbar:file:eu::audit')!, /not in correct format/);
  assert.match(fault('arn:busbar:file::000000000000:audit')!, /not in correct format/);
});
