// What a daemon loads that nobody has asked for anything yet: neither connectors nor the clients of other systems.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';

/** What the list of targets consists of. */
const ALWAYS = [
  'targets/abortable.ts',
  'targets/busbar-parameters.ts',
  'targets/family.ts',
  'targets/index.ts',
];
const PRELOADED = pathToFileURL(join(import.meta.dirname, 'module-log.mjs')).href;
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:orders';

const root = await mkdtemp(join(tmpdir(), 'busbar-idle-'));
let running: Daemon | undefined;
after(async () => {
  await running?.kill();
  await rm(root, { recursive: true, force: true });
});

it('loads connectors and the clients of other systems when they are first asked for', async () => {
  const log = join(root, 'modules');
  const env = { NODE_OPTIONS: `--import=${PRELOADED}`, BUSBAR_MODULE_LOG: log };
  const daemon = await startDaemon({ data: join(root, 'data'), env });
  running = daemon;
  const loaded = async (): Promise<string[]> =>
    (await readFile(log, 'utf8'))
      .split('\n')
      .map((url) => url.replace(/^file:.*\/packages\/server\/src\//, ''));

  const idle = await loaded();
  assert.ok(idle.includes('compose.ts'), 'the log is one of modules');
  const connectors = (names: readonly string[]): string[] =>
    names.filter((name) => /^targets\/(?!http\/)/.test(name) && !ALWAYS.includes(name));
  assert.deepEqual(connectors(idle), []);
  const clients =
    /\/node_modules\/(undici|pg|amqplib|mqtt|redis|jsonata|@(nats-io|platformatic|aws-sdk|opentelemetry))\//;
  assert.deepEqual(
    idle.filter((name) => clients.test(name)),
    [],
  );

  const client = new AwsJson(daemon.port, 1);
  await client.must('events', 'PutRule', { Name: 'orders', EventPattern: '{"source":["shop"]}' });
  await client.must('events', 'PutTargets', { Rule: 'orders', Targets: [{ Id: 'queue', Arn: QUEUE }] });
  client.close();
  const asked = connectors(await loaded());
  assert.ok(asked.includes('targets/queue.ts'), asked.join());
  assert.deepEqual(
    asked.filter((name) => /^targets\/[a-z0-9]+\//.test(name)),
    [],
    'the connectors of other systems are still not loaded',
  );
  assert.equal(await daemon.stop(), 0);
});
