// A daemon that verifies signatures: the operator's API wants them too, and the command line makes them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CreateArchiveCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { startDaemon, type Daemon } from '../daemon.ts';
import { busbar } from './busbar-command.ts';

const SECRETS = { one: 'secret-of-one', two: 'secret-of-two' };
const keyOf = (who: keyof typeof SECRETS, secret: string = SECRETS[who]) => ({
  AWS_ACCESS_KEY_ID: `AKID${who.toUpperCase()}`,
  AWS_SECRET_ACCESS_KEY: secret,
  AWS_REGION: 'us-east-1',
});
const EVENT = '{"source":"s","detail-type":"t","detail":{"text":"ü + & = /"}}';

let folder: string;
let daemon: Daemon;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'busbar-signed-'));
  const config = join(folder, 'busbar.config.json');
  const accounts = {
    AKIDONE: { account: '111111111111', secretAccessKey: SECRETS.one },
    AKIDTWO: { account: '222222222222', secretAccessKey: SECRETS.two, sessionToken: 'token' },
  };
  writeFileSync(config, JSON.stringify({ auth: 'sigv4', accounts }));
  daemon = await startDaemon({ data: ':memory:', args: ['--config', config] });
});

after(async () => {
  await daemon.kill();
  rmSync(folder, { recursive: true, force: true });
});

const as = (env: Record<string, string>, ...args: string[]) => busbar(args, { url: daemon.url, env });

test('without a key, with a wrong secret and with an unknown key nothing is told', async () => {
  const without = await as({}, 'status');
  assert.equal(without.code, 3);
  assert.match(
    without.err,
    /Missing Authentication Token\nThe daemon verifies signatures: set AWS_ACCESS_KEY_ID/,
  );
  for (const env of [keyOf('one', 'wrong'), { ...keyOf('one'), AWS_ACCESS_KEY_ID: 'AKIDWHO' }]) {
    for (const args of [['status'], ['tail'], ['dead-letters', 'list'], ['put', EVENT]]) {
      const ran = await as(env, ...args);
      assert.equal(ran.code, 3, args.join(' '));
      assert.equal(ran.out, '');
      assert.doesNotMatch(ran.err, /secret-of|wrong/);
    }
  }
});

test('with a key everything works, and shows only its own account', async () => {
  const two = { ...keyOf('two'), AWS_SESSION_TOKEN: 'token' };
  assert.equal((await as(keyOf('two'), 'status')).code, 3);
  assert.equal((await as(two, 'put', EVENT)).code, 0);
  assert.equal((await as(keyOf('one'), 'put', EVENT)).code, 0);
  const tail = await as(
    keyOf('one'),
    'tail',
    '--since',
    '1h',
    '--limit',
    '1',
    '--pattern',
    '{"detail":{"text":[{"wildcard":"*&*"}]}}',
  );
  assert.equal((JSON.parse(tail.out) as { account: string }).account, '111111111111');
  const status = await as(two, 'status', '--json');
  assert.match(status.out, /:222222222222:event-bus\/default/);
  assert.doesNotMatch(status.out, /111111111111|"totals"/);
  assert.doesNotMatch(status.out + daemon.log.map((line) => JSON.stringify(line)).join(), /secret-of/);
  const letters = await as(two, 'dead-letters', 'redrive', 'x');
  assert.match(letters.err, /There is no such dead letter/);
});

test('an archive takes only events of its own account from a file', async () => {
  const one = keyOf('one');
  const aws = new EventBridgeClient({
    endpoint: daemon.url,
    region: one.AWS_REGION,
    credentials: { accessKeyId: one.AWS_ACCESS_KEY_ID, secretAccessKey: one.AWS_SECRET_ACCESS_KEY },
  });
  const EventSourceArn = 'arn:aws:events:us-east-1:111111111111:event-bus/default';
  await aws.send(new CreateArchiveCommand({ ArchiveName: 'mine', EventSourceArn }));
  aws.destroy();
  const lines = ['111111111111', '222222222222'].map((account, index) =>
    JSON.stringify({
      ...(JSON.parse(EVENT) as object),
      id: `00000000-0000-4000-8000-00000000000${index}`,
      account,
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
    }),
  );
  const file = join(folder, 'events.ndjson');
  writeFileSync(file, lines.join('\n'));
  const imported = await as(one, 'archive', 'import', 'mine', file);
  assert.equal(imported.code, 1);
  assert.match(
    imported.err,
    /line 2 is left out: its "account" is not that of the archive\nevents added: 1;/,
  );
  const two = { ...keyOf('two'), AWS_SESSION_TOKEN: 'token' };
  assert.match((await as(two, 'archive', 'export', 'mine')).err, /no archive `mine`/);
  assert.match((await as(one, 'archive', 'export', 'mine')).out, /^\{.*"account":"111111111111".*\}\n$/);
});

test('a signature for another service or of another body is refused', async () => {
  const { signRequest } = await import('../../src/model/signature/sign-request.ts');
  const credentials = { accessKeyId: 'AKIDONE', secretAccessKey: SECRETS.one };
  const { host } = new URL(daemon.url);
  const request = { method: 'GET', path: '/_busbar/status', query: '', headers: { host }, body: '' };
  const answers = async (service: string, body = '', now = Date.now()): Promise<number> => {
    const target = { region: 'us-east-1', service };
    const headers = signRequest({ ...request, body }, credentials, target, now);
    return (await fetch(`${daemon.url}/_busbar/status`, { headers })).status;
  };
  assert.equal(await answers('busbar'), 200);
  assert.equal(await answers('events'), 403);
  assert.equal(await answers('busbar', 'other'), 403);
  assert.equal(await answers('busbar', '', Date.now() - 3_600_000), 403);
});
