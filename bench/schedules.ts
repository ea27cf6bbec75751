/**
 * A million schedules: `node bench/main.ts schedules`, or `node bench/schedules.ts [schedules]` for another number. Some are created
 * over HTTP, which gives the rate; most are written through the store itself (`schedule-fill.ts`), which takes a minute instead of ten.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsJson } from '../packages/server/test/aws-json.ts';
import { startDaemon } from '../packages/server/test/daemon.ts';
import { residentBytes, type Daemon } from './daemon.ts';
import { callsPerSecond, millisecondsOf } from './calls.ts';
import { fillSchedules } from './schedule-fill.ts';
import { percentile, printTable, type Cell } from './table.ts';

const MANY = 1_000_000;
/** Of them in the group that is deleted. */
const GROUP_SHARE = 0.1;
const TOGETHER = 10_000;
/** Schedules that tick once a minute, each at another moment of it. */
const PRECISE = 1_000;
const CLIENTS = 64;
const LOAD_SECONDS = 5;
const STARTS = 3;
const IDLE_SECONDS = 60;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LEAD_MS = 20_000;
const MEGABYTE = 1_048_576;
/** Ticks of the kernel's clock a second. */
const KERNEL_HZ = 100;
const GROUP = 'doomed';
const TEMPLATE = 'template';
const QUEUE = { QueueUrl: 'http://localhost/000000000000/ticks' };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)));

const definition = {
  ScheduleExpression: 'cron(0 0 1 1 ? *)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: 'arn:aws:sqs:us-east-1:000000000000:ticks',
    RoleArn: 'arn:aws:iam::000000000000:role/r',
    Input: '{"at":"<aws.scheduler.scheduled-time>","arn":"<aws.scheduler.schedule-arn>"}',
  },
};

async function prepare(data: string): Promise<void> {
  const daemon = await startDaemon({ data });
  const client = new AwsJson(daemon.port, 1);
  await client.must('sqs', 'CreateQueue', { QueueName: 'ticks' });
  await client.mustRest('POST', `/schedule-groups/${GROUP}`, {});
  await client.mustRest('POST', `/schedules/${TEMPLATE}`, { ...definition, State: 'DISABLED' });
  client.close();
  await daemon.stop();
}

async function withDaemon<Result>(data: string, use: (daemon: Daemon) => Promise<Result>): Promise<Result> {
  const daemon = await startDaemon({ data });
  try {
    return await use(daemon);
  } finally {
    await daemon.stop();
  }
}

/** Schedules created a second over HTTP, and the daemon's microseconds of CPU for each. */
const creation = (data: string, prefix: string): Promise<[number, number]> =>
  withDaemon(data, async ({ port, process: { pid } }) => {
    const client = new AwsJson(port, CLIENTS);
    const before = cpuSeconds(pid!);
    const rate = await callsPerSecond(CLIENTS, LOAD_SECONDS, (n) =>
      client.mustRest('POST', `/schedules/${prefix}-${n}`, definition),
    );
    client.close();
    return [rate, ((cpuSeconds(pid!) - before) * 1e6) / (rate * LOAD_SECONDS)];
  });

/** Starts the daemon over and over: when it is ready, and how much memory it takes a moment later. */
async function starts(data: string): Promise<Cell[]> {
  const [ready, resident]: [number[], number[]] = [[], []];
  for (let n = 0; n < STARTS; n++) {
    const began = performance.now();
    await withDaemon(data, async (daemon) => {
      ready.push(performance.now() - began);
      await pause(3_000);
      resident.push(residentBytes(daemon.process.pid!) / MEGABYTE);
    });
  }
  return [percentile(ready, 0.5), percentile(resident, 0.5)];
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / KERNEL_HZ;
}

/** CPU seconds over a minute in which nothing is due. */
const idle = (data: string): Promise<number> =>
  withDaemon(data, async ({ process: { pid } }) => {
    await pause(5_000);
    const before = cpuSeconds(pid!);
    await pause(IDLE_SECONDS * 1_000);
    return cpuSeconds(pid!) - before;
  });

interface Tick {
  readonly name: string;
  readonly sentAt: number;
}

/** Receives until so many ticks came or the time is up. */
async function receive(port: number, count: number, until: number): Promise<Tick[]> {
  const aws = new AwsJson(port, 8);
  const ticks: Tick[] = [];
  const consumer = async (): Promise<void> => {
    while (ticks.length < count && Date.now() < until) {
      const question = {
        ...QUEUE,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        AttributeNames: ['SentTimestamp'],
      };
      const { Messages = [] } = (await aws.must('sqs', 'ReceiveMessage', question)) as {
        Messages?: { Body: string; ReceiptHandle: string; Attributes: { SentTimestamp: string } }[];
      };
      for (const { Body, Attributes } of Messages) {
        const { arn } = JSON.parse(Body) as { arn: string };
        ticks.push({ name: arn.split('/').at(-1)!, sentAt: Number(Attributes.SentTimestamp) });
      }
      const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
      if (Entries.length > 0) await aws.must('sqs', 'DeleteMessageBatch', { ...QUEUE, Entries });
    }
  };
  await Promise.all(Array.from({ length: 8 }, consumer));
  aws.close();
  return ticks;
}

/** Ten thousand schedules that are due in the same second: when their messages were in the queue. */
async function together(data: string): Promise<void> {
  const at = Math.ceil((Date.now() + LEAD_MS) / 1_000) * 1_000;
  const expression = `at(${new Date(at).toISOString().slice(0, 19)})`;
  await fillSchedules(data, TEMPLATE, TOGETHER, (n) => ({
    group: 'default',
    name: `once-${n}`,
    expression,
    modifiedAt: at - DAY,
    dueAt: at,
  }));
  const { ticks, resident } = await withDaemon(data, async ({ port, process: { pid } }) => {
    await pause(at + 10_000 - Date.now());
    const peak = residentBytes(pid!) / MEGABYTE;
    return { ticks: await receive(port, TOGETHER, at + 2 * MINUTE), resident: peak };
  });
  const late = ticks.map(({ sentAt }) => sentAt - at);
  const distinct = new Set(ticks.map(({ name }) => name)).size;
  printTable(
    `${TOGETHER.toLocaleString('en-US')} schedules of one second, into a queue`,
    ['fired', 'twice', 'p50, ms late', 'p99', 'all after', 'RSS, MB'],
    [
      [
        distinct,
        ticks.length - distinct,
        percentile(late, 0.5),
        percentile(late, 0.99),
        Math.max(...late),
        resident,
      ],
    ],
  );
}

/** Schedules that tick once a minute, spread over it: how late their messages were in the queue. */
async function precision(data: string): Promise<void> {
  const start = Date.now() + LEAD_MS;
  const anchorOf = (n: number): number => start + Math.floor((n * MINUTE) / PRECISE) - MINUTE;
  await fillSchedules(data, TEMPLATE, PRECISE, (n) => ({
    group: 'default',
    name: `minutely-${n}`,
    expression: 'rate(1 minute)',
    modifiedAt: anchorOf(n),
    dueAt: anchorOf(n) + MINUTE,
  }));
  const ticks = await withDaemon(data, async ({ port }) => {
    await pause(start + MINUTE - Date.now());
    return receive(port, PRECISE, Date.now() + MINUTE / 2);
  });
  const late = ticks.map(({ name, sentAt }) => (sentAt - anchorOf(Number(name.split('-')[1]))) % MINUTE);
  printTable(
    'Schedules at all times of a minute, into a queue',
    ['ticks', 'p50, ms late', 'p99', 'max'],
    [[ticks.length, percentile(late, 0.5), percentile(late, 0.99), Math.max(...late)]],
  );
}

const lists = (data: string, schedules: number): Promise<Cell[][]> =>
  withDaemon(data, async ({ port }) => {
    const client = new AwsJson(port, CLIENTS);
    const middle = String(schedules / 2).padStart(7, '0');
    const time = async (what: string, path: string): Promise<Cell[]> => {
      await client.mustRest('GET', path);
      return [what, await millisecondsOf(() => client.mustRest('GET', path))];
    };
    const key = `000000000000/us-east-1/default/s-${middle}`;
    const token = Buffer.from(key).toString('base64url');
    const rows = [
      await time('first page', '/schedules'),
      await time('a page amid all', `/schedules?NextToken=${token}`),
      await time('by prefix, in a group', `/schedules?ScheduleGroup=default&NamePrefix=s-${middle}`),
      await time('by prefix, in all groups', `/schedules?NamePrefix=s-${middle}`),
      await time('those disabled', `/schedules?State=DISABLED`),
      await time('groups', '/schedule-groups'),
    ];
    client.close();
    return rows;
  });

/** Deletes a group with a tenth of all schedules in it, and asks for one of the others meanwhile. */
async function deleteGroup(data: string, count: number): Promise<void> {
  const row = await withDaemon(data, async ({ port }) => {
    const client = new AwsJson(port, 4);
    const probes: number[] = [];
    const began = performance.now();
    await client.mustRest('DELETE', `/schedule-groups/${GROUP}`);
    for (let gone = false; !gone;) {
      probes.push(await millisecondsOf(() => client.mustRest('GET', `/schedules/${TEMPLATE}`)));
      await pause(5);
      gone = (await client.rest('GET', `/schedule-groups/${GROUP}`)).status === 404;
    }
    client.close();
    const seconds = (performance.now() - began) / 1_000;
    return [
      count,
      seconds,
      count / seconds,
      percentile(probes, 0.5),
      percentile(probes, 0.99),
      Math.max(...probes),
    ];
  });
  printTable(
    'A group is deleted; GetSchedule of another one meanwhile',
    ['schedules', 'seconds', 'removed/s', 'p50, ms', 'p99', 'max'],
    [row],
  );
}

export async function benchSchedules(schedules = MANY, parts: readonly string[] = []): Promise<void> {
  const wanted = (part: string): boolean => parts.length === 0 || parts.includes(part);
  const folder = mkdtempSync(join(tmpdir(), 'busbar-schedules-'));
  const data = join(folder, 'store');
  try {
    await prepare(data);
    const empty = wanted('create') ? await creation(data, 'first') : [0, 0];
    const inGroup = schedules * GROUP_SHARE;
    const now = Date.now();
    const seconds = await fillSchedules(data, TEMPLATE, schedules, (n) => ({
      group: n < inGroup ? GROUP : 'default',
      name: `s-${String(n).padStart(7, '0')}`,
      expression: 'rate(30 days)',
      modifiedAt: now + n,
      dueAt: now + n + 30 * DAY,
    }));
    console.log(`${schedules} schedules written through the store in ${seconds.toFixed(1)} s`);
    const [ready, resident] = wanted('start') ? await starts(data) : [0, 0];
    const full = wanted('create') ? await creation(data, 'more') : [0, 0];
    const cpu = wanted('idle') ? await idle(data) : 0;
    printTable(
      `${schedules.toLocaleString('en-US')} schedules`,
      [
        'ready after a restart, ms',
        'RSS, MB',
        'created/s, first',
        'CPU µs each',
        'created/s, then',
        'CPU µs each',
        `CPU s, ${IDLE_SECONDS} idle s`,
      ],
      [[ready!, resident!, ...empty, ...full, cpu]],
    );
    if (wanted('lists')) printTable('ListSchedules', ['what', 'ms'], await lists(data, schedules));
    if (wanted('together')) await together(data);
    if (wanted('precision')) await precision(data);
    if (wanted('delete')) await deleteGroup(data, inGroup);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const [schedules, ...parts] = process.argv.slice(2);
  await benchSchedules(schedules === undefined ? MANY : Number(schedules), parts);
}
