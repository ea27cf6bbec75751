import { limits } from '../../model/limits.ts';
import type { ReplayPlan } from '../../model/replay.ts';
import { Pace } from '../lane/pace.ts';

/** When a replay's events are due: at once, at so many a second, or at the pace at which they came. */
export class Tempo {
  readonly #rate: number | undefined;
  readonly #speed: number | undefined;
  readonly #pace = new Pace();
  /** An event's time, and when it was due. */
  #anchor: { readonly time: number; readonly at: number } | undefined;

  constructor({ ratePerSecond, speed }: Pick<ReplayPlan, 'ratePerSecond' | 'speed'>) {
    this.#rate = ratePerSecond;
    this.#speed = speed;
  }

  get isPaced(): boolean {
    return this.#rate !== undefined || this.#speed !== undefined;
  }

  /** How many of the next events, which are in the order of their times, may go at `now`. */
  due(events: readonly { readonly eventTime: number }[], now: number): number {
    const room = Math.min(events.length, this.#pace.room(this.#rate, now));
    const [first] = events;
    if (this.#speed === undefined || first === undefined) return room;
    this.#anchor ??= { time: first.eventTime, at: now };
    let count = 0;
    while (count < room && this.#dueAt(events[count]!.eventTime) <= now) count++;
    return count;
  }

  taken(count: number): void {
    this.#pace.take(count);
  }

  /** When the next event may go, asked after `due` has answered none. */
  nextAt(time: number, now: number): number {
    const at = this.#anchor ? this.#dueAt(time) : now;
    const paced = this.#rate === undefined ? now : this.#pace.nextAt(now);
    return Math.max(at, paced, now + limits.rateWakeMs);
  }

  #dueAt(time: number): number {
    const { time: start, at } = this.#anchor!;
    return at + Math.max(time - start, 0) / this.#speed!;
  }
}
