// Counters, gauges and histograms in the text format of Prometheus (version 0.0.4).

export const EXPOSITION_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export type Labels = Readonly<Record<string, string>>;

/** One series of a counter. A plain field, so that the hot path pays an addition. */
export class CounterSeries {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }
}

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');

/** `{a="1",b="2"}`, or nothing without labels. */
export function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const head = (name: string, help: string, type: string): string =>
  `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;

/** A counter with one series a combination of labels. The caller bounds how many there are. */
export class CounterFamily {
  readonly #name: string;
  readonly #help: string;
  readonly #series = new Map<string, CounterSeries>();

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  series(labels: Labels): CounterSeries {
    const key = labelText(labels);
    let series = this.#series.get(key);
    if (!series) this.#series.set(key, (series = new CounterSeries()));
    return series;
  }

  text(): string {
    let lines = head(this.#name, this.#help, 'counter');
    for (const [labels, { value }] of this.#series) lines += `${this.#name}${labels} ${value}\n`;
    return lines;
  }

  total(): number {
    let sum = 0;
    for (const { value } of this.#series.values()) sum += value;
    return sum;
  }
}

/** A histogram without labels. `bounds` ascend; a value counts in the first bucket whose bound it does not exceed. */
export class HistogramSeries {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.#sum += value;
    this.#count++;
    const bounds = this.#bounds;
    for (let i = 0; i < bounds.length; i++) {
      if (value <= bounds[i]!) {
        this.#counts[i]!++;
        return;
      }
    }
  }

  text(): string {
    let lines = head(this.#name, this.#help, 'histogram');
    let below = 0;
    this.#bounds.forEach((bound, i) => {
      below += this.#counts[i]!;
      lines += `${this.#name}_bucket{le="${bound}"} ${below}\n`;
    });
    return `${lines}${this.#name}_bucket{le="+Inf"} ${this.#count}\n${this.#name}_sum ${this.#sum}\n${this.#name}_count ${this.#count}\n`;
  }
}

/** One series of a gauge. */
export interface GaugeValue {
  readonly labels: Labels;
  readonly value: number;
}

/** Answers a gauge's value, or a value for each of its series. The caller bounds how many there are. */
export type GaugeReader = () => number | readonly GaugeValue[] | Promise<number | readonly GaugeValue[]>;

/** A value that is asked for when it is shown. */
export async function gaugeText(name: string, help: string, read: GaugeReader): Promise<string> {
  const answer = await read();
  const series = typeof answer === 'number' ? [{ labels: {}, value: answer }] : answer;
  const lines = series.map(({ labels, value }) => `${name}${labelText(labels)} ${value}\n`);
  return head(name, help, 'gauge') + lines.join('');
}
