import { setTimeout as pause } from 'node:timers/promises';

const LIMIT_MS = 15_000;
const EVERY_MS = 20;

/** Looks again and again until the condition holds; throws with the complaint when it takes too long. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  complaint: string,
  limitMs = LIMIT_MS,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(complaint);
    await pause(EVERY_MS);
  }
}
