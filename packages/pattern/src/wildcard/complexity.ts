import { MAX_WILDCARD_CONFIGURATIONS } from '../limits.ts';
import type { Glob } from './glob.ts';

/** A state of the automaton that reads all globs of one matcher at once; common beginnings share states. */
interface State {
  readonly id: number;
  /** A star stays active on every character. */
  readonly star: boolean;
  readonly next: Map<string, State>;
  /** The star that becomes active together with this state. */
  starAfter: State | undefined;
}

type Configuration = readonly State[];

/** A character that occurs in no glob. */
const ANY_OTHER = '';

/** Builds the automaton of the quoted texts and answers the state after the opening quote. */
function build(globs: readonly Glob[]): State {
  let count = 0;
  const create = (star: boolean): State => ({ id: count++, star, next: new Map(), starAfter: undefined });
  const start = create(false);
  const lasts: State[] = [];
  for (const parts of globs) {
    let state = start;
    parts.forEach((part, index) => {
      if (index > 0) state = state.starAfter ??= create(true);
      for (const c of part) {
        const following = state.next.get(c) ?? create(false);
        state.next.set(c, following);
        state = following;
      }
    });
    lasts.push(state);
  }
  // However many texts end here, the closing quote is one state.
  const end = create(false);
  for (const last of lasts) if (!last.next.has('"')) last.next.set('"', end);
  return start;
}

/** Notes that a state becomes active. */
function activate(reached: Set<State>, state: State | undefined): void {
  if (state === undefined) return;
  reached.add(state);
  activate(reached, state.starAfter);
}

/** The configuration once `c` has been read. */
function advance(configuration: Configuration, c: string): Configuration {
  const reached = new Set<State>();
  for (const state of configuration) {
    if (state.star) reached.add(state);
    activate(reached, state.next.get(c));
  }
  return [...reached].toSorted((a, b) => a.id - b.id);
}

/**
 * How many states can be active at once when one matcher's globs are read against the worst text: the literal
 * characters just consumed plus the stars reached so far.
 *
 * All reachable configurations are visited, breadth first. The search ends as soon as the number exceeds `limit`;
 * that bounds the size of the configurations seen, and their number is bounded too: a text that needs more counts as
 * one above the limit.
 */
export function wildcardComplexity(globs: readonly Glob[], limit: number): number {
  const first = new Set<State>();
  activate(first, build(globs));
  let most = first.size;
  const seen = new Set<string>();
  const queue: Configuration[] = [[...first]];
  for (const configuration of queue) {
    for (const c of new Set([ANY_OTHER, ...configuration.flatMap((state) => [...state.next.keys()])])) {
      const reached = advance(configuration, c);
      const key = reached.map((state) => state.id).join();
      if (seen.has(key)) continue;
      seen.add(key);
      most = Math.max(most, reached.length);
      if (most > limit) return most;
      if (seen.size >= MAX_WILDCARD_CONFIGURATIONS) return limit + 1;
      queue.push(reached);
    }
  }
  return most;
}

/**
 * A number that `wildcardComplexity` does not exceed, told from the texts alone: whatever is read last, only states that
 * are reached by that character are active, and stars.
 */
export function mostComplexity(globs: readonly Glob[]): number {
  const places = new Map<string, number>();
  let stars = 0;
  let most = 1;
  for (const parts of globs) {
    stars += parts.length - 1;
    for (const c of parts.join('')) {
      const count = (places.get(c) ?? 0) + 1;
      places.set(c, count);
      most = Math.max(most, count);
    }
  }
  return stars + most;
}
