/**
 * Compares the front door with a bare node:http server that parses the same bodies, in one run on one machine.
 * `node bench/front-door.ts [seconds]`
 */
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createFrontDoor } from '../packages/server/src/api/http/front-door.ts';
import { systemClock } from '../packages/server/src/clock.ts';
import { Metrics } from '../packages/server/src/engine/metrics.ts';
import { silentLogger } from '../packages/server/src/engine/ports/logger.ts';
import { defineOperation } from '../packages/server/src/model/operation.ts';
import { systemRandom } from '../packages/server/src/random.ts';

type Kind = 'bare' | 'front door';

const CONNECTIONS = 16;
const ROUNDS = 5;
const ENTRIES = 10;
const ANSWER = JSON.stringify({
  FailedEntryCount: 0,
  Entries: Array.from({ length: ENTRIES }, () => ({ EventId: '00000000-0000-4000-8000-000000000000' })),
});

async function startBare(): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      JSON.parse(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(200, {
        'Content-Type': 'application/x-amz-json-1.1',
        'Content-Length': ANSWER.length,
      });
      response.end(ANSWER);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function startFrontDoor(): Promise<number> {
  const putEvents = defineOperation(
    'PutEvents',
    async (input: { readonly Entries: readonly object[] }, call) => ({
      FailedEntryCount: 0,
      Entries: input.Entries.map(() => ({ EventId: call.requestId })),
    }),
  );
  const door = createFrontDoor({
    services: { events: [putEvents] },
    auth: { mode: 'none', defaultAccount: '000000000000', defaultRegion: 'us-east-1' },
    clock: systemClock(),
    random: systemRandom(),
    logger: silentLogger,
    metrics: new Metrics(),
    version: 'bench',
    readiness: () => true,
  });
  return (await door.listen(0, '127.0.0.1')).port;
}

function requestBytes(entries: number): Buffer {
  const entry = {
    Source: 'com.example.orders',
    DetailType: 'OrderPlaced',
    Detail: JSON.stringify({
      order: 'A-1001',
      total: 42.5,
      lines: [{ sku: 'x-1', n: 2 }],
      note: 'x'.repeat(60),
    }),
    EventBusName: 'default',
    Resources: ['arn:aws:example:us-east-1:000000000000:order/A-1001'],
  };
  const body = JSON.stringify({ Entries: Array.from({ length: entries }, () => entry) });
  const head = [
    'POST / HTTP/1.1',
    'Host: 127.0.0.1:4100',
    'Content-Type: application/x-amz-json-1.1',
    'X-Amz-Target: AWSEvents.PutEvents',
    'X-Amz-Date: 20260101T000000Z',
    'amz-sdk-invocation-id: 11111111-2222-4333-8444-555555555555',
    'User-Agent: aws-sdk-js/3.0.0 ua/2.1 os/linux lang/js md/nodejs api/eventbridge#3.0.0',
    'Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/events/aws4_request, ' +
      `SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=${'0'.repeat(64)}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Sends one request after the other on one connection until the time is up; answers how many were answered. */
function drive(port: number, bytes: Buffer, untilMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answered = 0;
    let pending = '';
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('error', reject).on('connect', () => socket.write(bytes));
    socket.on('data', (chunk: string) => {
      pending += chunk;
      const end = pending.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = /content-length: (\d+)/i.exec(pending)![1];
      if (pending.length < end + 4 + Number(length)) return;
      if (!pending.startsWith('HTTP/1.1 200')) return reject(new Error(pending));
      answered++;
      pending = '';
      if (performance.now() < untilMs) socket.write(bytes);
      else socket.end(() => resolve(answered));
    });
  });
}

async function measure(port: number, bytes: Buffer, ms: number): Promise<number> {
  const started = performance.now();
  const drives = Array.from({ length: CONNECTIONS }, () => drive(port, bytes, started + ms));
  const counts = await Promise.all(drives);
  return (counts.reduce((sum, count) => sum + count, 0) * 1_000) / (performance.now() - started);
}

async function startWorker(kind: Kind): Promise<{ worker: Worker; port: number }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: kind });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  return { worker, port };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function main(): Promise<void> {
  const ms = Number(process.argv[2] ?? 2) * 1_000;
  const servers = { bare: await startWorker('bare'), door: await startWorker('front door') };
  for (const entries of [1, ENTRIES]) {
    const bytes = requestBytes(entries);
    await measure(servers.bare.port, bytes, ms / 2);
    await measure(servers.door.port, bytes, ms / 2);
    const bare: number[] = [];
    const door: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await measure(servers.bare.port, bytes, ms));
      door.push(await measure(servers.door.port, bytes, ms));
    }
    const ratio = median(door.map((rate, round) => rate / bare[round]!));
    console.log(
      `PutEvents of ${entries}: bare ${median(bare).toFixed(0)}/s, front door ${median(door).toFixed(0)}/s, ` +
        `ratio ${ratio.toFixed(2)}`,
    );
  }
  await Promise.all([servers.bare.worker.terminate(), servers.door.worker.terminate()]);
}

if (isMainThread) await main();
else parentPort!.postMessage(await (workerData === 'bare' ? startBare() : startFrontDoor()));
