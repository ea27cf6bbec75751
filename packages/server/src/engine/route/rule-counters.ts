import type { Rule } from '../../model/resources.ts';
import type { Fault } from '../deliver/fault.ts';
import type { CounterHandle, CounterName, Labels, Metrics } from '../metrics.ts';

/** The metric series of one rule, fetched on first use: most rules of a large set never fail. */
export class RuleCounters {
  readonly #metrics: Metrics;
  readonly #labels: Labels;
  readonly #handles = new Map<CounterName, CounterHandle>();
  readonly #failed = new Map<Fault, CounterHandle>();
  #matched: CounterHandle | undefined;
  #triggered: CounterHandle | undefined;

  constructor(metrics: Metrics, rule: Pick<Rule, 'account' | 'region' | 'bus' | 'name'>) {
    this.#metrics = metrics;
    this.#labels = { account: rule.account, region: rule.region, bus: rule.bus, rule: rule.name };
  }

  /** `count` events matched the rule. */
  matched(count: number): void {
    this.#matched ??= this.#metrics.counter('matched_events', this.#labels);
    this.#triggered ??= this.#metrics.counter('triggered_rules', this.#labels);
    this.#matched.inc(count);
    this.#triggered.inc(count);
  }

  /** An attempt failed. */
  failed(fault: Fault): void {
    let handle = this.#failed.get(fault);
    if (!handle) {
      handle = this.#metrics.counter('failed_invocation_attempts', { ...this.#labels, fault });
      this.#failed.set(fault, handle);
    }
    handle.inc(1);
  }

  add(name: CounterName, count: number): void {
    let handle = this.#handles.get(name);
    if (!handle) {
      handle = this.#metrics.counter(name, this.#labels);
      this.#handles.set(name, handle);
    }
    handle.inc(count);
  }
}
