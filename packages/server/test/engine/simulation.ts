import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELIVERED, type OutgoingDelivery, type SendOutcome } from '../../src/engine/ports/connector.ts';
import { StorageError } from '../../src/engine/ports/storage.ts';
import { limits } from '../../src/model/limits.ts';
import { deliveryId } from '../../src/engine/deliver/delivery-id.ts';
import type { Rule } from '../../src/model/resources.ts';
import { SeededRandom } from './fake-clock.ts';
import { ARCHIVED, SimulatedArchive } from './simulation-archive.ts';
import { SimulatedSchedules } from './simulation-schedules.ts';
import { fixtureArn, World } from './world.ts';

interface SimulationCounts {
  rounds: number;
  events: number;
  deliveries: number;
  repeats: number;
  deadLetters: number;
  crashes: number;
  faults: number;
  ticks: number;
  replayed: number;
  /** The longest that a target which is well had to wait for new events. */
  slowestMs: number;
}

const NOTHING: SimulationCounts = {
  rounds: 0,
  events: 0,
  deliveries: 0,
  repeats: 0,
  deadLetters: 0,
  crashes: 0,
  faults: 0,
  ticks: 0,
  replayed: 0,
  slowestMs: 0,
};

const TARGETS = ['a', 'b', 'c', 'd', 'e'] as const;
const SOURCES = ['x', 'y', 'z'] as const;
/** Never fails, hangs or changes: how fast it is served shows whether another lane holds it up. */
const STEADY = 'steady';
const LANE_DELIVERIES = 32;
/** The window of the router is small here: it may have to wait until the deliveries of others have their rows. */
const STEADY_WITHIN_MS = 2_000;
/** Calls to the store that were slow when the trouble ended may take this much longer. */
const TROUBLE_LASTS_MS = 8_000;

type Mood = 'well' | 'failing' | 'hanging' | 'refusing' | 'mixed';
const MOODS: readonly Mood[] = ['well', 'well', 'failing', 'hanging', 'refusing', 'mixed'];

/** A delivery that must happen: the event matched when it was acknowledged, under rules that stood still. */
interface Expected {
  readonly eventId: string;
  readonly subscription: string;
  readonly arn: string;
}

/** One seeded run: a machine with bad luck. Checks the invariants at the end and, where it can, on the way. */
class Simulation {
  readonly #random: SeededRandom;
  readonly #world: World;
  readonly #moods = new Map<string, Mood>();
  readonly #rules = new Map<string, Rule>();
  readonly #expected: Expected[] = [];
  readonly #published = new Set<string>();
  readonly #schedules: SimulatedSchedules;
  readonly #archive: SimulatedArchive;
  readonly counts: SimulationCounts = { ...NOTHING };
  #faultRate = 0;
  #delayRate = 0;
  #troubledAt = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.#world = new World({
      seed: seed + 1_000,
      options: {
        attemptTimeoutMs: 5_000,
        logTailBytes: 4_000,
        logRetentionMs: 600_000,
        routerWindowPositions: 400,
        lanes: { laneDeliveries: LANE_DELIVERIES, laneMinimum: 2, bytes: 16_000 },
      },
    });
    this.#schedules = new SimulatedSchedules(this.#world, this.#random);
    this.#archive = new SimulatedArchive(this.#world, this.#random);
  }

  async run(steps: number): Promise<SimulationCounts> {
    const world = this.#world;
    await world.startEngine();
    for (const name of TARGETS) {
      world.targets.behave(fixtureArn(name), (delivery) => this.#behave(name, delivery));
      await this.#putRule(name);
    }
    await this.#putRule(STEADY, '{"source":[{"prefix":""}]}');
    await this.#archive.begin();
    for (let step = 0; step < steps; step++) await this.#step();
    await this.#settle();
    await this.#check();
    return this.counts;
  }

  #behave(name: string, delivery: OutgoingDelivery): SendOutcome | 'hang' {
    assert.ok(this.#published.has(delivery.eventId), 'an event that nobody published was delivered');
    const mood = this.#moods.get(name) ?? 'well';
    const chance = mood === 'mixed' ? this.#random.next() : undefined;
    if (mood === 'failing' || (chance !== undefined && chance < 0.3)) {
      return {
        status: 'retry',
        code: 'ERROR_FROM_TARGET',
        reason: 'failing',
        afterMs: this.#random.below(2_000),
      };
    }
    if (mood === 'hanging' || (chance !== undefined && chance < 0.4)) return 'hang';
    if (mood === 'refusing' || (chance !== undefined && chance < 0.5)) {
      return { status: 'reject', code: 'NO_PERMISSIONS', reason: 'refusing' };
    }
    return DELIVERED;
  }

  async #step(): Promise<void> {
    this.counts.rounds++;
    const random = this.#random;
    if (random.below(4) === 0) this.#schedules.step();
    if (random.below(6) === 0) await this.#archive.step();
    const luck = random.below(100);
    if (luck < 45) await this.#publish(1 + random.below(random.next() < 0.05 ? 600 : 40));
    else if (luck < 60) this.#moods.set(random.pick(TARGETS), random.pick(MOODS));
    else if (luck < 68) this.#world.targets.release(fixtureArn(random.pick(TARGETS)));
    else if (luck < 74) await this.#changeRule();
    else if (luck < 86) this.#setTrouble(random.pick([0, 0.2, 0.5, 1]), random.pick([0, 0.3, 0.7]));
    else if (luck < 97) await this.#crash();
    else await this.#stopAndStart();
    await this.#world.clock.advance(random.pick([0, 1, 20, 100, 300, 300, 600, 2_000, 20_000]));
    this.#checkMemory();
  }

  async #publish(count: number): Promise<void> {
    const world = this.#world;
    const records = Array.from({ length: count }, () => world.event(this.#random.pick(SOURCES)));
    // Published ids count from here on: a store may fail after it has written.
    for (const { eventId } of records) this.#published.add(eventId);
    let acknowledged: boolean | undefined;
    void world.publish(records).then(
      () => (acknowledged = true),
      () => (acknowledged = false),
    );
    await world.clock.until(() => acknowledged !== undefined);
    if (!acknowledged) return;
    this.counts.events += count;
    await this.#checkSteady(records.map(({ eventId }) => eventId));
    for (const { eventId, event } of records) {
      if (event.includes(`"source":"${ARCHIVED}"`)) this.#archive.acknowledged(eventId);
      for (const [name, rule] of this.#rules) {
        const wanted = /"source":\["(\w)"\]/.exec(rule.eventPattern ?? '')?.[1];
        if (wanted && !event.includes(`"source":"${wanted}"`)) continue;
        for (const target of rule.targets) {
          this.#expected.push({ eventId, subscription: `${rule.uid}/${target.Id}`, arn: fixtureArn(name) });
        }
      }
    }
  }

  /** However the other targets fare, one that is well gets new events at once, as long as the store works. */
  async #checkSteady(eventIds: readonly string[]): Promise<void> {
    const world = this.#world;
    if (this.#faultRate > 0 || this.#delayRate > 0) return;
    if (world.clock.now() - this.#troubledAt < TROUBLE_LASTS_MS) return;
    const started = world.clock.now();
    const arrived = (): boolean => {
      const ids = new Set(world.targets.deliveredTo(fixtureArn(STEADY)).slice(-2_000));
      return eventIds.every((id) => ids.has(id));
    };
    await world.clock.until(arrived, STEADY_WITHIN_MS, 50);
    this.counts.slowestMs = Math.max(this.counts.slowestMs, world.clock.now() - started);
  }

  async #changeRule(): Promise<void> {
    // Routed first: which rules an event meets is decided when it is routed, and here it must be known.
    await this.#calm(async () => {
      const name = this.#random.pick(TARGETS);
      if (this.#random.next() < 0.4 && this.#rules.has(name)) {
        await this.#world.removeRule(name);
        this.#rules.delete(name);
      } else await this.#putRule(name);
    });
  }

  async #putRule(name: string, pattern?: string): Promise<void> {
    const source = this.#random.pick(SOURCES);
    const policy = this.#random.pick([{}, { MaximumRetryAttempts: 2 }, { MaximumEventAgeInSeconds: 300 }]);
    const pace =
      name === STEADY
        ? {}
        : this.#random.pick([{}, { MaximumRatePerSecond: 100 }, { MaximumConcurrency: 1 }]);
    const rule = await this.#world.rule(name, {
      pattern: pattern ?? this.#random.pick([`{"source":["${source}"]}`, '{"source":[{"prefix":""}]}']),
      targets: [{ Id: '1', Arn: fixtureArn(name), RetryPolicy: policy, BusbarParameters: pace }],
    });
    this.#rules.set(name, rule);
  }

  /** How often a call to the store fails, and how often it takes its time. */
  #setTrouble(faults: number, delays: number): void {
    if (this.#faultRate > 0 || this.#delayRate > 0) this.#troubledAt = this.#world.clock.now();
    this.#faultRate = faults;
    this.#delayRate = delays;
    const { gate, clock } = this.#world;
    gate.fault = faults === 0 ? undefined : (part) => this.#fault(part);
    if (delays === 0) gate.slow = undefined;
    else {
      gate.slow = async () => {
        if (this.#random.next() >= delays) return;
        const ms = this.#random.below(this.#random.pick([20, 400, 3_000]));
        await new Promise<void>((resolve) => clock.after(ms, resolve));
      };
    }
  }

  #fault(part: string): void {
    if (part === 'catalog' || this.#random.next() >= this.#faultRate) return;
    this.counts.faults++;
    throw new StorageError('io', 'bad luck');
  }

  /** Without faults, and with every event routed and every delivery durable or done. */
  async #calm(action: () => Promise<void>): Promise<void> {
    this.#setTrouble(0, 0);
    await this.#world.clock.until(() => this.#world.engine.status().buses.every(({ lag }) => lag === 0n));
    await action();
  }

  async #crash(): Promise<void> {
    this.counts.crashes++;
    const [faults, delays] = [this.#faultRate, this.#delayRate];
    this.#setTrouble(0, 0);
    await this.#world.crash();
    this.#setTrouble(faults, delays);
  }

  async #stopAndStart(): Promise<void> {
    const [faults, delays] = [this.#faultRate, this.#delayRate];
    this.#setTrouble(0, 0);
    let stopped = false;
    void this.#world.engine.stop(1_000).then(() => (stopped = true));
    await this.#world.clock.until(() => stopped);
    this.#world.gate.shut = true;
    await this.#world.startEngine();
    this.#setTrouble(faults, delays);
  }

  /** Everybody is well from here on: whatever is pending must come to its end. */
  async #settle(): Promise<void> {
    this.#setTrouble(0, 0);
    for (const name of TARGETS) this.#moods.set(name, 'well');
    for (const name of TARGETS) this.#world.targets.release(fixtureArn(name));
    this.#schedules.settle();
    this.#archive.settle();
    const quiet = (): boolean => {
      const { buses, lanes } = this.#world.engine.status();
      return (
        this.#archive.quiet &&
        buses.every(({ lag }) => lag === 0n) &&
        lanes.every((lane) => lane.pending + lane.rows + lane.spilled === 0)
      );
    };
    await this.#world.clock.until(quiet, 3_600_000, 1_000);
    // Timers that a crash left behind are due within a minute.
    await this.#world.clock.advance(90_000);
    await this.#world.clock.until(quiet, 3_600_000, 1_000);
  }

  #checkMemory(): void {
    const { memory, laneCount } = this.#world.engine.status();
    const event = this.#world.event('x').event.length;
    assert.ok(memory.deliveries <= laneCount * LANE_DELIVERIES, `${memory.deliveries} deliveries in memory`);
    // A read from the backlog is measured by the mean size before it: it may go over by what it brings.
    const bound = 16_000 + laneCount * 2 * event + laneCount * LANE_DELIVERIES * 8;
    assert.ok(memory.bytes <= bound, `${memory.bytes} bytes in memory`);
  }

  async #check(): Promise<void> {
    const { targets } = this.#world;
    const letters = new Set(
      (await this.#world.storage.deadLetters.list({ max: 1_000_000 })).map(({ id }) => id),
    );
    const delivered = new Map<string, Set<string>>();
    for (const [arn, ids] of targets.delivered) {
      delivered.set(arn, new Set(ids));
      this.counts.deliveries += ids.length;
      this.counts.repeats += ids.length - new Set(ids).size;
    }
    for (const { eventId, subscription, arn } of this.#expected) {
      const arrived = delivered.get(arn)?.has(eventId) || letters.has(deliveryId(eventId, subscription));
      assert.ok(arrived, `event ${eventId} is missing at ${arn}`);
    }
    await this.#schedules.check();
    await this.#archive.check();
    this.counts.ticks = this.#schedules.ticks;
    this.counts.replayed = this.#archive.replayed;
    this.counts.deadLetters = letters.size;
    assert.equal(await this.#world.backlogRows(), 0, 'rows are left over');
    assert.ok(limits.deadLetters > letters.size);
  }
}

/** Runs one seed; throws with the seed in the message when an invariant breaks. */
async function simulate(seed: number, steps: number): Promise<SimulationCounts> {
  const simulation = new Simulation(seed);
  try {
    return await simulation.run(steps);
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Runs seeds 1, 2, … and prints what happened in all of them. */
export function testSimulation({ seeds, steps }: { seeds: number; steps: number }): void {
  test(`simulation: ${seeds} seeds of publishing, faults, rule changes and crashes`, async () => {
    const total = { ...NOTHING };
    for (let seed = 1; seed <= seeds; seed++) {
      const counts = await simulate(seed, steps);
      for (const key of Object.keys(total) as (keyof SimulationCounts)[]) {
        total[key] = key === 'slowestMs' ? Math.max(total[key], counts[key]) : total[key] + counts[key];
      }
    }
    console.log(
      `simulation: ${seeds} seeds, ${total.rounds} rounds, ${total.events} events, ${total.deliveries} deliveries, ` +
        `${total.repeats} repeats, ${total.deadLetters} dead letters, ${total.crashes} crashes, ` +
        `${total.faults} store faults, ${total.ticks} ticks, ${total.replayed} events replayed; a target that is well waited ${total.slowestMs} ms at most`,
    );
  });
}
