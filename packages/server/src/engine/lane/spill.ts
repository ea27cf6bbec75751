import type { Position } from '../ports/storage.ts';

/** Positions with the router's places that are settled once the positions are durable. */
export interface SpilledPositions {
  readonly positions: Position[];
  readonly ordinals: number[];
}

/** Positions of one lane that are on their way to a row of its backlog, oldest first. */
export class Spill {
  #positions: Position[] = [];
  #ordinals: number[] = [];
  #since = 0;

  get length(): number {
    return this.#positions.length;
  }

  /** When the oldest of them came in. */
  get since(): number {
    return this.#since;
  }

  add(position: Position, ordinal: number, now: number): void {
    if (this.#positions.length === 0) this.#since = now;
    this.#positions.push(position);
    this.#ordinals.push(ordinal);
  }

  take(count: number): SpilledPositions {
    return { positions: this.#positions.splice(0, count), ordinals: this.#ordinals.splice(0, count) };
  }

  putBack(taken: SpilledPositions, now: number): void {
    if (this.#positions.length === 0) this.#since = now;
    this.#positions = [...taken.positions, ...this.#positions];
    this.#ordinals = [...taken.ordinals, ...this.#ordinals];
  }

  /** Takes everything in chunks of ascending positions. */
  takeChunks(size: number): SpilledPositions[] {
    if (this.#positions.length === 0) return [];
    const { positions, ordinals } = this.take(this.#positions.length);
    // A breaker that opens puts older positions behind newer ones.
    const inOrder = positions.every((position, index) => index === 0 || positions[index - 1]! <= position);
    const order = inOrder ? undefined : sortedIndexes(positions);
    const chunks: SpilledPositions[] = [];
    for (let start = 0; start < positions.length; start += size) {
      const end = Math.min(start + size, positions.length);
      const indexes = order?.slice(start, end);
      chunks.push({
        positions: indexes?.map((index) => positions[index]!) ?? positions.slice(start, end),
        ordinals: indexes?.map((index) => ordinals[index]!) ?? ordinals.slice(start, end),
      });
    }
    return chunks;
  }
}

function sortedIndexes(positions: readonly Position[]): number[] {
  const indexes = positions.map((_, index) => index);
  return indexes.sort((left, right) => (positions[left]! < positions[right]! ? -1 : 1));
}
