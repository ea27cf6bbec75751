// Objects in moto's S3; the signature against the published example, since moto checks none.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { systemClock } from '../../src/clock.ts';
import type { OutgoingDelivery, SendOutcome } from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import type { ServiceDirectory } from '../../src/model/service-settings.ts';
import { signRequest } from '../../src/model/signature/sign-request.ts';
import { s3Target } from '../../src/targets/s3/index.ts';
import { objectUrl } from '../../src/targets/s3/object.ts';
import { noMoto, startAwsSide, type AwsSide } from './aws/aws-side.ts';
import { startBetween } from './aws/between.ts';
import { clientFor, KEY } from './aws/targets.ts';
import { FakeClock } from '../engine/fake-clock.ts';
import { CONTEXT, delivery, targetSuite, type Arrived, type TargetWorld } from './target-suite.ts';

const never = (): AbortSignal => new AbortController().signal;

let side: AwsSide;
let buckets = 0;

/** A bucket of one's own. */
async function createBucket(): Promise<string> {
  const name = `orders-${++buckets}`;
  const made = await fetch(`${side.url}/${name}`, { method: 'PUT' });
  assert.equal(made.status, 200);
  return name;
}

async function keysIn(bucket: string): Promise<string[]> {
  const list = await (await fetch(`${side.url}/${bucket}?list-type=2`)).text();
  return [...list.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key!);
}

/** moto shows an object to whoever says that he is somebody. */
const SOMEBODY = { authorization: 'AWS4-HMAC-SHA256 Credential=reader/20260101/us-east-1/s3/aws4_request' };

async function read(bucket: string, key: string): Promise<Buffer> {
  const answer = await fetch(`${side.url}/${bucket}/${key}`, { headers: SOMEBODY });
  assert.equal(answer.status, 200);
  return Buffer.from(await answer.arrayBuffer());
}

/** Reads everything in a bucket, and empties it. */
async function arrivedIn(bucket: string): Promise<Arrived[]> {
  const arrived: Arrived[] = [];
  for (const key of await keysIn(bucket)) {
    const lines = (await read(bucket, key)).toString('utf8').trimEnd().split('\n');
    for (const payload of lines) arrived.push({ id: (JSON.parse(payload) as { id: string }).id, payload });
    await fetch(`${side.url}/${bucket}/${key}`, { method: 'DELETE' });
  }
  return arrived;
}

async function openWorld(): Promise<TargetWorld> {
  const bucket = await createBucket();
  const between = await startBetween(side.url);
  const http = clientFor();
  const fault = (status: number, code: string, message: string) =>
    between.answerWith({
      status,
      headers: { 'content-type': 'application/xml' },
      body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    });
  return {
    connector: s3Target({ s3: { url: between.url, ...KEY } }, http, systemClock()),
    arn: `arn:busbar:s3:::bucket/${bucket}/in/here`,
    missingArn: 'arn:busbar:s3:::bucket/nobody-has-this',
    repeatKey: 'eventId',
    arrived: () => arrivedIn(bucket),
    failForNow: (secret) => fault(500, 'InternalError', secret),
    refuse: async () => fault(403, 'SignatureDoesNotMatch', 'The request signature does not match.'),
    hold: () => between.hold(),
    shutDown: () => http.close(),
    async close() {
      await http.close();
      await between.close();
    },
  };
}

describe('S3', { skip: noMoto }, () => {
  before(async () => {
    side = await startAwsSide();
  });
  after(() => side.close());

  targetSuite({
    name: 'S3 bucket',
    open: openWorld,
    skips: {
      'oversized payload': 'an object takes up to 5 GB',
      'partial failure': 'an object is taken or refused as a whole',
    },
  });

  interface Sent {
    readonly outcomes: SendOutcome[];
    readonly bucket: string;
    readonly keys: string[];
  }

  async function send(
    block: object,
    sends: readonly (readonly OutgoingDelivery[])[],
    into?: string,
  ): Promise<Sent> {
    const bucket = into ?? (await createBucket());
    const http = clientFor();
    const connector = s3Target({ 's3:main': { url: side.url, ...KEY } }, http, systemClock());
    const arn = parseArn(`arn:busbar:s3:main::bucket/${bucket}/shop=1`)!;
    const target = { Id: 't', Arn: arn.text, BusbarParameters: { BatchWindowMs: 200, ...block } };
    assert.equal(connector.check(arn, target), undefined);
    const session = connector.open(arn, target, CONTEXT);
    const outcomes = await Promise.all(sends.map((batch) => session.send(batch, never())));
    await session.close();
    await http.close();
    return { outcomes: outcomes.flat(), bucket, keys: await keysIn(bucket) };
  }

  test('sends at the same time share an object', async () => {
    const { outcomes, keys, bucket } = await send({}, [[delivery(1)], [delivery(2), delivery(3)]]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['delivered', 'delivered', 'delivered'],
    );
    assert.equal(keys.length, 1);
    assert.match(keys[0]!, /^shop=1\/2023\/11\/14\/22\/20231114T221320000Z-[0-9a-f]{16}\.ndjson$/);
    const text = (await read(bucket, keys[0]!)).toString();
    assert.equal(text, [1, 2, 3].map((index) => `${delivery(index).payload}\n`).join(''));
  });

  test('a full batch does not wait', async () => {
    const { keys } = await send({ BatchSize: 2, BatchWindowMs: 20_000 }, [
      [delivery(1), delivery(2)],
      [delivery(3), delivery(4)],
    ]);
    assert.equal(keys.length, 2);
  });

  test('the same batch replaces itself, a smaller one with the same first delivery does not', async () => {
    const { bucket, keys } = await send({}, [[delivery(1), delivery(2)]]);
    const again = await send({}, [[delivery(1, { attempt: 2 }), delivery(2, { attempt: 2 })]], bucket);
    assert.deepEqual(again.keys, keys);
    const alone = await send({}, [[delivery(1)]], bucket);
    assert.equal(alone.keys.length, 2);
  });

  test('compressed CloudEvents', async () => {
    const { bucket, keys } = await send({ Compression: 'gzip', CloudEvents: 'structured' }, [[delivery(7)]]);
    assert.match(keys[0]!, /\.ndjson\.gz$/);
    const event = JSON.parse(gunzipSync(await read(bucket, keys[0]!)).toString()) as Record<string, unknown>;
    assert.deepEqual([event['specversion'], event['data']], ['1.0', { index: 7 }]);
  });

  test('nobody there', async () => {
    const http = clientFor();
    const arn = parseArn('arn:busbar:s3:::bucket/orders')!;
    const connector = s3Target({ s3: { url: 'http://127.0.0.1:9', ...KEY } }, http, systemClock());
    const target = { Id: 't', Arn: arn.text, BusbarParameters: { BatchSize: 1 } };
    const [outcome] = await connector.open(arn, target, CONTEXT).send([delivery(1)], never());
    assert.ok(outcome?.status === 'retry' && outcome.code === 'CONNECTION_FAILURE', JSON.stringify(outcome));
    assert.ok(!JSON.stringify(outcome).includes(KEY.secretAccessKey));
    await http.close();
  });
});

test('the window: a delivery waits as long, and no longer', async () => {
  const clock = new FakeClock();
  const between = await startBetween();
  const http = clientFor();
  const arn = parseArn('arn:busbar:s3:::bucket/orders')!;
  const session = s3Target({ s3: { url: between.url, ...KEY } }, http, clock).open(
    arn,
    { Id: 't', Arn: arn.text, BusbarParameters: { BatchWindowMs: 5_000 } },
    CONTEXT,
  );
  const sent = [session.send([delivery(1)], never())];
  await clock.advance(4_999);
  sent.push(session.send([delivery(2)], never()));
  assert.equal(between.requests.length, 0);
  await clock.advance(1);
  assert.deepEqual((await Promise.all(sent)).flat(), [{ status: 'delivered' }, { status: 'delivered' }]);
  assert.equal(between.requests.length, 1);
  // Closing ends the waiting.
  const last = session.send([delivery(3)], never());
  await session.close();
  assert.deepEqual(await last, [{ status: 'delivered' }]);
  await http.close();
  await between.close();
});

test('addresses', () => {
  const rows: readonly [base: string, pathStyle: boolean, expected: string][] = [
    ['http://127.0.0.1:9000', true, 'http://127.0.0.1:9000/orders/in/x'],
    ['http://store.internal/s3/', true, 'http://store.internal/s3/orders/in/x'],
    ['https://s3.eu-west-1.amazonaws.com', false, 'https://orders.s3.eu-west-1.amazonaws.com/in/x'],
  ];
  for (const [base, pathStyle, expected] of rows) {
    assert.equal(objectUrl(base, 'orders', 'in/x', pathStyle).href, expected);
  }
});

test('what is sent is signed for the configured region', async () => {
  const between = await startBetween();
  const http = clientFor();
  const arn = parseArn('arn:busbar:s3:::bucket/orders/in')!;
  const services = { s3: { url: between.url, region: 'eu-west-1', ...KEY } };
  const target = { Id: 't', Arn: arn.text, BusbarParameters: { BatchSize: 1 } };
  await s3Target(services, http, systemClock())
    .open(arn, target, CONTEXT)
    .send([delivery(1)], never());
  const { method, url, headers, body } = between.requests[0]!;
  assert.equal(method, 'PUT');
  assert.match(new URL(url).pathname, /^\/orders\/in\/2023\/11\/14\/22\/[\w-]+\.ndjson$/);
  assert.match(headers['authorization']!, /\/eu-west-1\/s3\/aws4_request/);
  assert.equal(headers['x-amz-content-sha256'], createHash('sha256').update(body).digest('hex'));
  await http.close();
  await between.close();
});

test('the signature of an object is the published one', () => {
  const headers = signRequest(
    {
      method: 'PUT',
      path: '/test$file.text',
      query: '',
      headers: {
        host: 'examplebucket.s3.amazonaws.com',
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      body: Buffer.from('Welcome to Amazon S3.'),
    },
    { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
    { region: 'us-east-1', service: 's3' },
    Date.UTC(2013, 4, 24),
  );
  assert.match(
    headers['authorization']!,
    /Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd$/,
  );
});

test('what cannot be put', () => {
  const services: ServiceDirectory = { s3: { url: 'http://h', ...KEY } };
  const connector = s3Target(services, clientFor(), systemClock());
  const fault = (arn: string, block: object = {}): string | undefined =>
    connector.check(parseArn(arn)!, { Id: 't', Arn: arn, BusbarParameters: block });
  assert.equal(fault('arn:busbar:s3:::bucket/orders'), undefined);
  assert.equal(fault('arn:busbar:s3:::bucket/orders/a/b=c/'), undefined);
  assert.match(fault('arn:busbar:s3:other::bucket/orders')!, /"services": \{ "s3:other": /);
  for (const resource of [
    'orders',
    'bucket/UPPER',
    'bucket/orders/../other',
    'bucket/orders//x',
    'bucket/orders/a?b',
  ]) {
    assert.match(fault(`arn:busbar:s3:::${resource}`)!, /not in correct format/, resource);
  }
  assert.match(fault('arn:busbar:s3:::bucket/orders', { BatchSize: 1_001 })!, /BatchSize is not valid/);
  assert.match(
    fault('arn:busbar:s3:::bucket/orders', { BatchWindowMs: 20_001 })!,
    /BatchWindowMs is not valid/,
  );
});
