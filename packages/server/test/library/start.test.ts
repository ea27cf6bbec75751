import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateEventBusCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { ConfigError, startBusbar, type BusbarOptions, type Logger } from 'busbar';
import { manualClock } from '../services/manual-clock.ts';
import { Clients } from './clients.ts';

test('an event goes from the SDK through a rule into a queue', async (t) => {
  const began = performance.now();
  await using bus = await startBusbar();
  t.diagnostic(`the first instance listened after ${Math.round(performance.now() - began)} ms`);
  const clients = new Clients(bus);
  const queue = await clients.collect('orders');
  assert.equal(queue.arn, 'arn:aws:sqs:us-east-1:000000000000:orders');
  const id = await clients.publish({ total: 420 });
  const event = await clients.receive(queue.url, 5);
  assert.equal(event?.id, id);
  assert.deepEqual(event.detail, { total: 420 });
  clients.close();
});

test('instances in one process know nothing of each other', async (t) => {
  await using first = await startBusbar();
  const began = performance.now();
  await using second = await startBusbar({ account: '111111111111', region: 'eu-central-1' });
  t.diagnostic(`another instance listened after ${Math.round(performance.now() - began)} ms`);
  assert.notEqual(first.url, second.url);
  const [here, there] = [new Clients(first), new Clients(second)];
  const one = await here.collect('orders');
  const two = await there.collect('orders');
  assert.equal(two.arn, 'arn:aws:sqs:eu-central-1:111111111111:orders');
  await here.publish({ from: 'here' });
  assert.deepEqual((await here.receive(one.url, 5))?.detail, { from: 'here' });
  assert.equal(await there.receive(two.url, 0), undefined);
  here.close();
  there.close();
});

test('a data directory outlives the instance', async () => {
  const data = mkdtempSync(join(tmpdir(), 'busbar-library-'));
  try {
    let url: string;
    {
      await using bus = await startBusbar({ data });
      const clients = new Clients(bus);
      ({ url } = await clients.collect('orders'));
      await clients.publish({ kept: true });
      clients.close();
    }
    await using bus = await startBusbar({ data });
    const clients = new Clients(bus);
    const path = new URL(url).pathname;
    assert.deepEqual((await clients.receive(bus.url + path, 5))?.detail, { kept: true });
    clients.close();
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});

test('the environment is handed over, not touched', async () => {
  const before = { ...process.env };
  const listeners = process.eventNames().map((name) => [name, process.listenerCount(name)]);
  const bus = await startBusbar({ region: 'eu-west-1' });
  assert.deepEqual(bus.env, {
    AWS_ENDPOINT_URL: bus.url,
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'busbar',
    AWS_SECRET_ACCESS_KEY: 'busbar',
  });
  await bus.stop();
  assert.deepEqual({ ...process.env }, before);
  assert.deepEqual(
    process.eventNames().map((name) => [name, process.listenerCount(name)]),
    listeners,
  );
});

test('quotas can be changed one by one', async () => {
  await using bus = await startBusbar({ quotas: { rulesPerBus: 1 } });
  const clients = new Clients(bus);
  const rule = (Name: string) =>
    clients.events.send(new PutRuleCommand({ Name, EventPattern: '{"source":["shop"]}' }));
  await rule('one');
  await assert.rejects(rule('two'), { name: 'LimitExceededException' });
  // The others stay as they are.
  await clients.events.send(new CreateEventBusCommand({ Name: 'shop' }));
  clients.close();
});

test('time goes by the clock that is given: half a minute passes at once', async () => {
  const clock = manualClock(Date.UTC(2030, 0, 1));
  await using bus = await startBusbar({ clock });
  const clients = new Clients(bus);
  const { url } = await clients.collect('orders');
  const id = await clients.publish({});
  assert.equal((await clients.receive(url, 1))?.id, id);
  assert.equal(await clients.receive(url, 0), undefined);
  await clock.advance(30_000);
  assert.equal((await clients.receive(url, 0))?.id, id, 'the visibility timeout is over');
  clients.close();
});

test('the logger that is given hears the daemon', async () => {
  const said: string[] = [];
  const note = (_fields: object, message: string): void => void said.push(message);
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  await using bus = await startBusbar({ logger });
  const clients = new Clients(bus);
  await clients.publish({}, 'nowhere');
  clients.close();
  assert.deepEqual(said, ['event dropped: its bus does not exist']);
});

test('stop can be called again, and the port is free afterwards', async () => {
  const bus = await startBusbar();
  const port = Number(new URL(bus.url).port);
  await Promise.all([bus.stop(), bus.stop()]);
  await bus.stop();
  await bus[Symbol.asyncDispose]();
  await using again = await startBusbar({ port });
  assert.equal(again.url, bus.url);
});

const MISTAKES: readonly [BusbarOptions, RegExp][] = [
  [{ port: 70_000 }, /^the option "port" must be a whole number from 0 to 65535, not "70000"$/],
  [{ account: '12' }, /^the option "account" must be twelve digits, not "12"$/],
  [{ region: 'here' }, /^the option "region" must be a region such as us-east-1, not "here"$/],
  [{ quotas: { rulesPerBus: -1 } }, /^"quotas" in the options: "rulesPerBus" must be a whole number$/],
  [{ quotas: { rules: 1 } as object }, /^"quotas" in the options has an unknown quota "rules"$/],
  [{ ports: 1 } as object, /^there is no option "ports"$/],
];

for (const [options, message] of MISTAKES) {
  test(`${JSON.stringify(options)} is a mistake`, async () => {
    await assert.rejects(startBusbar(options), (error: Error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, message);
      return true;
    });
  });
}

test('a port that is taken is an error of the system', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as AddressInfo;
  await assert.rejects(startBusbar({ port }), { code: 'EADDRINUSE' });
  holder.close();
});
