import type { Position } from '../../../engine/ports/storage.ts';

// Ascending positions as the distances to their predecessors, seven bits a byte, the eighth saying that more follow:
// a chunk of neighbours takes one byte a position.

const MORE = 0x80;
const BITS = 7n;
const MASK = 0x7fn;

/** All but the first position, packed; null when there is only one. */
export function packOthers(positions: readonly Position[]): Uint8Array | null {
  if (positions.length <= 1) return null;
  const bytes: number[] = [];
  for (let index = 1; index < positions.length; index++) {
    let distance = positions[index]! - positions[index - 1]!;
    while (distance > MASK) {
      bytes.push(Number(distance & MASK) | MORE);
      distance >>= BITS;
    }
    bytes.push(Number(distance));
  }
  return Uint8Array.from(bytes);
}

export function unpackPositions(lowest: Position, others: Uint8Array | null): Position[] {
  const positions = [lowest];
  let last = lowest;
  let distance = 0n;
  let shift = 0n;
  for (const byte of others ?? []) {
    distance |= BigInt(byte & ~MORE) << shift;
    shift += BITS;
    if (byte & MORE) continue;
    last += distance;
    positions.push(last);
    distance = 0n;
    shift = 0n;
  }
  return positions;
}
