import assert from 'node:assert/strict';
import { DELIVERED, type OutgoingDelivery, type SendOutcome } from '../../src/engine/ports/connector.ts';
import { groupArn, scheduleArn, scheduleKey } from '../../src/engine/scheduler/schedule-catalog.ts';
import type { Schedule } from '../../src/model/schedule.ts';
import type { SeededRandom } from './fake-clock.ts';
import { schedule } from './schedule-world.ts';
import { fixtureArn, SCOPE, type World } from './world.ts';

const ARN = fixtureArn('ticks');
const MINUTE = 60_000;
const GROUP_SIZE = 4;
const MOST = 12;
/** A send that was under way when its schedule was deleted has ended by then. */
const UNDER_WAY_MS = 10_000;
/** Ticks so near the end may be on their way. */
const END_MS = 5_000;

/** What is known of a schedule. */
interface Known {
  /** As it was written last, if that was acknowledged. */
  made: Schedule | undefined;
  /** A request is on its way, or a crash left open what became of it. */
  open: boolean;
  /** When its deletion was acknowledged. */
  deletedAt: number;
  /** Instants → execution ids. */
  readonly ticks: Map<number, Set<string>>;
}

/** Makes, changes and deletes schedules while everything else goes on, and does not wait for the answers. */
export class SimulatedSchedules {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #known = new Map<string, Known>();
  readonly #groups = new Map<string, 'open' | 'there' | 'deleted'>();
  #mood: 'well' | 'failing' = 'well';
  #names = 0;
  ticks = 0;

  constructor(world: World, random: SeededRandom) {
    this.#world = world;
    this.#random = random;
    world.targets.behave(ARN, (delivery) => this.#behave(delivery));
  }

  step(): void {
    const luck = this.#random.below(10);
    const settled = [...this.#known].filter(([, { made, open }]) => made?.group === 'default' && !open);
    if (luck < 2) this.#mood = this.#random.pick(['well', 'well', 'failing']);
    else if (luck < 3) this.#group();
    else if (luck < 5 && settled.length > 0) this.#change(...this.#random.pick(settled));
    else if (luck < 8 && settled.length > 0) this.#remove(...this.#random.pick(settled));
    else if (settled.length < MOST) this.#create('default');
  }

  settle(): void {
    this.#mood = 'well';
  }

  /** Nothing is pending by now: everything that was to fire has, and nothing else. */
  async check(): Promise<void> {
    const { storage, clock } = this.#world;
    const schedules = (await storage.catalog.list('schedule')).map(({ value }) => value as Schedule);
    const there = new Set(schedules.map(({ name }) => name));
    const timers = (await storage.timers.due(Number.MAX_SAFE_INTEGER, 1e6)).map(({ id }) => id);
    // One timer each: also of those of which nobody knows whether they were made.
    const wanted = schedules.map(({ group, name }) => `schedule/${scheduleKey(SCOPE, group, name)}`);
    assert.deepEqual(timers.sort(), wanted.sort());
    for (const { group } of schedules) assert.notEqual(this.#groups.get(group), 'deleted');
    for (const [name, { made, open, deletedAt, ticks }] of this.#known) {
      for (const [instant, ids] of ticks) {
        assert.equal(ids.size, 1, `${name} has several executions for one instant`);
        assert.ok(instant <= deletedAt, `${name} fired after it was deleted`);
      }
      this.ticks += ticks.size;
      // Of a group too it may be open whether its deletion was written.
      if (open || (made && this.#groups.get(made.group) === 'open')) continue;
      assert.equal(there.has(name), made !== undefined, `whether ${name} is there (${made?.group})`);
      if (!made) continue;
      for (let at = made.modifiedAt; at < clock.now() - END_MS; at += MINUTE) {
        assert.ok(ticks.has(at), `${name} of ${made.modifiedAt} did not fire at ${at}`);
      }
    }
    for (const [name, state] of this.#groups) {
      const found = await storage.catalog.get('schedule-group', `${SCOPE.account}/${SCOPE.region}/${name}`);
      if (state !== 'open')
        assert.equal(found !== undefined, state === 'there', `whether group ${name} is there`);
    }
  }

  #behave({ eventId, payload }: OutgoingDelivery): SendOutcome {
    const [arn = '', time = ''] = payload.split(' ');
    const [name, instant] = [arn.split('/').at(-1)!, Date.parse(time)];
    const known = this.#known.get(name);
    assert.ok(known, `nobody made ${name}`);
    assert.ok(
      this.#world.clock.now() <= known.deletedAt + UNDER_WAY_MS,
      `${name} is sent though it is deleted`,
    );
    if (this.#mood === 'failing' && this.#random.next() < 0.7) {
      return { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'failing' };
    }
    known.ticks.set(instant, (known.ticks.get(instant) ?? new Set()).add(eventId));
    return DELIVERED;
  }

  #create(group: string): void {
    const name = `s${this.#names++}`;
    const known: Known = { made: undefined, open: true, deletedAt: Infinity, ticks: new Map() };
    this.#known.set(name, known);
    const made = this.#definition(name, group);
    void this.#world.engine.scheduler.schedules.create(made).then(
      (created) => {
        // A group may be deleted meanwhile.
        assert.ok(created || group !== 'default', `${name} is new`);
        const isLeaving = group !== 'default' && this.#groups.get(group) !== 'there';
        if (!created || isLeaving) return;
        known.open = false;
        known.made = made;
      },
      () => undefined,
    );
  }

  /** Written anew, a rate counts from there. */
  #change(name: string, known: Known): void {
    const { scheduler } = this.#world.engine;
    const before = known.made!;
    const changed = { ...before, revision: this.#world.random.uuid(), modifiedAt: this.#now };
    known.open = true;
    const change = async (): Promise<void> => {
      const found = await scheduler.catalog.schedule(scheduleKey(SCOPE, before.group, name));
      assert.ok(found, `${name} is there`);
      if (!(await scheduler.schedules.replace(changed, found.version))) return;
      known.made = changed;
      known.open = false;
    };
    void change().catch(failed);
  }

  #remove(name: string, known: Known): void {
    const { scheduler } = this.#world.engine;
    known.open = true;
    const remove = async (): Promise<void> => {
      const found = await scheduler.catalog.schedule(scheduleKey(SCOPE, known.made!.group, name));
      assert.ok(found, `${name} is there`);
      if (!(await scheduler.schedules.remove(found.document, found.version))) return;
      known.made = undefined;
      known.deletedAt = this.#world.clock.now();
      known.open = false;
    };
    void remove().catch(failed);
  }

  /** Makes a group with schedules, or deletes one that is there. */
  #group(): void {
    const { catalog } = this.#world.engine.scheduler;
    const there = [...this.#groups].find(([, state]) => state === 'there')?.[0];
    if (there === undefined) {
      const name = `g${this.#names++}`;
      this.#groups.set(name, 'open');
      const now = this.#world.clock.now();
      const head = { ...SCOPE, name, arn: groupArn(SCOPE, name), state: 'ACTIVE', tags: [] } as const;
      void catalog.putGroup({ ...head, createdAt: now, modifiedAt: now }, 'absent').then((made) => {
        assert.ok(made);
        this.#groups.set(name, 'there');
        for (let n = 0; n < GROUP_SIZE; n++) this.#create(name);
      }, failed);
      return;
    }
    this.#groups.set(there, 'open');
    const remove = async (): Promise<void> => {
      const found = await catalog.group(SCOPE, there);
      if (!(await this.#world.engine.scheduler.deleteGroup(found!.document, found!.version))) return;
      this.#groups.set(there, 'deleted');
      // They go one by one, and fire until then.
      for (const known of this.#known.values()) if (known.made?.group === there) known.made = undefined;
    };
    void remove().catch(failed);
  }

  /** Now, in whole seconds, as an event's time shows them. */
  get #now(): number {
    return Math.ceil(this.#world.clock.now() / 1_000) * 1_000;
  }

  #definition(name: string, group: string): Schedule {
    const like = schedule(this.#world, name);
    const Input = '<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time>';
    return {
      ...like,
      group,
      expression: 'rate(1 minute)',
      arn: scheduleArn(SCOPE, group, name),
      createdAt: this.#now,
      modifiedAt: this.#now,
      target: { ...like.target, Arn: ARN, Input },
    };
  }
}

/** The store may fail; a defect may not pass. */
function failed(error: unknown): void {
  if (error instanceof assert.AssertionError) throw error;
}
