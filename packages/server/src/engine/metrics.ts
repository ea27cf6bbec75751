import { limits } from '../model/limits.ts';
import {
  CounterFamily,
  EXPOSITION_CONTENT_TYPE,
  gaugeText,
  type GaugeReader,
  HistogramSeries,
  type CounterSeries,
  type Labels,
} from './exposition.ts';

export type { Labels } from './exposition.ts';
export type CounterHandle = Pick<CounterSeries, 'inc'>;
export type HistogramHandle = Pick<HistogramSeries, 'observe'>;

interface MetricSpec {
  readonly help: string;
  readonly labels: readonly string[];
}

const RULE = ['account', 'region', 'bus', 'rule'];
const ARCHIVE = ['account', 'region', 'archive'];
const NONE: readonly string[] = [];

/** Amazon's names (namespace AWS/Events) in snake case, and Busbar's own beside them. One line a metric. */
const COUNTERS = {
  put_events_approximate_call_count: { help: 'PutEvents calls', labels: NONE },
  put_events_approximate_success_count: { help: 'PutEvents calls answered with success', labels: NONE },
  put_events_approximate_failed_count: { help: 'PutEvents calls that failed', labels: NONE },
  put_events_approximate_throttled_count: { help: 'PutEvents calls turned away for load', labels: NONE },
  put_events_entries_count: { help: 'Entries in PutEvents calls', labels: NONE },
  put_events_failed_entries_count: { help: 'Entries that were refused', labels: NONE },
  matched_events: { help: 'Events that matched a rule', labels: RULE },
  triggered_rules: { help: 'Rules that fired', labels: RULE },
  invocations_created: { help: 'Deliveries that matches created', labels: NONE },
  invocations: { help: 'Deliveries that ended, well or not', labels: RULE },
  invocation_attempts: { help: 'Attempts to deliver', labels: RULE },
  successful_invocation_attempts: { help: 'Attempts that delivered', labels: RULE },
  retry_invocation_attempts: { help: 'Attempts after the first', labels: RULE },
  failed_invocation_attempts: { help: 'Attempts that failed, by their fault', labels: [...RULE, 'fault'] },
  breaker_openings: { help: 'Times that a breaker opened on a target that worked', labels: RULE },
  failed_invocations: { help: 'Deliveries that failed for good', labels: RULE },
  dead_letter_invocations: { help: 'Deliveries refused, such as a hop too many', labels: RULE },
  invocations_sent_to_dlq: { help: 'Deliveries handed to a dead-letter queue', labels: RULE },
  invocations_failed_to_be_sent_to_dlq: { help: 'Dead-letter queues that took nothing', labels: RULE },
  replayed_events: { help: 'Events that replays took from an archive', labels: ARCHIVE },
  archived_events: { help: 'Events that came into an archive', labels: ARCHIVE },
  archived_bytes: { help: 'Bytes of the events that came into an archive', labels: ARCHIVE },
  events_without_bus: { help: 'Events published to a bus that does not exist', labels: NONE },
  storage_errors: { help: 'Store calls that failed', labels: ['kind'] },
  http_requests: {
    help: 'Requests by service, operation and status',
    labels: ['service', 'operation', 'status'],
  },
} as const satisfies Record<string, MetricSpec>;

const HISTOGRAMS = {
  put_events_latency_milliseconds: { help: 'From request to answer', labels: NONE },
  put_events_request_size_bytes: { help: 'Sum of the entries of a call', labels: NONE },
  ingestion_to_invocation_start_latency_milliseconds: {
    help: 'From receipt to the first attempt',
    labels: NONE,
  },
  tick_lateness_milliseconds: { help: 'From the time of a tick until it is taken', labels: NONE },
  ingestion_to_invocation_success_latency_milliseconds: { help: 'From receipt to delivery', labels: NONE },
} as const satisfies Record<string, MetricSpec>;

/** Values that are asked for when metrics are read. */
const GAUGES = {
  lanes: { help: 'Lanes that hold or wait for deliveries', labels: NONE },
  lane_backlog_positions: { help: 'Deliveries parked, to be tried later', labels: NONE },
  lane_breakers: { help: 'Lanes by the state of their breaker', labels: ['state'] },
  lane_breaker_state: {
    help: 'Of each lane that is in use: 0 closed, 1 half-open, 2 open',
    labels: [...RULE, 'target_id'],
  },
  replays: { help: 'Replays that have not ended', labels: NONE },
  timers: { help: 'Schedules that wait for their next tick', labels: NONE },
  archive_events: { help: 'Events that an archive holds', labels: ARCHIVE },
  archive_bytes: { help: 'Bytes of the events that an archive holds', labels: ARCHIVE },
  dead_letters: { help: "Busbar's own dead letters", labels: NONE },
  log_positions_behind: { help: 'Positions between the cursor and the end, over all logs', labels: NONE },
} as const satisfies Record<string, MetricSpec>;

export type CounterName = keyof typeof COUNTERS;
export type HistogramName = keyof typeof HISTOGRAMS;
export type GaugeName = keyof typeof GAUGES;

const MILLISECOND_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 5_000, 30_000, 300_000, 3_600_000];
const BYTE_BUCKETS = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];

/** The registry behind `GET /metrics`. Series are bounded: past `limits.metricSeries` label values become `other`. */
export class Metrics {
  readonly #counters = new Map<string, CounterFamily>();
  readonly #histograms = new Map<string, HistogramSeries>();
  readonly #gauges = new Map<GaugeName, GaugeReader>();
  readonly #handles = new Map<string, CounterSeries>();

  constructor() {
    for (const [name, spec] of Object.entries<MetricSpec>(COUNTERS)) {
      const family = new CounterFamily(`busbar_${name}_total`, spec.help);
      this.#counters.set(name, family);
      // A series without labels is shown from the start, at zero.
      if (spec.labels.length === 0) family.series({});
    }
    for (const [name, spec] of Object.entries<MetricSpec>(HISTOGRAMS)) {
      const bounds = name.endsWith('bytes') ? BYTE_BUCKETS : MILLISECOND_BUCKETS;
      this.#histograms.set(name, new HistogramSeries(`busbar_${name}`, spec.help, bounds));
    }
  }

  /** A handle to one series: fetch it once, use it on the hot path. */
  counter(name: CounterName, labels: Labels = {}): CounterHandle {
    const key = `${name}|${Object.values(labels).join('|')}`;
    const known = this.#handles.get(key);
    if (known) return known;
    const full = this.#handles.size >= limits.metricSeries;
    const used = full ? Object.fromEntries(Object.keys(labels).map((label) => [label, 'other'])) : labels;
    const series = this.#counters.get(name)!.series(used);
    if (!full) this.#handles.set(key, series);
    return series;
  }

  /** The sum of all series of a counter. */
  total(name: CounterName): number {
    return this.#counters.get(name)!.total();
  }

  histogram(name: HistogramName): HistogramHandle {
    return this.#histograms.get(name)!;
  }

  /** Registers where a gauge's value comes from; asked at every read. */
  gauge(name: GaugeName, read: GaugeReader): void {
    this.#gauges.set(name, read);
  }

  readonly contentType: string = EXPOSITION_CONTENT_TYPE;

  /** The exposition text. */
  async text(): Promise<string> {
    const counters = [...this.#counters.values()].map((family) => family.text());
    const histograms = [...this.#histograms.values()].map((histogram) => histogram.text());
    const gauges = await Promise.all(
      [...this.#gauges].map(([name, read]) => gaugeText(`busbar_${name}`, GAUGES[name].help, read)),
    );
    return [...counters, ...histograms, ...gauges].join('');
  }
}
