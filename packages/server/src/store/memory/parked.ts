import type {
  LaneBacklog,
  LogId,
  NewParked,
  Parked,
  ParkedStore,
  Position,
} from '../../engine/ports/storage.ts';
import { freeze, thaw } from './document.ts';
import { Heap } from './heap.ts';

interface Row {
  readonly id: bigint;
  readonly lane: string;
  readonly log: LogId;
  readonly positions: readonly Position[];
  readonly state: string | undefined;
  due: number;
}

/** A place of a row in its lane's order. Out of date once the row is gone or has another due time. */
interface Place {
  readonly row: Row;
  readonly due: number;
}

/** So many out-of-date places are put up with before a lane's order is swept. */
const SWEEP_AT = 1_024;

const sooner = (a: Place, b: Place): boolean => a.due < b.due || (a.due === b.due && a.row.id < b.row.id);

export class MemoryParked implements ParkedStore {
  readonly #rows = new Map<bigint, Row>();
  readonly #lanes = new Map<string, Heap<Place>>();
  #lastId = 0n;

  async put(items: readonly NewParked[]): Promise<bigint[]> {
    return items.map((item) => this.#put(item));
  }

  async lease(lane: string, now: number, until: number, max: number): Promise<Parked[]> {
    const leased: Row[] = [];
    const order = this.#lanes.get(lane);
    while (order && leased.length < max) {
      const next = this.#earliest(order);
      if (!next || next.due > now) break;
      order.pop();
      leased.push(next.row);
    }
    const answer = leased.map((row) => ({ ...row, positions: [...row.positions], state: thaw(row.state) }));
    for (const row of leased) {
      row.due = until;
      order!.push({ row, due: until });
    }
    return answer;
  }

  async settle(done: readonly bigint[], put: readonly NewParked[]): Promise<bigint[]> {
    const lanes = new Set<string>();
    for (const id of done) {
      const row = this.#rows.get(id);
      if (row) lanes.add(row.lane);
      this.#rows.delete(id);
    }
    const ids = put.map((item) => this.#put(item));
    for (const lane of lanes) this.#sweep(lane);
    return ids;
  }

  async lanes(): Promise<LaneBacklog[]> {
    const found = new Map<string, { -readonly [Key in keyof LaneBacklog]: LaneBacklog[Key] }>();
    for (const { lane, log, positions, due } of this.#rows.values()) {
      const key = JSON.stringify([lane, log]);
      const backlog = found.get(key) ?? { lane, log, rows: 0, positions: 0, nextDue: due };
      backlog.rows++;
      backlog.positions += positions.length;
      backlog.nextDue = Math.min(backlog.nextDue, due);
      found.set(key, backlog);
    }
    return [...found.values()];
  }

  async nextDue(lane: string): Promise<number | undefined> {
    const order = this.#lanes.get(lane);
    return order && this.#earliest(order)?.due;
  }

  async lowest(log: LogId): Promise<Position | undefined> {
    let lowest: Position | undefined;
    for (const row of this.#rows.values()) {
      const first = row.log === log ? row.positions[0] : undefined;
      if (first !== undefined && (lowest === undefined || first < lowest)) lowest = first;
    }
    return lowest;
  }

  async find(lane: string, log: LogId, position: Position): Promise<Parked | undefined> {
    for (const row of this.#rows.values()) {
      if (row.lane !== lane || row.log !== log || !row.positions.includes(position)) continue;
      return { ...row, positions: [...row.positions], state: thaw(row.state) };
    }
    return undefined;
  }

  async dropLane(lane: string): Promise<void> {
    this.#lanes.delete(lane);
    for (const row of this.#rows.values()) if (row.lane === lane) this.#rows.delete(row.id);
  }

  #put(item: NewParked): bigint {
    const { lane, log, due } = item;
    const id = ++this.#lastId;
    const row: Row = { id, lane, log, positions: [...item.positions], due, state: freeze(item.state) };
    this.#rows.set(id, row);
    let order = this.#lanes.get(lane);
    if (!order) this.#lanes.set(lane, (order = new Heap<Place>(sooner)));
    order.push({ row, due });
    return id;
  }

  /** The lane's earliest row; places that are out of date are thrown away on the way. */
  #earliest(order: Heap<Place>): Place | undefined {
    for (;;) {
      const place = order.peek();
      if (!place || (place.due === place.row.due && this.#rows.has(place.row.id))) return place;
      order.pop();
    }
  }

  /** Rows that are settled out of order leave their places behind until those are due: too many are thrown away. */
  #sweep(lane: string): void {
    const order = this.#lanes.get(lane);
    if (!order) return;
    if (!this.#earliest(order)) this.#lanes.delete(lane);
    else if (order.size > 2 * this.#rows.size + SWEEP_AT) {
      order.retain(({ row, due }) => row.due === due && this.#rows.has(row.id));
    }
  }
}
