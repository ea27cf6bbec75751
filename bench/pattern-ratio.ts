// How many times faster than `JSON.parse` of the same strings something is, on one thread.
import { worked } from './worked.ts';

const quick = process.argv.includes('--quick');
const WARM_UP_MS = quick ? 300 : 500;
const ROUND_MS = quick ? 40 : 60;
const ROUNDS = quick ? 8 : 25;
const BATCH = 200;

/** Nanoseconds an event, over as many events as fit into the time. */
function pass<Event>(
  events: readonly Event[],
  work: (event: Event) => unknown,
  milliseconds: number,
): number {
  const started = worked();
  let done = 0;
  let elapsed = 0;
  do {
    for (let i = 0; i < BATCH; i++) {
      if (work(events[(done + i) % events.length]!) === undefined) throw new Error('no answer');
    }
    done += BATCH;
    elapsed = worked() - started;
  } while (elapsed < milliseconds);
  return (elapsed * 1e6) / done;
}

const parse = (text: string): unknown => JSON.parse(text);

/** Of alternating rounds the best of each; `events` are `texts` in the form that `work` takes. */
export function timesParse<Event>(
  texts: readonly string[],
  events: readonly Event[],
  work: (event: Event) => unknown,
): number {
  pass(events, work, WARM_UP_MS);
  pass(texts, parse, WARM_UP_MS / 4);
  let parsed = Number.POSITIVE_INFINITY;
  let matched = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    parsed = Math.min(parsed, pass(texts, parse, ROUND_MS));
    matched = Math.min(matched, pass(events, work, ROUND_MS));
  }
  return parsed / matched;
}
