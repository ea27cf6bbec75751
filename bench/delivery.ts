import { AwsJson } from '../packages/server/test/aws-json.ts';
import { residentBytes, withDaemon, type Daemon } from './daemon.ts';
import { runLoad } from './load.ts';
import { printTable, ratio } from './table.ts';

const RULES = [1, 300, 10_000];
const SECONDS = 8;
const WARM_SECONDS = 3;
const PUT_RULES_IN_FLIGHT = 16;
const DRAIN_LIMIT_MS = 120_000;
const MEGABYTE = 1_048_576;
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:bench';

/** One queue and `count` rules, each for one value of `detail.key`. */
export async function putRules(client: AwsJson, count: number): Promise<void> {
  await client.must('sqs', 'CreateQueue', { QueueName: 'bench' });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const pattern = JSON.stringify({ source: ['bench.orders'], detail: { key: [`k${index}`] } });
      await client.must('events', 'PutRule', { Name: `r${index}`, EventPattern: pattern });
      await client.must('events', 'PutTargets', { Rule: `r${index}`, Targets: [{ Id: '1', Arn: QUEUE }] });
    }
  };
  await Promise.all(Array.from({ length: PUT_RULES_IN_FLIGHT }, worker));
}

/** How many messages the queue holds. */
async function depth(client: AwsJson, port: number): Promise<number> {
  const { Attributes } = (await client.must('sqs', 'GetQueueAttributes', {
    QueueUrl: `http://127.0.0.1:${port}/000000000000/bench`,
    AttributeNames: ['ApproximateNumberOfMessages'],
  })) as { Attributes: { ApproximateNumberOfMessages: string } };
  return Number(Attributes.ApproximateNumberOfMessages);
}

async function untilDepth(client: AwsJson, port: number, wanted: number): Promise<void> {
  const giveUp = performance.now() + DRAIN_LIMIT_MS;
  for (;;) {
    const found = await depth(client, port);
    if (found >= wanted) return;
    if (performance.now() > giveUp) throw new Error(`only ${found} of ${wanted} events were delivered`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface DeliveryRate {
  readonly perSecond: number;
  readonly residentBytes: number;
}

async function deliveryRate(daemon: Daemon, rules: number): Promise<DeliveryRate> {
  const client = new AwsJson(daemon.port, PUT_RULES_IN_FLIGHT);
  await putRules(client, rules);
  const load = { port: daemon.port, clients: 8, entries: 10, bytes: 1_024, keys: rules };
  const warm = await runLoad({ ...load, seconds: WARM_SECONDS });
  await untilDepth(client, daemon.port, warm.events);
  const start = performance.now();
  const { events } = await runLoad({ ...load, seconds: SECONDS });
  await untilDepth(client, daemon.port, warm.events + events);
  const seconds = (performance.now() - start) / 1_000;
  client.close();
  return { perSecond: events / seconds, residentBytes: residentBytes(daemon.process.pid!) };
}

/** Events a second from PutEvents until they lie in the queue: 8 clients of 10 entries. Answers the rate with one rule. */
export async function benchDelivery(): Promise<number> {
  const found: DeliveryRate[] = [];
  for (const rules of RULES) found.push(await withDaemon((daemon) => deliveryRate(daemon, rules)));
  const [one] = found;
  printTable(
    'Delivered into a queue, events/s (8 clients × 10 entries of 1 KB)',
    ['rules', 'events/s', 'of 1 rule', 'RSS, MB'],
    found.map((rate, i) => [
      RULES[i]!,
      rate.perSecond,
      ratio(rate.perSecond, one!.perSecond),
      rate.residentBytes / MEGABYTE,
    ]),
  );
  return one!.perSecond;
}
