import { AwsJson } from '../packages/server/test/aws-json.ts';
import { withDaemon, type Daemon } from './daemon.ts';
import { putRules } from './delivery.ts';
import { runLoad } from './load.ts';
import { percentile, printTable } from './table.ts';

const PROBES = 1_000;
const PROBE_EVERY_MS = 5;
const LOAD_ENTRIES = 10;
const WARM_PROBES = 300;
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:probes';

async function setUp(client: AwsJson): Promise<void> {
  await client.must('sqs', 'CreateQueue', { QueueName: 'probes' });
  await client.must('events', 'CreateEventBus', { Name: 'probes' });
  await client.must('events', 'PutRule', {
    Name: 'all',
    EventBusName: 'probes',
    EventPattern: '{"source":["probe"]}',
  });
  await client.must('events', 'PutTargets', {
    Rule: 'all',
    EventBusName: 'probes',
    Targets: [{ Id: '1', Arn: QUEUE }],
  });
}

/** Milliseconds from the start of each PutEvents to the end of the receive that brings it, one probe at a time. */
async function probe(port: number, count: number): Promise<number[]> {
  const publisher = new AwsJson(port, 1);
  const receiver = new AwsJson(port, 1);
  const QueueUrl = `http://127.0.0.1:${port}/000000000000/probes`;
  const samples: number[] = [];
  for (let sequence = 0; sequence < count; sequence++) {
    const received = receiver.must('sqs', 'ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
    const start = performance.now();
    const Detail = JSON.stringify({ sequence, pad: 'x'.repeat(1_000) });
    const entry = { EventBusName: 'probes', Source: 'probe', DetailType: 'Probe', Detail };
    void publisher.must('events', 'PutEvents', { Entries: [entry] });
    const { Messages } = (await received) as { Messages: { ReceiptHandle: string }[] };
    samples.push(performance.now() - start);
    await receiver.must('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle: Messages[0]!.ReceiptHandle });
  }
  publisher.close();
  receiver.close();
  return samples;
}

async function measure(daemon: Daemon, halfLoad: number): Promise<[string, number[]][]> {
  const client = new AwsJson(daemon.port, 4);
  await setUp(client);
  await putRules(client, 1);
  client.close();
  await probe(daemon.port, WARM_PROBES);
  const idle = await probe(daemon.port, PROBES);
  const seconds = (PROBES * (PROBE_EVERY_MS + 10)) / 1_000;
  const rate = halfLoad / LOAD_ENTRIES;
  const load = runLoad({ port: daemon.port, clients: 8, entries: LOAD_ENTRIES, bytes: 1_024, seconds, rate });
  const half = await probe(daemon.port, PROBES / 2);
  await load;
  return [
    ['idle', idle],
    [`half load (${Math.round(halfLoad).toLocaleString('en-US')} events/s)`, half],
  ];
}

/** Publish → receive, at rest and while half of what the daemon can deliver goes to another queue. */
export async function benchLatency(deliveredPerSecond: number): Promise<void> {
  const found = await withDaemon((daemon) => measure(daemon, deliveredPerSecond / 2));
  printTable(
    'Publish → receive by long poll, ms',
    ['load', 'samples', 'p50', 'p99', 'max'],
    found.map(([name, samples]) => [
      name,
      samples.length,
      percentile(samples, 0.5),
      percentile(samples, 0.99),
      Math.max(...samples),
    ]),
  );
}
