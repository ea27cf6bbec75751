import { Engine, type EngineOptions } from '../../src/engine/engine.ts';
import { buildEnvelope } from '../../src/engine/envelope.ts';
import { Metrics } from '../../src/engine/metrics.ts';
import { silentLogger, type Logger } from '../../src/engine/ports/logger.ts';
import type { QueueSend, QueueSender } from '../../src/engine/ports/queue-sender.ts';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import type { NewLogRecord, Position, Storage } from '../../src/engine/ports/storage.ts';
import type { DeadLetterDocument } from '../../src/engine/deliver/dead-letter.ts';
import { anchored } from '../../src/engine/schedule/rule-schedules.ts';
import { eventBusArn, ruleArn, type Arn } from '../../src/model/arn.ts';
import type { EventBus, Rule, TargetSettings } from '../../src/model/resources.ts';
import { createMemoryStorage } from '../../src/store/memory/index.ts';
import { busTarget } from './bus-target.ts';
import { FakeClock, SeededRandom } from './fake-clock.ts';
import { Gate } from './gate.ts';
import { FixtureTargets } from './fixture-target.ts';

export const ACCOUNT = '111111111111';
export const REGION = 'us-east-1';
export const SCOPE = { account: ACCOUNT, region: REGION };

/** The ARN of a fixture target. */
export const fixtureArn = (name: string): string => `arn:aws:fixture:${REGION}:${ACCOUNT}:${name}`;

/** Queues for dead letters: keeps what arrives, answers as told. */
export class FixtureQueues implements QueueSender {
  readonly messages: { queue: string; message: QueueSend }[] = [];
  answer: () => SendOutcome = () => DELIVERED;

  send(queue: Arn, messages: readonly QueueSend[]): Promise<SendOutcome[]> {
    const outcomes = messages.map((message) => {
      const outcome = this.answer();
      if (outcome.status === 'delivered') this.messages.push({ queue: queue.text, message });
      return outcome;
    });
    return Promise.resolve(outcomes);
  }
}

export interface RuleWish {
  readonly pattern?: string | undefined;
  readonly state?: Rule['state'];
  readonly targets?: readonly TargetSettings[];
  readonly bus?: string;
  readonly since?: bigint;
  /** A schedule; without a pattern beside it the rule matches nothing. */
  readonly schedule?: string;
}

const EVERYTHING = '{"source":[{"prefix":""}]}';

/** One machine: a store, a clock, targets, and an engine that can be stopped, killed and started again. */
export class World {
  readonly clock = new FakeClock();
  readonly random: SeededRandom;
  readonly targets = new FixtureTargets();
  readonly queues = new FixtureQueues();
  metrics = new Metrics();
  readonly storage: Storage;
  readonly options: EngineOptions | undefined;
  logger: Logger = silentLogger;
  #engine: Engine | undefined;
  gate = new Gate();

  constructor(settings: { seed?: number; storage?: Storage; options?: EngineOptions } = {}) {
    this.random = new SeededRandom(settings.seed ?? 1);
    this.storage = settings.storage ?? createMemoryStorage();
    this.options = settings.options;
  }

  static async start(settings: ConstructorParameters<typeof World>[0] = {}): Promise<World> {
    const world = new World(settings);
    await world.startEngine();
    return world;
  }

  get engine(): Engine {
    return this.#engine!;
  }

  async startEngine(): Promise<void> {
    this.metrics = new Metrics();
    const gate = new Gate();
    gate.fault = this.gate.fault;
    gate.slow = this.gate.slow;
    this.gate = gate;
    this.targets.gate = gate;
    this.#engine = await Engine.start({
      storage: gate.storage(this.storage),
      clock: gate.clock(this.clock),
      random: this.random,
      logger: this.logger,
      metrics: this.metrics,
      targets: ({ forwarder }) => [this.targets, busTarget(forwarder)],
      queueSender: this.queues,
      options: this.options,
    });
  }

  /** Ends the engine as a kill would: nothing is finished, nothing is written. */
  async crash(): Promise<void> {
    this.gate.shut = true;
    await this.startEngine();
  }

  async restart(drainMs = 0): Promise<void> {
    await this.engine.stop(drainMs);
    this.gate.shut = true;
    await this.startEngine();
  }

  async bus(name = 'default', more: Partial<EventBus> = {}): Promise<EventBus> {
    const scope = { account: more.account ?? ACCOUNT, region: more.region ?? REGION };
    const known = this.engine.catalog.bus(scope, name);
    if (known) return known.document;
    const now = this.clock.now();
    const created = await this.engine.catalog.createBus({
      ...scope,
      name,
      createdAt: now,
      modifiedAt: now,
      tags: [],
      ...more,
    });
    return created!;
  }

  /** Puts a rule that matches everything, unless told otherwise. */
  async rule(name: string, wish: RuleWish = {}): Promise<Rule> {
    const bus = wish.bus ?? 'default';
    const known = this.engine.catalog.rule(SCOPE, bus, name)?.document;
    const since = wish.since ?? (known ? BigInt(known.since) : await this.#head(bus));
    const wished: Rule = {
      ...SCOPE,
      uid: known?.uid ?? this.random.uuid(),
      bus,
      name,
      arn: ruleArn(REGION, ACCOUNT, bus, name),
      state: wish.state ?? 'ENABLED',
      eventPattern: wish.pattern ?? (wish.schedule ? undefined : (known?.eventPattern ?? EVERYTHING)),
      scheduleExpression: wish.schedule,
      createdBy: ACCOUNT,
      tags: [],
      targets: wish.targets ?? known?.targets ?? [{ Id: 't', Arn: fixtureArn(name) }],
      since: String(since),
    };
    const rule = anchored(known, wished, this.clock.now());
    await this.engine.catalog.putRule(rule, undefined);
    return rule;
  }

  async removeRule(name: string, bus = 'default'): Promise<void> {
    const known = this.engine.catalog.rule(SCOPE, bus, name);
    if (known) await this.engine.catalog.removeRule(known.document, undefined);
  }

  event(source = 'test', detail: object = {}): NewLogRecord {
    const id = this.random.uuid();
    const time = this.clock.now();
    const event = buildEnvelope({
      id,
      detailType: 'Test',
      source,
      account: ACCOUNT,
      time,
      region: REGION,
      resources: [],
      detail: JSON.stringify(detail),
    });
    return { eventId: id, ingestedAt: time, account: ACCOUNT, event };
  }

  /** Publishes and answers the ids. */
  async publish(records: readonly NewLogRecord[], bus = 'default'): Promise<string[]> {
    const { log } = await this.bus(bus);
    await this.engine.ingest.append(log, records);
    return records.map(({ eventId }) => eventId);
  }

  publishMany(count: number, source?: string): Promise<string[]> {
    return this.publish(Array.from({ length: count }, () => this.event(source)));
  }

  async deadLetters(): Promise<DeadLetterDocument[]> {
    const letters = await this.storage.deadLetters.list({ max: 100_000 });
    return letters.map(({ document }) => document as DeadLetterDocument);
  }

  async backlogRows(): Promise<number> {
    return (await this.storage.parked.lanes()).reduce((sum, { rows }) => sum + rows, 0);
  }

  async metric(name: string): Promise<number> {
    const text = await this.metrics.text();
    let sum = 0;
    for (const line of text.split('\n')) {
      if (line.startsWith(`busbar_${name}_total`)) sum += Number(line.slice(line.lastIndexOf(' ') + 1));
    }
    return sum;
  }

  cursor(bus = eventBusArn(REGION, ACCOUNT, 'default')): Position {
    return this.engine.status().buses.find((status) => status.bus === bus)!.cursor;
  }

  async #head(bus: string): Promise<Position> {
    return this.engine.catalog.headOf(await this.bus(bus));
  }
}
