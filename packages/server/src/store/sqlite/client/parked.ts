import type {
  LaneBacklog,
  LogId,
  NewParked,
  Parked,
  ParkedStore,
  Position,
} from '../../../engine/ports/storage.ts';
import type { Cells } from '../wire.ts';
import { fromText, rowsOf, toText, wholeMs } from './cells.ts';
import type { Link } from './link.ts';
import { packOthers, unpackPositions } from './position-codec.ts';

export class SqliteParked implements ParkedStore {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  put(items: readonly NewParked[]): Promise<bigint[]> {
    return this.settle([], items);
  }

  async lease(lane: string, now: number, until: number, max: number): Promise<Parked[]> {
    const cells = await this.#link.call('parked.lease', lane, now, wholeMs(until), max);
    return rowsOf(cells, ROW_WIDTH, (row, at) => parkedOf(lane, row, at));
  }

  async settle(done: readonly bigint[], put: readonly NewParked[]): Promise<bigint[]> {
    // Calls that settle at the same time become one transaction: each is still done wholly or not at all.
    const rows = put.map(cellsOf);
    const { cells, keys, calls } = this.#link.join<bigint[]>(
      'settle',
      rows.reduce((weight, row) => weight + ((row[6] as string | null) ?? '').length, 0),
      (items, ids) => ['parked.settle', ids, items],
      idsFrom,
    );
    for (const id of done) keys.push(id);
    for (const row of rows) cells.push(...row);
    return calls.join(put.length);
  }

  async lanes(): Promise<LaneBacklog[]> {
    return rowsOf(await this.#link.call('parked.lanes'), 5, (cells, at) => ({
      lane: cells[at] as string,
      log: cells[at + 1] as LogId,
      rows: cells[at + 2] as number,
      positions: cells[at + 3] as number,
      nextDue: cells[at + 4] as number,
    }));
  }

  async nextDue(lane: string): Promise<number | undefined> {
    return (await this.#link.call('parked.nextDue', lane)) ?? undefined;
  }

  async lowest(log: LogId): Promise<Position | undefined> {
    return (await this.#link.call('parked.lowest', log)) ?? undefined;
  }

  async find(lane: string, log: LogId, position: Position): Promise<Parked | undefined> {
    const near = await this.#link.call('parked.near', lane, log, position);
    return rowsOf(near, ROW_WIDTH, (row, at) => parkedOf(lane, row, at)).find(({ positions }) =>
      positions.includes(position),
    );
  }

  async dropLane(lane: string): Promise<void> {
    await this.#link.call('parked.dropLane', lane);
  }
}

const ROW_WIDTH = 6;

const parkedOf = (lane: string, row: Cells, at: number): Parked => ({
  id: row[at] as bigint,
  lane,
  log: row[at + 1] as LogId,
  due: row[at + 2] as number,
  positions: unpackPositions(row[at + 3] as Position, row[at + 4] as Uint8Array | null),
  state: fromText(row[at + 5]!),
});

function cellsOf({ lane, log, positions, due, state }: NewParked): Cells {
  const [lowest] = positions;
  if (lowest === undefined) throw new TypeError('a parked row needs a position');
  return [lane, log, wholeMs(due), lowest, positions.length, packOthers(positions), toText(state)];
}

function idsFrom(first: unknown, from: number, count: number): bigint[] {
  let id = (first as bigint) + BigInt(from);
  const ids: bigint[] = [];
  for (let left = count; left > 0; left--) ids.push(id++);
  return ids;
}
