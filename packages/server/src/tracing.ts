// Spans by OpenTelemetry. Loaded only when an endpoint is configured: an unused library costs nothing at start-up.
import type * as OpenTelemetry from '@opentelemetry/api';
import type { Context, SpanContext, Tracer } from '@opentelemetry/api';
import type { Random } from './engine/ports/clock.ts';
import type { CarriedSpan, SpanAttributes, Tracing } from './engine/ports/tracing.ts';
import { limits } from './model/limits.ts';
import { readXrayHeader, traceparent, xrayHeader, type TraceContext } from './model/trace-context.ts';

type Api = typeof OpenTelemetry;

export interface TracingSettings {
  /** The collector's base URL, such as `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  /** The share of events that are sampled where the publisher has not decided. */
  readonly ratio: number;
  readonly version: string;
}

/** Tracing that is exported by OTLP over HTTP, and how to end it. */
export interface ExportedTracing {
  readonly tracing: Tracing;
  /** Sends what waits, for at most so long. */
  stop(drainMs: number): Promise<void>;
}

const TRACES_PATH = '/v1/traces';

const tracesUrl = (endpoint: string): string =>
  endpoint.endsWith(TRACES_PATH) ? endpoint : endpoint.replace(/\/*$/, TRACES_PATH);

export async function openTracing(settings: TracingSettings, random: Random): Promise<ExportedTracing> {
  const [
    api,
    { BasicTracerProvider, BatchSpanProcessor },
    { OTLPTraceExporter },
    { resourceFromAttributes },
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new OTLPTraceExporter({
    url: tracesUrl(settings.endpoint),
    timeoutMillis: limits.spanExportMs,
  });
  const processor = new BatchSpanProcessor(exporter, {
    maxQueueSize: limits.spansWaiting,
    maxExportBatchSize: limits.spansInExport,
    scheduledDelayMillis: limits.spanExportPauseMs,
    exportTimeoutMillis: limits.spanExportMs,
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'busbar', 'service.version': settings.version }),
    // What is sampled is decided by the event's header, so that an event is followed as a whole or not at all.
    spanProcessors: [processor],
  });
  const tracing = new Spans(api, provider.getTracer('busbar'), settings.ratio, random);
  return {
    tracing,
    stop: async (drainMs) => {
      // A collector that does not answer must not keep the daemon.
      const late = new Promise<void>((resolve) => setTimeout(resolve, drainMs).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

class Spans implements Tracing {
  readonly #api: Api;
  readonly #tracer: Tracer;
  readonly #ratio: number;
  readonly #random: Random;

  constructor(api: Api, tracer: Tracer, ratio: number, random: Random) {
    this.#api = api;
    this.#tracer = tracer;
    this.#ratio = ratio;
    this.#random = random;
  }

  publish(header: string | undefined, at: number, attributes: SpanAttributes): CarriedSpan | undefined {
    const given = header === undefined ? undefined : readXrayHeader(header);
    const sampled = given?.sampled ?? this.#random.next() < this.#ratio;
    if (!sampled) return undefined;
    return this.#begin('publish', given, at, attributes);
  }

  below(
    header: string,
    name: 'route' | 'deliver',
    at: number,
    attributes: SpanAttributes,
  ): CarriedSpan | undefined {
    const given = readXrayHeader(header);
    return given?.sampled ? this.#begin(name, given, at, attributes) : undefined;
  }

  #begin(
    name: 'publish' | 'route' | 'deliver',
    parent: TraceContext | undefined,
    at: number,
    attributes: SpanAttributes,
  ): CarriedSpan {
    const { SpanKind, SpanStatusCode } = this.#api;
    const kind = { publish: SpanKind.PRODUCER, route: SpanKind.INTERNAL, deliver: SpanKind.CLIENT }[name];
    const span = this.#tracer.startSpan(name, { kind, startTime: at, attributes }, this.#contextOf(parent));
    const { traceId, spanId: parentId } = span.spanContext();
    const carried: TraceContext = { traceId, parentId, sampled: true };
    return {
      traceHeader: xrayHeader(carried),
      traceparent: traceparent(carried),
      end: (ended, error) => {
        if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
        span.end(ended);
      },
    };
  }

  #contextOf(parent: TraceContext | undefined): Context {
    const { ROOT_CONTEXT, trace, TraceFlags } = this.#api;
    if (!parent) return ROOT_CONTEXT;
    const { traceId, parentId: spanId } = parent;
    const remote: SpanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
    return trace.setSpanContext(ROOT_CONTEXT, remote);
  }
}
