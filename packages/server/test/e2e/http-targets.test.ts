// Connections and API destinations as users make them: by the AWS CLI and the SDK, on a daemon with a data directory.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  DeauthorizeConnectionCommand,
  DeleteApiDestinationCommand,
  DeleteConnectionCommand,
  DescribeApiDestinationCommand,
  DescribeConnectionCommand,
  EventBridgeClient,
  ListApiDestinationsCommand,
  ListConnectionsCommand,
  UpdateApiDestinationCommand,
  UpdateConnectionCommand,
} from '@aws-sdk/client-eventbridge';
import { startDaemon, type Daemon } from '../daemon.ts';
import { startPeer, type Peer } from '../targets/http/peer.ts';

const run = promisify(execFile);
const BUSBAR = join(import.meta.dirname, '../../bin/busbar.mjs');
const SECRET = 'hunter2-wJalrXUtnFEMI';
const ROLE = 'arn:aws:iam::000000000000:role/any';
const missing =
  spawnSync('aws', ['--version']).status === 0 ? false : 'no AWS CLI: install it to run this test';

function dataDirectory(t: TestContext): string {
  const data = mkdtempSync(join(tmpdir(), 'busbar-http-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  return data;
}

/** The AWS CLI against a daemon: an operation of the Events API with its options. */
const cliOf =
  (daemon: Daemon, configFile: string) =>
  async (operation: string, options: Readonly<Record<string, string>>): Promise<Record<string, unknown>> => {
    const env = {
      ...process.env,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'busbar',
      AWS_SECRET_ACCESS_KEY: 'busbar',
      AWS_PAGER: '',
      AWS_CONFIG_FILE: configFile,
    };
    const given = Object.entries({ ...options, output: 'json' }).flatMap(([name, value]) => [
      `--${name}`,
      value,
    ]);
    const all = ['--endpoint-url', daemon.url, 'events', operation, ...given];
    const { stdout } = await run('aws', all, { env });
    return stdout.trim() ? (JSON.parse(stdout) as Record<string, unknown>) : {};
  };

async function arrived(peer: Peer, count: number): Promise<void> {
  while (peer.got.length < count)
    await once(peer.requests, 'request', { signal: AbortSignal.timeout(30_000) });
}

test('a rule that calls an API, by the AWS CLI; the secrets survive', { skip: missing }, async (t) => {
  const data = dataDirectory(t);
  const peer = await startPeer(t);
  let daemon = await startDaemon({ data });
  t.after(() => daemon.kill());
  // Version 1 of the CLI would fetch what stands at a parameter's URL, and send that.
  const configFile = join(dataDirectory(t), 'config');
  writeFileSync(configFile, '[default]\ncli_follow_urlparam = false\n');
  let aws = cliOf(daemon, configFile);
  const key = `ApiKeyAuthParameters={ApiKeyName=X-Key,ApiKeyValue=${SECRET}}`;
  const { ConnectionArn: connection } = await aws('create-connection', {
    name: 'orders-api',
    'authorization-type': 'API_KEY',
    'auth-parameters': key,
  });
  const { ApiDestinationArn: destination, ApiDestinationState: state } = await aws('create-api-destination', {
    name: 'orders',
    'connection-arn': String(connection),
    'http-method': 'POST',
    'invocation-endpoint': `${peer.url}/orders/*`,
  });
  assert.equal(state, 'ACTIVE');
  await aws('put-rule', { name: 'on-order', 'event-pattern': '{"source":["shop"]}' });
  const target = {
    Id: '1',
    Arn: destination,
    RoleArn: ROLE,
    HttpParameters: { PathParameterValues: ['$.detail.id'], QueryStringParameters: { from: 'busbar' } },
  };
  await aws('put-targets', { rule: 'on-order', targets: JSON.stringify([target]) });
  const put = (id: number) => {
    const entry = { Source: 'shop', DetailType: 'Order', Detail: JSON.stringify({ id }) };
    return aws('put-events', { entries: JSON.stringify([entry]) });
  };
  await put(1);
  await arrived(peer, 1);
  const [got] = peer.got;
  assert.equal(got!.url, '/orders/1?from=busbar');
  assert.equal(got!.headers['x-key'], SECRET);
  assert.deepEqual((JSON.parse(got!.body) as { detail: object }).detail, { id: 1 });

  const keyFile = join(data, 'secret.key');
  assert.equal(statSync(keyFile).mode & 0o777, 0o600);
  const before = readFileSync(keyFile, 'utf8');
  const { stdout } = await run(process.execPath, [BUSBAR, 'secrets', 'rotate', '--url', daemon.url]);
  assert.equal(stdout, '1 secrets are sealed anew, with a new key\n');
  const after = readFileSync(keyFile, 'utf8');
  assert.notEqual(after, before);
  assert.equal(after.trim().split('\n').length, 1);
  assert.equal(statSync(keyFile).mode & 0o777, 0o600);

  const described = await aws('describe-connection', { name: 'orders-api' });
  await daemon.kill();
  const told = JSON.stringify([daemon.log, described]);
  assert.ok(!told.includes(SECRET));
  for (const name of readdirSync(data)) {
    const path = join(data, name);
    if (statSync(path).isFile()) assert.ok(!readFileSync(path).includes(SECRET), name);
  }
  daemon = await startDaemon({ data });
  aws = cliOf(daemon, configFile);
  await put(2);
  const isSecond = () =>
    peer.got.some(({ url, headers }) => url.startsWith('/orders/2') && headers['x-key'] === SECRET);
  while (!isSecond()) await arrived(peer, peer.got.length + 1);
});

test('every operation by the SDK', async (t) => {
  const daemon = await startDaemon({ data: dataDirectory(t) });
  t.after(() => daemon.kill());
  const client = new EventBridgeClient({
    endpoint: daemon.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'busbar', secretAccessKey: 'busbar' },
  });
  t.after(() => client.destroy());
  const Name = 'c';
  const created = await client.send(
    new CreateConnectionCommand({
      Name,
      AuthorizationType: 'BASIC',
      AuthParameters: { BasicAuthParameters: { Username: 'me', Password: SECRET } },
    }),
  );
  assert.equal(created.ConnectionState, 'AUTHORIZED');
  assert.ok(created.CreationTime instanceof Date);
  const { ConnectionArn } = created;
  await client.send(new UpdateConnectionCommand({ Name, Description: 'mine' }));
  const destination = await client.send(
    new CreateApiDestinationCommand({
      Name: 'd',
      ConnectionArn,
      InvocationEndpoint: 'https://api.example.com/',
      HttpMethod: 'PUT',
    }),
  );
  assert.equal(destination.ApiDestinationState, 'ACTIVE');
  await client.send(new UpdateApiDestinationCommand({ Name: 'd', InvocationRateLimitPerSecond: 5 }));
  const deauthorized = await client.send(new DeauthorizeConnectionCommand({ Name }));
  assert.equal(deauthorized.ConnectionState, 'DEAUTHORIZING');
  const connection = await client.send(new DescribeConnectionCommand({ Name }));
  assert.deepEqual([connection.ConnectionState, connection.Description], ['DEAUTHORIZED', 'mine']);
  const described = await client.send(new DescribeApiDestinationCommand({ Name: 'd' }));
  assert.deepEqual([described.ApiDestinationState, described.InvocationRateLimitPerSecond], ['INACTIVE', 5]);
  const { Connections } = await client.send(new ListConnectionsCommand({}));
  const { ApiDestinations } = await client.send(new ListApiDestinationsCommand({ ConnectionArn }));
  assert.deepEqual([Connections?.length, ApiDestinations?.length], [1, 1]);
  await client.send(new DeleteApiDestinationCommand({ Name: 'd' }));
  assert.equal((await client.send(new DeleteConnectionCommand({ Name }))).ConnectionState, 'DELETING');
  await assert.rejects(client.send(new DescribeConnectionCommand({ Name })), {
    name: 'ResourceNotFoundException',
    message: "Failed to describe the connection(s). Connection 'c' does not exist.",
  });
});
