import { randomUUID } from 'node:crypto';
import type { Random } from './engine/ports/clock.ts';

/** The machine's own chance. */
export function systemRandom(): Random {
  return { next: () => Math.random(), uuid: () => randomUUID() };
}
