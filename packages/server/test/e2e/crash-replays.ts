import assert from 'node:assert/strict';
import type { ArchivedEvent } from '../../src/engine/ports/archive-storage.ts';
import type { AwsJson } from '../aws-json.ts';
import type { SeededRandom } from '../engine/fake-clock.ts';

const SECOND = 1_000;
const WINDOW_MS = 2_000;
/** The service allows ten. */
const MOST_ACTIVE = 6;
const MOST_POLLS = 600;
const POLL_MS = 100;
const RECEIVERS = 4;
const ARCHIVE_ARN = 'arn:aws:events:us-east-1:000000000000:archive/all';
const BUS_ARN = 'arn:aws:events:us-east-1:000000000000:event-bus/shop';
const RULE_ARN = 'arn:aws:events:us-east-1:000000000000:rule/shop/replayed';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:replayed';
const QUEUE = { QueueUrl: 'http://localhost/000000000000/replayed' };

/** `STARTING`, `RUNNING` or `CANCELLING`. */
const ACTIVE = /ING$/;

interface Known {
  /** Ids of events that were in the archive, within the replay's window. */
  readonly wanted: readonly string[];
  started: boolean;
  /** `asked`: a kill left open whether it was. */
  cancelled: 'no' | 'asked' | 'yes';
  readonly came: Set<string>;
}

/** Replays that are started and cancelled while the daemon is killed over and over. */
export class CrashReplays {
  readonly #chance: SeededRandom;
  readonly #replays = new Map<string, Known>();

  constructor(chance: SeededRandom) {
    this.#chance = chance;
  }

  get count(): number {
    return this.#replays.size;
  }

  async setUp(client: AwsJson): Promise<void> {
    const Attributes = { MessageRetentionPeriod: '1209600' };
    await client.must('sqs', 'CreateQueue', { QueueName: 'replayed', Attributes });
    const rule = { EventBusName: 'shop', Name: 'replayed' };
    const EventPattern = JSON.stringify({ 'replay-name': [{ exists: true }] });
    await client.must('events', 'PutRule', { ...rule, EventPattern });
    const Targets = [{ Id: 'q', Arn: QUEUE_ARN }];
    await client.must('events', 'PutTargets', { EventBusName: 'shop', Rule: 'replayed', Targets });
  }

  /** Starts a replay of some seconds of the archive, or cancels one. */
  async step(client: AwsJson, archived: ReadonlyMap<string, ArchivedEvent>): Promise<void> {
    const { Replays } = await client.must('events', 'ListReplays', {});
    const active = (Replays as { State: string }[]).filter(({ State }) => ACTIVE.test(State));
    const running = [...this.#replays.values()].filter(
      ({ started, cancelled }) => started && cancelled === 'no',
    );
    if (running.length > 0 && this.#chance.below(4) === 0) await this.#cancel(client);
    else if (archived.size > 0 && active.length < MOST_ACTIVE) await this.#start(client, archived);
  }

  /** Waits until no replay is active; answers their states. */
  async ended(client: AwsJson): Promise<ReadonlyMap<string, string>> {
    for (let polls = 0; polls < MOST_POLLS; polls++) {
      const states = new Map<string, string>();
      for (const name of this.#replays.keys()) {
        const { body } = await client.call('events', 'DescribeReplay', { ReplayName: name });
        if (typeof body['State'] === 'string') states.set(name, body['State']);
      }
      if (![...states.values()].some((state) => ACTIVE.test(state))) return states;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new assert.AssertionError({ message: 'replays do not end' });
  }

  /** Receives everything that was replayed. */
  async receive(client: AwsJson): Promise<void> {
    await Promise.all(Array.from({ length: RECEIVERS }, () => this.#receive(client)));
  }

  /** Answers how many events came. */
  check(states: ReadonlyMap<string, string>, archived: ReadonlyMap<string, ArchivedEvent>): number {
    let count = 0;
    for (const [name, { wanted, started, cancelled, came }] of this.#replays) {
      count += came.size;
      for (const id of came)
        assert.ok(archived.has(id), `replay ${name} brought ${id}, which is not archived`);
      if (!started || cancelled === 'asked') continue;
      assert.equal(states.get(name), cancelled === 'yes' ? 'CANCELLED' : 'COMPLETED', `replay ${name}`);
      if (cancelled === 'yes') continue;
      const missing = wanted.filter((id) => !came.has(id));
      assert.equal(missing.length, 0, `replay ${name} lacks ${missing.length} of ${wanted.length} events`);
    }
    return count;
  }

  async #start(client: AwsJson, archived: ReadonlyMap<string, ArchivedEvent>): Promise<void> {
    const events = [...archived.values()];
    const from = Math.floor(this.#chance.pick(events).eventTime / SECOND) * SECOND;
    const until = from + WINDOW_MS;
    const name = `r${this.#replays.size}`;
    const within = events.filter(({ eventTime }) => eventTime >= from && eventTime < until);
    const wanted = within.map(({ eventId }) => eventId);
    const known: Known = { wanted, started: false, cancelled: 'no', came: new Set() };
    this.#replays.set(name, known);
    await client.must('events', 'StartReplay', {
      ReplayName: name,
      EventSourceArn: ARCHIVE_ARN,
      EventStartTime: from / SECOND,
      EventEndTime: until / SECOND,
      Destination: { Arn: BUS_ARN, ...(this.#chance.below(2) === 0 ? {} : { FilterArns: [RULE_ARN] }) },
    });
    known.started = true;
  }

  async #cancel(client: AwsJson): Promise<void> {
    const running = [...this.#replays].filter(([, { started, cancelled }]) => started && cancelled === 'no');
    const [name, known] = this.#chance.pick(running);
    known.cancelled = 'asked';
    const { status } = await client.call('events', 'CancelReplay', { ReplayName: name });
    known.cancelled = status === 200 ? 'yes' : 'no';
  }

  async #receive(client: AwsJson): Promise<void> {
    for (;;) {
      const question = { ...QUEUE, MaxNumberOfMessages: 10 };
      const { Messages = [] } = (await client.must('sqs', 'ReceiveMessage', question)) as {
        Messages?: { Body: string; ReceiptHandle: string }[];
      };
      if (Messages.length === 0) return;
      for (const { Body } of Messages) {
        const { id, 'replay-name': name } = JSON.parse(Body) as { id: string; 'replay-name': string };
        const known = this.#replays.get(name);
        assert.ok(known, `nobody started replay ${name}`);
        known.came.add(id);
      }
      const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
      await client.must('sqs', 'DeleteMessageBatch', { ...QUEUE, Entries });
    }
  }
}
