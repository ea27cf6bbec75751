import type { Invocation } from './command.ts';
import type { Context } from './context.ts';

/** How often a bar moves, a line for programs is written, and one for people who read a file. */
const BAR_MS = 100;
const EVENT_MS = 1_000;
const LINE_MS = 5_000;
/** The rate is that of the last while: so many measurements, this far apart. */
const SAMPLE_MS = 500;
const SAMPLES = 20;
const MAX_BAR_COLUMNS = 30;
const MS_PER_SECOND = 1_000;

/** How far a piece of work is. */
export interface Advance {
  readonly done: number;
  /** How much there is in all, where that is known. */
  readonly total?: number | undefined;
  /** The part that is done, from 0 to 1, where counts do not tell. */
  readonly part?: number | undefined;
}

interface Sample extends Advance {
  readonly at: number;
}

/** What is being done, and to what: `redriving`, `dead letters`. */
export interface Work {
  readonly doing: string;
  readonly items: string;
}

/**
 * Shows how long work goes on: a bar with rate and time left on a terminal, a line now and then elsewhere, and with
 * `--json` an event a line. All of it goes to standard error, so that results stay by themselves. `update` is cheap.
 */
export class Progress {
  readonly #work: Work;
  readonly #context: Context;
  readonly #asJson: boolean;
  readonly #samples: Sample[];
  #now: Advance = { done: 0 };
  #cancel: () => void = () => undefined;
  #shown = false;

  private constructor(work: Work, asJson: boolean, context: Context) {
    this.#work = work;
    this.#asJson = asJson;
    this.#context = context;
    this.#samples = [{ done: 0, part: 0, at: context.clock.now() }];
  }

  /** Begins to show work; until `end`, which must come however the work ends. */
  static start(work: Work, { flags }: Invocation, context: Context): Progress {
    const progress = new Progress(work, flags['json'] === true, context);
    progress.#tick();
    return progress;
  }

  update(advance: Advance): void {
    this.#now = advance;
  }

  /** Takes the bar away; programs that were told of the work are told how far it got. */
  end(): void {
    this.#cancel();
    if (!this.#asJson) this.#context.output.status('');
    else if (this.#shown) this.#show();
  }

  #tick(): void {
    const { clock, output } = this.#context;
    const pause = this.#asJson ? EVENT_MS : output.statusColumns === undefined ? LINE_MS : BAR_MS;
    this.#cancel = clock.after(pause, () => {
      this.#sample();
      this.#show();
      this.#tick();
    });
  }

  #sample(): void {
    const at = this.#context.clock.now();
    if (at - this.#samples.at(-1)!.at < SAMPLE_MS) return;
    this.#samples.push({ ...this.#now, at });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  #show(): void {
    this.#shown = true;
    const { output } = this.#context;
    const pace = this.#pace();
    if (this.#asJson) output.note(JSON.stringify(eventOf(this.#now, pace)));
    else if (output.statusColumns === undefined) output.note(this.#line(pace));
    else output.status(this.#bar(pace, output.statusColumns));
  }

  #pace(): Pace {
    const { done } = this.#now;
    const part = partOf(this.#now);
    const first = this.#samples[0]!;
    const seconds = (this.#context.clock.now() - first.at) / MS_PER_SECOND;
    if (seconds <= 0) return { part, perSecond: undefined, secondsLeft: undefined };
    const partPerSecond = part === undefined ? 0 : (part - (partOf(first) ?? 0)) / seconds;
    return {
      part,
      perSecond: (done - first.done) / seconds,
      secondsLeft: partPerSecond > 0 ? (1 - part!) / partPerSecond : undefined,
    };
  }

  #line({ part, perSecond, secondsLeft }: Pace): string {
    const { doing, items } = this.#work;
    const { done, total } = this.#now;
    const pieces = [
      `${number(done)}${total === undefined ? '' : ` of ${number(total)}`} ${items}`,
      ...(part === undefined ? [] : [`${Math.floor(part * 100)} %`]),
      ...(perSecond === undefined ? [] : [`${number(perSecond)}/s`]),
      ...(secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`]),
    ];
    return `${doing}: ${pieces.join(', ')}`;
  }

  /** The line with a bar in front, as long as there is room; a line that is too long would not be rewritten but repeated. */
  #bar(pace: Pace, columns: number): string {
    const { output } = this.#context;
    const line = this.#line(pace);
    const room = Math.min(columns - 1 - line.length - '[] '.length, MAX_BAR_COLUMNS);
    if (pace.part === undefined || room < 5) return line.slice(0, columns - 1);
    const full = Math.floor(pace.part * room);
    return `[${output.style('green', '#'.repeat(full))}${' '.repeat(room - full)}] ${line}`;
  }
}

interface Pace {
  readonly part: number | undefined;
  readonly perSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

/** Counts may overtake a total that was taken before the work began. */
function partOf({ done, total, part }: Advance): number | undefined {
  const known = part ?? (total === undefined ? undefined : total === 0 ? 1 : done / total);
  return known === undefined ? undefined : Math.min(Math.max(known, 0), 1);
}

const rounded = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value * 1_000) / 1_000;

const eventOf = ({ done, total }: Advance, { part, perSecond, secondsLeft }: Pace): object => ({
  type: 'progress',
  done,
  total,
  part: rounded(part),
  perSecond: rounded(perSecond),
  secondsLeft: rounded(secondsLeft),
});

/** 1234567 → `1,234,567`. */
const number = (value: number): string => String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** 75 → `1m 15s`; rounded up, so that nobody waits at `0s`. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${number(hours)}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${whole % 60}s` : `${whole}s`;
}
