import type { DatabaseSync } from 'node:sqlite';
import type { Counters } from './counters.ts';
import type { Dropped } from './dropped.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

export interface Lane {
  readonly id: bigint;
  readonly name: string;
  readonly log: string;
  rows: number;
  positions: number;
}

type LaneRow = [bigint, string, string, bigint, bigint];

/**
 * The lanes that have something parked, with their totals, so that start-up and status never count rows. Totals change
 * in memory and are written once a group. Nearly always a name has one log; it has a second one only while rows of a
 * bus that was deleted and created again are still around.
 */
export class Lanes {
  readonly #counters: Counters;
  readonly #dropped: Dropped;
  readonly #byId = new Map<bigint, Lane>();
  readonly #byName = new Map<string, Lane[]>();
  readonly #changed = new Set<Lane>();
  readonly #select: Statement<[], LaneRow>;
  readonly #ofLog: Statement<[string], [bigint]>;
  readonly #insert: Statement<[bigint, string, string], never>;
  readonly #update: Statement<[number, number, bigint], never>;
  readonly #delete: Statement<[bigint], never>;
  #loaded = false;

  constructor(database: DatabaseSync, counters: Counters, dropped: Dropped) {
    this.#counters = counters;
    this.#dropped = dropped;
    this.#select = statement(database, 'SELECT id, name, log, parked_rows, parked_positions FROM lanes');
    this.#ofLog = statement(database, 'SELECT id FROM lanes WHERE log = ?');
    this.#insert = statement(
      database,
      'INSERT INTO lanes (id, name, log, parked_rows, parked_positions) VALUES (?, ?, ?, 0, 0)',
    );
    this.#update = statement(database, 'UPDATE lanes SET parked_rows = ?, parked_positions = ? WHERE id = ?');
    this.#delete = statement(database, 'DELETE FROM lanes WHERE id = ?');
  }

  all(): Lane[] {
    this.#load();
    return [...this.#byId.values()].filter(({ rows }) => rows > 0);
  }

  /** The lanes of a name that have rows. */
  named(name: string): Lane[] {
    this.#load();
    return (this.#byName.get(name) ?? []).filter(({ rows }) => rows > 0);
  }

  ofLog(log: string): bigint[] {
    return this.#ofLog.all(log).map(([id]) => id);
  }

  byId(id: bigint): Lane | undefined {
    this.#load();
    return this.#byId.get(id);
  }

  /** The lane of a name and a log; made when it is new. */
  of(name: string, log: string): Lane {
    this.#load();
    const known = this.#byName.get(name)?.find((lane) => lane.log === log);
    if (known) return known;
    // Never an id that was used before: rows of a dropped lane may still carry it.
    const id = this.#counters.take('lanes', 1);
    this.#insert.run(id, name, log);
    const lane = { id, name, log, rows: 0, positions: 0 };
    this.#keep(lane);
    return lane;
  }

  count(lane: Lane, rows: number, positions: number): void {
    lane.rows += rows;
    lane.positions += positions;
    this.#changed.add(lane);
  }

  /** Forgets a lane at once; its rows are removed bit by bit. */
  drop(lane: Lane): void {
    this.#dropped.addLane(lane.id);
    this.#changed.delete(lane);
    this.#remove(lane);
  }

  flush(): void {
    for (const lane of this.#changed) {
      if (lane.rows > 0) this.#update.run(lane.rows, lane.positions, lane.id);
      else this.#remove(lane);
    }
    this.#changed.clear();
  }

  reset(): void {
    this.#byId.clear();
    this.#byName.clear();
    this.#changed.clear();
    this.#loaded = false;
  }

  #load(): void {
    if (this.#loaded) return;
    this.#loaded = true;
    for (const [id, name, log, rows, positions] of this.#select.all()) {
      this.#keep({ id, name, log, rows: Number(rows), positions: Number(positions) });
    }
  }

  #keep(lane: Lane): void {
    this.#byId.set(lane.id, lane);
    this.#byName.set(lane.name, [...(this.#byName.get(lane.name) ?? []), lane]);
  }

  #remove(lane: Lane): void {
    this.#delete.run(lane.id);
    this.#byId.delete(lane.id);
    const others = this.#byName.get(lane.name)!.filter((other) => other !== lane);
    if (others.length === 0) this.#byName.delete(lane.name);
    else this.#byName.set(lane.name, others);
  }
}
