import { AwsJson } from '../packages/server/test/aws-json.ts';
import { residentBytes, withDaemon, type Daemon } from './daemon.ts';
import { runLoad } from './load.ts';
import { percentile, printTable, ratio } from './table.ts';

const RULES = [1, 300, 10_000];
const ROUNDS = 7;
const SECONDS = 3;
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

/** A daemon with its rules, and how many events its queue holds by now. */
interface Contender {
  readonly rules: number;
  readonly daemon: Daemon;
  readonly client: AwsJson;
  readonly rates: number[];
  delivered: number;
}

/** Loads a contender for a while, and waits until everything lies in its queue. */
async function round(contender: Contender, seconds: number): Promise<number> {
  const { daemon, client, rules } = contender;
  const start = performance.now();
  const { events } = await runLoad({
    port: daemon.port,
    clients: 8,
    entries: 10,
    bytes: 1_024,
    keys: rules,
    seconds,
  });
  contender.delivered += events;
  await untilDepth(client, daemon.port, contender.delivered);
  return events / ((performance.now() - start) / 1_000);
}

/** Starts a daemon for each number of rules, then `use`s all of them while they run side by side. */
async function withContenders(
  counts: readonly number[],
  use: (contenders: readonly Contender[]) => Promise<void>,
  started: readonly Contender[] = [],
): Promise<void> {
  const [rules, ...rest] = counts;
  if (rules === undefined) return use(started);
  await withDaemon(async (daemon) => {
    const client = new AwsJson(daemon.port, PUT_RULES_IN_FLIGHT);
    await putRules(client, rules);
    const contender: Contender = { rules, daemon, client, rates: [], delivered: 0 };
    await withContenders(rest, use, [...started, contender]);
    client.close();
  });
}

/**
 * Events a second from PutEvents until they lie in the queue: 8 clients of 10 entries. Rounds alternate between the numbers
 * of rules, so that the machine's moods meet all of them. Answers the median rate with one rule.
 */
export async function benchDelivery(): Promise<number> {
  let one = 0;
  await withContenders(RULES, async (contenders) => {
    for (const contender of contenders) await round(contender, WARM_SECONDS);
    for (let i = 0; i < ROUNDS; i++) {
      for (const contender of contenders) contender.rates.push(await round(contender, SECONDS));
    }
    const median = ({ rates }: Contender): number => percentile(rates, 0.5);
    one = median(contenders[0]!);
    printTable(
      `Delivered into a queue, events/s (8 clients × 10 entries of 1 KB; median of ${ROUNDS} alternating rounds)`,
      ['rules', 'events/s', 'of 1 rule', 'lowest', 'highest', 'RSS, MB'],
      contenders.map((each) => [
        each.rules,
        median(each),
        ratio(median(each), one),
        Math.min(...each.rates),
        Math.max(...each.rates),
        residentBytes(each.daemon.process.pid!) / MEGABYTE,
      ]),
    );
  });
  return one;
}
