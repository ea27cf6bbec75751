import assert from 'node:assert/strict';
import { DELIVERED, type OutgoingDelivery, type SendOutcome } from '../../src/engine/ports/connector.ts';
import type { ArchivedEvent } from '../../src/engine/ports/archive-storage.ts';
import type { Archive } from '../../src/model/archive.ts';
import { hasEnded } from '../../src/model/replay.ts';
import type { Rule } from '../../src/model/resources.ts';
import type { SeededRandom } from './fake-clock.ts';
import { replayLogs } from './replay-kit.ts';
import { fixtureArn, SCOPE, type World } from './world.ts';

/** What the archive takes. */
export const ARCHIVED = 'x';
const ARN = fixtureArn('replayed');
const REPLAYED = '{"replay-name":[{"exists":true}]}';
/** A send that was under way when its replay was cancelled has ended by then. */
const UNDER_WAY_MS = 10_000;
const EVERYTHING = { from: 0, until: Number.MAX_SAFE_INTEGER, after: undefined };
const MOST_ACTIVE = 3;

interface Known {
  /** What it must bring, once its start was acknowledged. */
  readonly wanted: readonly string[];
  started: boolean;
  cancelled: 'no' | 'asked' | 'yes';
  cancelledAt: number;
  /** Ids of events → how often they came. */
  readonly came: Map<string, number>;
}

/** An archive that events get into, and replays of it, while everything else goes on. */
export class SimulatedArchive {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #replays = new Map<string, Known>();
  /** Events that were acknowledged and match. */
  readonly #expected = new Set<string>();
  #archive!: Archive;
  #rule!: Rule;
  #mood: 'well' | 'failing' = 'well';
  replayed = 0;

  constructor(world: World, random: SeededRandom) {
    this.#world = world;
    this.#random = random;
    world.targets.behave(ARN, (delivery) => this.#behave(delivery));
  }

  async begin(): Promise<void> {
    const eventPattern = JSON.stringify({ source: [ARCHIVED] });
    const bus = await this.#world.bus();
    const made = await this.#world.engine.archives.create(bus, 'kept', { retentionDays: 0, eventPattern });
    assert.ok(typeof made === 'object');
    this.#archive = made;
    this.#rule = await this.#world.rule('replayed', { pattern: REPLAYED });
  }

  acknowledged(eventId: string): void {
    this.#expected.add(eventId);
  }

  async step(): Promise<void> {
    const luck = this.#random.below(10);
    const running = [...this.#replays].filter(([, { started, cancelled }]) => started && cancelled === 'no');
    if (luck < 3) this.#mood = this.#random.pick(['well', 'well', 'failing']);
    else if (luck < 5 && running.length > 0) this.#cancel(...this.#random.pick(running));
    else if (this.#world.engine.replays.active().length < MOST_ACTIVE) await this.#start();
  }

  settle(): void {
    this.#mood = 'well';
  }

  get quiet(): boolean {
    const { replays } = this.#world.engine;
    return replays.active().length === 0 && replays.list(SCOPE).every((replay) => hasEnded(replay));
  }

  async check(): Promise<void> {
    const events = await this.#content();
    const ids = new Set(events.map(({ eventId }) => eventId));
    assert.equal(ids.size, events.length, 'an event is in the archive once');
    for (const id of this.#expected) assert.ok(ids.has(id), `event ${id} is not in the archive`);
    const { events: count, bytes } = await this.#world.engine.archives.stats(this.#archive);
    assert.equal(count, events.length);
    assert.equal(
      bytes,
      events.reduce((sum, { event }) => sum + Buffer.byteLength(event), 0),
    );
    for (const { event } of events)
      assert.ok(!event.includes('"replay-name"'), 'what is replayed is not archived');
    for (const [name, { wanted, started, cancelled, came }] of this.#replays) {
      for (const id of came.keys()) assert.ok(ids.has(id), `${name} brought what is not archived`);
      this.replayed += came.size;
      if (!started || cancelled === 'asked') continue;
      const state = this.#world.engine.replays.get(SCOPE, name)?.state;
      assert.equal(state, cancelled === 'yes' ? 'CANCELLED' : 'COMPLETED', name);
      if (cancelled === 'yes') continue;
      const missing = wanted.filter((id) => !came.has(id));
      assert.deepEqual(missing.slice(0, 3), [], `${name} lacks ${missing.length} of ${wanted.length} events`);
    }
    assert.deepEqual(await replayLogs(this.#world), [], 'logs of replays are left over');
  }

  #behave({ payload }: OutgoingDelivery): SendOutcome {
    const { id, 'replay-name': name } = JSON.parse(payload) as { id: string; 'replay-name': string };
    const known = this.#replays.get(name);
    assert.ok(known, `nobody started ${name}`);
    const late = this.#world.clock.now() - known.cancelledAt;
    assert.ok(!(late > UNDER_WAY_MS), `${name} goes on ${late} ms after it was cancelled`);
    if (this.#mood === 'failing' && this.#random.next() < 0.5) {
      return { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'failing' };
    }
    known.came.set(id, (known.came.get(id) ?? 0) + 1);
    return DELIVERED;
  }

  async #start(): Promise<void> {
    const { clock, engine } = this.#world;
    const name = `r${this.#replays.size}`;
    const now = clock.now();
    const bus = await this.#world.bus();
    // What the archive holds by now and happened before the end of the window.
    const wanted = (await this.#content()).filter(({ eventTime }) => eventTime < now);
    const known: Known = {
      wanted: wanted.map(({ eventId }) => eventId),
      started: false,
      cancelled: 'no',
      cancelledAt: Number.NaN,
      came: new Map(),
    };
    this.#replays.set(name, known);
    const plan = {
      archiveArn: this.#archive.arn,
      archiveUid: this.#archive.uid,
      from: 0,
      until: now,
      bus: bus.name,
      busLog: bus.log,
      filterArns: [this.#rule.arn],
    };
    void engine.replays.begin({ ...SCOPE, name, description: undefined, plan }).then(
      ({ status }) => {
        assert.equal(status, 'started');
        known.started = true;
      },
      () => undefined,
    );
  }

  #cancel(name: string, known: Known): void {
    const { replays } = this.#world.engine;
    const replay = replays.get(SCOPE, name);
    assert.ok(replay, `${name} is known`);
    known.cancelled = 'asked';
    void replays.cancel(replay).then(
      (cancelling) => {
        known.cancelled = cancelling ? 'yes' : 'no';
        if (cancelling) known.cancelledAt = this.#world.clock.now();
      },
      () => undefined,
    );
  }

  /** The store's own content: no fault of the machine's gets in between. */
  #content(): Promise<ArchivedEvent[]> {
    const { archives } = this.#world.storage;
    return archives.read(this.#archive.uid, { ...EVERYTHING, maxEvents: 1e6, maxBytes: 1e9 });
  }
}
