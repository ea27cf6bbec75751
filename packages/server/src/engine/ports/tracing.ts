/** A span that goes out with what it stands for, so that the receiver can go on from it. */
export interface CarriedSpan {
  /** X-Ray's form: what the log keeps and AWS's protocols carry. */
  readonly traceHeader: string;
  /** The W3C's form. */
  readonly traceparent: string;
  /** Ends the span at a time of the clock; `error`: what went wrong. */
  end(at: number, error?: string): void;
}

export type SpanAttributes = Readonly<Record<string, string | number>>;

/**
 * Where spans go. The engine has none unless an endpoint is configured, and asks nothing of it for an event that is not
 * sampled: an event whose header says so, decided by its publisher or when it was published.
 */
export interface Tracing {
  /**
   * Begins the span of a published event: below the publisher's own, or a new trace. Undefined when the event is not
   * sampled; its header is then left as it came.
   */
  publish(traceHeader: string | undefined, at: number, attributes: SpanAttributes): CarriedSpan | undefined;
  /** Begins a span below the event's; undefined when the event is not sampled. */
  below(
    traceHeader: string,
    name: 'route' | 'deliver',
    at: number,
    attributes: SpanAttributes,
  ): CarriedSpan | undefined;
}
