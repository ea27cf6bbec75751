import { limits } from '../../model/limits.ts';

/** A stretch of time with one distance to UTC. */
interface Stretch {
  /** Inclusive. */
  readonly from: number;
  readonly offsetMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** No zone changes its clocks twice within so short a time. */
const SAMPLE_MS = 7 * DAY_MS;
/** More than any zone is away from UTC, and than any change of clocks. */
const FARTHEST_MS = DAY_MS;
const WALL_CLOCK = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/;

/**
 * The clocks of one time zone. The changes of a year are looked up once, with `Intl`, and remembered: asking `Intl` for
 * every instant would take a hundred times as long.
 */
export class Zone {
  readonly name: string;
  /** Undefined for UTC, whose clocks never change. */
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #years = new Map<number, readonly Stretch[]>();

  /** Needs no `Intl`, whose first formatter takes several megabytes and as many milliseconds as a hundred modules. */
  static readonly utc = new Zone('UTC', undefined);

  private constructor(name: string, format: Intl.DateTimeFormat | undefined) {
    this.name = name;
    this.#format = format;
  }

  /** @returns undefined when there is no such zone. */
  static named(name: string): Zone | undefined {
    if (name === Zone.utc.name) return Zone.utc;
    try {
      const format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
      return new Zone(name, format);
    } catch {
      return undefined;
    }
  }

  /** What the zone's clocks are ahead of UTC at an instant. */
  offsetAt(instant: number): number {
    if (!this.#format) return 0;
    const stretches = this.#stretchesOf(new Date(instant).getUTCFullYear());
    let at = stretches.length - 1;
    while (at > 0 && stretches[at]!.from > instant) at--;
    return stretches[at]!.offsetMs;
  }

  /** What the zone's clocks show at an instant, as if it were UTC. */
  localAt(instant: number): number {
    return instant + this.offsetAt(instant);
  }

  /** The instants at which the clocks show a local time, ascending: none when they skip it, two when they repeat it. */
  instantsOf(local: number): readonly number[] {
    const before = this.offsetAt(local - FARTHEST_MS);
    const after = this.offsetAt(local + FARTHEST_MS);
    const candidates = before === after ? [local - before] : [local - before, local - after];
    return candidates.filter((instant) => this.localAt(instant) === local).sort((a, b) => a - b);
  }

  #stretchesOf(year: number): readonly Stretch[] {
    const known = this.#years.get(year);
    if (known) return known;
    const stretches = this.#findStretches(Date.UTC(year), Date.UTC(year + 1));
    if (this.#years.size >= limits.zoneYears) this.#years.clear();
    this.#years.set(year, stretches);
    return stretches;
  }

  #findStretches(start: number, end: number): Stretch[] {
    const stretches: Stretch[] = [{ from: start, offsetMs: this.#ask(start) }];
    for (let from = start; from < end; from += SAMPLE_MS) {
      const to = Math.min(from + SAMPLE_MS, end - 1);
      const last = stretches.at(-1)!;
      const offsetMs = this.#ask(to);
      if (offsetMs !== last.offsetMs) stretches.push({ from: this.#changeBetween(from, to, last), offsetMs });
    }
    return stretches;
  }

  /** The first millisecond of the next stretch. */
  #changeBetween(from: number, to: number, last: Stretch): number {
    let [low, high] = [from, to];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#ask(middle) === last.offsetMs) low = middle;
      else high = middle;
    }
    return high;
  }

  #ask(instant: number): number {
    const [month, day, year, hour, minute, second] = WALL_CLOCK.exec(this.#format!.format(instant))!
      .slice(1)
      .map(Number) as [number, number, number, number, number, number];
    const shown = Date.UTC(year, month - 1, day, hour, minute, second);
    return shown - Math.floor(instant / 1_000) * 1_000;
  }
}

/** `+02:00` */
export function offsetText(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / MINUTE_MS);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
