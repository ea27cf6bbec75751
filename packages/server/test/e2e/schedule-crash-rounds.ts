// kill -9 at random moments while schedules are created, changed, deleted (alone and with their groups) and fire, over and over
// on one data directory. What was acknowledged must come true; of what was not, either may.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsJson, type Reply } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { SeededRandom } from '../engine/fake-clock.ts';

export interface ScheduleCrashReport {
  readonly rounds: number;
  readonly seed: number;
  readonly created: number;
  readonly changed: number;
  readonly deleted: number;
  readonly groups: number;
  readonly fired: number;
  readonly repeats: number;
  /** Schedules and groups of which a kill left open what became of the last request. */
  readonly open: number;
}

const CLIENTS = 2;
/** A round is not killed before so many schedules were made, which on a busy machine takes its time. */
const MOST_CREATED = 60;
const ROUND_MS = 20_000;
const MAX_WAIT_MS = 500;
/** A kill comes so long after the clock was told to move on, when schedules fire. */
const MAX_FIRING_MS = 40;
/** Schedules that a client makes at once, and its rest after each request, so that the clock can move between them. */
const TOGETHER = 4;
const REST_MS = 15;
const SECOND = 1_000;
const MINUTE = 60_000;
const GROUP_SIZE = 12;
/** There may be 500 groups, and each kill leaves one more at most. */
const MOST_KEPT_GROUPS = 100;
/** Into which the rest of the time is cut at the end. No request should take too long. */
const STEPS = 20;
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:ticks';
const QUEUE = { QueueUrl: 'http://localhost/000000000000/ticks' };

type Truth = 'yes' | 'no' | 'open';

/** What is known of a schedule: whether it is there, and for each of its instants whether it fires. */
interface Known {
  readonly name: string;
  readonly group: string;
  readonly once: boolean;
  exists: Truth;
  at: number;
  readonly fires: Map<number, Truth>;
}

const path = ({ name, group }: Known): string => `/schedules/${name}?groupName=${group}`;

class ScheduleRun {
  readonly chance: SeededRandom;
  readonly schedules = new Map<string, Known>();
  readonly groups = new Map<string, Truth>();
  /** Schedule and instant → ids of its executions. */
  readonly ticks = new Map<string, Set<string>>();
  readonly counts = { created: 0, changed: 0, deleted: 0, groups: 0, repeats: 0 };
  /** What the daemon's clock is ahead of the machine's at most: a kill may have ended its way there. */
  aheadMs = 0;
  /** Schedules of groups that are deleted would fire here, at the very end. */
  readonly far: number;
  stopping = false;
  /** Told when the clock is about to move. */
  moving: () => void = () => undefined;
  #made = 0;
  #kept = 0;

  constructor(seed: number, rounds: number) {
    this.chance = new SeededRandom(seed);
    this.far = Math.ceil(this.now() / MINUTE) * MINUTE + (rounds + 10) * 60 * MINUTE;
  }

  /** The daemon's clock has never been beyond it. */
  now(): number {
    return Date.now() + this.aheadMs;
  }

  /** Creates, changes and deletes schedules until the connection breaks. */
  async work(client: AwsJson): Promise<void> {
    const mine: Known[] = [];
    while (!this.stopping) {
      await pause(REST_MS);
      const luck = this.chance.below(10);
      const one = mine.length > 0 ? this.chance.pick(mine) : undefined;
      if (one && luck < 2) await this.change(client, one);
      else if (one && luck < 5) {
        mine.splice(mine.indexOf(one), 1);
        await this.remove(client, one);
      } else {
        const making = Array.from({ length: TOGETHER }, () => this.create(client, 'default', this.soon()));
        mine.push(...(await Promise.all(making)));
      }
    }
  }

  /** Makes groups full of schedules, and deletes most of them. */
  async workOnGroups(client: AwsJson): Promise<void> {
    while (!this.stopping) {
      await pause(REST_MS);
      const name = `g${this.#made++}`;
      this.groups.set(name, 'open');
      this.expect(await client.rest('POST', `/schedule-groups/${name}`, {}), 200);
      this.groups.set(name, 'yes');
      const making = Array.from({ length: GROUP_SIZE }, () => this.create(client, name, this.far));
      const members = await Promise.all(making);
      if (this.#kept < MOST_KEPT_GROUPS && this.chance.below(5) === 0) {
        this.#kept++;
        continue;
      }
      this.groups.set(name, 'open');
      for (const member of members) this.open(member);
      this.expect(await client.rest('DELETE', `/schedule-groups/${name}`), 200);
      this.groups.set(name, 'no');
      for (const member of members) this.settle(member, 'no');
      this.counts.groups++;
    }
  }

  async create(client: AwsJson, group: string, at: number): Promise<Known> {
    const once = this.chance.below(2) === 0;
    const known: Known = { name: `s${this.#made++}`, group, once, exists: 'open', at, fires: new Map() };
    this.schedules.set(known.name, known);
    known.fires.set(at, 'open');
    this.expect(await client.rest('POST', `/schedules/${known.name}`, this.definition(known)), 200);
    this.counts.created++;
    this.settle(known, 'yes');
    return known;
  }

  async change(client: AwsJson, known: Known): Promise<void> {
    const before = known.at;
    this.open(known);
    known.at = this.soon();
    known.fires.set(known.at, 'open');
    const reply = await client.rest('PUT', `/schedules/${known.name}`, this.definition(known));
    // One that is deleted after its completion may be gone by now.
    if (reply.status === 404 && known.once && before <= this.now()) return;
    this.expect(reply, 200);
    this.counts.changed++;
    if (before > this.now() && before !== known.at) known.fires.set(before, 'no');
    this.settle(known, 'yes');
  }

  async remove(client: AwsJson, known: Known): Promise<void> {
    this.open(known);
    const reply = await client.rest('DELETE', path(known));
    if (reply.status === 404 && known.once && known.at <= this.now()) return;
    this.expect(reply, 200);
    this.counts.deleted++;
    this.settle(known, 'no');
  }

  /** Moves the clock on and on. */
  async move(client: AwsJson): Promise<void> {
    while (!this.stopping) await this.moveBy(client, (5 + this.chance.below(40)) * SECOND);
  }

  /** Answers where the clock is then. */
  async moveBy(client: AwsJson, advanceMs: number): Promise<number> {
    this.aheadMs += advanceMs;
    this.moving();
    const { now } = (await client.mustRest('POST', '/_busbar/clock', { advanceMs })) as { now: string };
    return Date.parse(now);
  }

  /** Receives and deletes until the connection breaks or, if told so, the queue is empty; answers how many came. */
  async receive(client: AwsJson, untilEmpty: boolean): Promise<number> {
    for (let count = 0; ;) {
      const question = { ...QUEUE, MaxNumberOfMessages: 10, ...(untilEmpty ? {} : { WaitTimeSeconds: 1 }) };
      const { Messages = [] } = (await client.must('sqs', 'ReceiveMessage', question)) as {
        Messages?: { Body: string; ReceiptHandle: string }[];
      };
      for (const { Body } of Messages) {
        const { arn, at, id } = JSON.parse(Body) as { arn: string; at: string; id: string };
        const tick = `${arn.split('/').at(-1)!} ${Date.parse(at)}`;
        const ids = this.ticks.get(tick);
        if (ids) this.counts.repeats++;
        this.ticks.set(tick, (ids ?? new Set()).add(id));
      }
      const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
      if (Entries.length > 0) await client.must('sqs', 'DeleteMessageBatch', { ...QUEUE, Entries });
      count += Messages.length;
      if (this.stopping || (untilEmpty && Messages.length === 0)) return count;
    }
  }

  /** A whole second after anything that the clock has seen. */
  soon(): number {
    return (Math.ceil(this.now() / SECOND) + 1 + this.chance.below(90)) * SECOND;
  }

  /** A request is on its way that may change everything which has not happened yet. */
  open(known: Known): void {
    known.exists = 'open';
    if (known.fires.get(known.at) === 'yes') known.fires.set(known.at, 'open');
  }

  /** A request was acknowledged. What the clock may have reached meanwhile stays open. */
  settle(known: Known, truth: 'yes' | 'no'): void {
    known.exists = truth;
    if (known.at > this.now()) known.fires.set(known.at, truth);
  }

  expect({ status, body }: Reply, wanted: number): void {
    // Thrown on through the loops: a connection that breaks is a crash, an answer like this is a defect.
    if (status !== wanted) throw new assert.AssertionError({ message: `${status}: ${JSON.stringify(body)}` });
  }

  definition({ group, at, once }: Known): object {
    return {
      GroupName: group,
      ScheduleExpression: `at(${new Date(at).toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: once ? 'DELETE' : 'NONE',
      Target: {
        Arn: QUEUE_ARN,
        RoleArn: 'arn:aws:iam::000000000000:role/r',
        Input:
          '{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>","id":"<aws.scheduler.execution-id>"}',
      },
    };
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A connection that breaks ends a loop; anything else is a defect. */
function broken(error: unknown): undefined {
  if (error instanceof assert.AssertionError) throw error;
  return undefined;
}

async function oneRound(run: ScheduleRun, daemon: Daemon): Promise<void> {
  run.stopping = false;
  const client = new AwsJson(daemon.port, 16);
  const loops = [
    ...Array.from({ length: CLIENTS }, () => run.work(client)),
    run.workOnGroups(client),
    run.move(client),
    run.receive(client, false),
  ].map((loop) => loop.catch(broken));
  const killed = async (): Promise<void> => {
    const goal = run.counts.created + 1 + run.chance.below(MOST_CREATED);
    const until = Date.now() + ROUND_MS;
    while (run.counts.created < goal && Date.now() < until) await pause(1);
    if (run.chance.below(3) === 0) return;
    await Promise.race([new Promise<void>((resolve) => (run.moving = resolve)), pause(MAX_WAIT_MS)]);
    await pause(run.chance.next() * MAX_FIRING_MS);
  };
  // A loop that fails ends the round too.
  await Promise.race([killed(), Promise.all(loops)]).catch(() => undefined);
  await daemon.kill();
  run.stopping = true;
  await Promise.all(loops);
  client.close();
}

/** All pages of a list. */
async function all(client: AwsJson, what: string, member: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (let token: string | undefined; ;) {
    const query = token === undefined ? '' : `?NextToken=${token}`;
    const page = await client.mustRest('GET', `/${what}${query}`);
    found.push(...(page[member] as Record<string, unknown>[]));
    token = page['NextToken'] as string | undefined;
    if (token === undefined) return found;
  }
}

/** Deleted groups go, everything fires, and every message is received. */
async function finish(run: ScheduleRun, client: AwsJson): Promise<void> {
  const deadline = Date.now() + MINUTE;
  const leaving = async (): Promise<boolean> =>
    (await all(client, 'schedule-groups', 'ScheduleGroups')).some(({ State }) => State === 'DELETING');
  while (await leaving()) assert.ok(Date.now() < deadline, 'a deleted group does not go');
  // In steps, so that messages whose receiver was killed come again, and deletions after completion are made.
  run.stopping = false;
  let now = await run.moveBy(client, SECOND);
  const step = Math.ceil((run.far - now) / STEPS);
  while (now < run.far + 2 * MINUTE) {
    now = await run.moveBy(client, now < run.far ? step : MINUTE);
    await run.receive(client, true);
  }
}

async function check(run: ScheduleRun, client: AwsJson, daemon: Daemon): Promise<void> {
  const wrong: string[] = [];
  const found = new Set((await all(client, 'schedules', 'Schedules')).map(({ Name }) => String(Name)));
  for (const { name, group, once, exists, at, fires } of run.schedules.values()) {
    const there: Truth = exists === 'yes' && once ? 'no' : exists;
    if (there !== 'open' && (there === 'yes') !== found.has(name)) {
      wrong.push(`schedule ${name} of ${group} (at ${at}) should ${there === 'yes' ? '' : 'not '}be there`);
    }
    for (const [instant, truth] of fires) {
      const ids = run.ticks.get(`${name} ${instant}`);
      if (truth !== 'open' && (truth === 'yes') !== (ids !== undefined)) {
        wrong.push(`schedule ${name} of ${group} should ${truth === 'yes' ? '' : 'not '}fire at ${instant}`);
      }
      if (ids && ids.size > 1) wrong.push(`the executions of ${name} at ${instant} have several ids`);
    }
    found.delete(name);
  }
  for (const name of found) wrong.push(`nobody made schedule ${name}`);
  const groups = new Set(
    (await all(client, 'schedule-groups', 'ScheduleGroups')).map(({ Name }) => String(Name)),
  );
  for (const [name, truth] of run.groups) {
    if (truth !== 'open' && (truth === 'yes') !== groups.has(name)) wrong.push(`group ${name}: ${truth}`);
  }
  const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
  for (const gauge of ['busbar_timers', 'busbar_lane_backlog_positions', 'busbar_dead_letters']) {
    const value = new RegExp(`^${gauge} (\\d+)$`, 'm').exec(metrics)?.[1];
    if (value !== '0') wrong.push(`${gauge} is ${value} at the end`);
  }
  assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} things are wrong`);
}

/** Runs the rounds, lets everything fire, and checks. */
export async function runScheduleCrashes(rounds: number, seed: number): Promise<ScheduleCrashReport> {
  const data = mkdtempSync(join(tmpdir(), 'busbar-schedule-crash-'));
  const start = (): Promise<Daemon> => startDaemon({ data, args: ['--dev-clock', '--retention-hours', '1'] });
  const run = new ScheduleRun(seed, rounds);
  let daemon = await start();
  try {
    const first = new AwsJson(daemon.port, 1);
    const Attributes = { MessageRetentionPeriod: '1209600' };
    await first.must('sqs', 'CreateQueue', { QueueName: 'ticks', Attributes });
    first.close();
    for (let round = 0; round < rounds; round++) {
      await oneRound(run, daemon);
      daemon = await start();
    }
    const client = new AwsJson(daemon.port, 4);
    await finish(run, client);
    await check(run, client, daemon);
    client.close();
    assert.equal(await daemon.stop(), 0, 'the daemon stops cleanly after all rounds');
  } catch (error) {
    throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
  } finally {
    await daemon.kill();
    rmSync(data, { recursive: true, force: true });
  }
  const open = [...run.schedules.values()].filter(({ exists }) => exists === 'open').length;
  return { rounds, seed, ...run.counts, fired: run.ticks.size, open };
}
