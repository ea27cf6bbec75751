import type { CounterHandle, Metrics } from '../../engine/metrics.ts';
import type { BoundOperation } from '../dispatch.ts';

/** Counts answered requests. Only names from the models become labels. */
export class RequestCounter {
  readonly #metrics: Metrics;
  readonly #byOperation = new Map<BoundOperation | undefined, Map<number, CounterHandle>>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  count(operation: BoundOperation | undefined, status: number): void {
    let byStatus = this.#byOperation.get(operation);
    if (!byStatus) this.#byOperation.set(operation, (byStatus = new Map()));
    let handle = byStatus.get(status);
    if (!handle) {
      handle = this.#metrics.counter('http_requests', {
        service: operation?.service.model.service ?? 'unknown',
        operation: operation?.name ?? 'unknown',
        status: String(status),
      });
      byStatus.set(status, handle);
    }
    handle.inc();
  }
}
