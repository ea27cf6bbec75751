// Trace context in and out, and spans at a collector that speaks OTLP over HTTP.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { startBusbar, type Busbar } from '../../src/compose.ts';
import { loadConfig } from '../../src/config.ts';
import { readXrayHeader } from '../../src/model/trace-context.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { key: string; value: { stringValue?: string; intValue?: number } }[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Span['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const TRACE = '5759e988bd862e3fe1be46a994272793';
const PARENT = '53995c3f42cd8ad8';

let collector: Server;
let busbar: Busbar;
const paths = new Set<string>();
const services = new Set<string | undefined>();
const spans: Span[] = [];
const waiting: (() => void)[] = [];

/** Takes exports as the protocol has them: a POST of JSON, packed or not, to `/v1/traces`. */
function takeExports(): Promise<number> {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      paths.add(`${request.method} ${request.url}`);
      for (const { resource, scopeSpans } of (JSON.parse(text.toString()) as Export).resourceSpans) {
        services.add(resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue);
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      for (const wake of waiting.splice(0)) wake();
    });
  });
  return new Promise((resolve) => {
    collector.listen(0, '127.0.0.1', () => resolve((collector.address() as AddressInfo).port));
  });
}

/** Resolves once the collector has so many spans of an event. */
async function spansOf(eventId: string, count: number): Promise<Span[]> {
  for (;;) {
    const found = spans.filter((span) => attribute(span, 'busbar.event_id') === eventId);
    if (found.length >= count) return found;
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
}

const attribute = ({ attributes }: Span, name: string): string | number | undefined => {
  const value = attributes.find(({ key }) => key === name)?.value;
  return value?.stringValue ?? value?.intValue;
};

async function call(
  target: string,
  input: object,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const service = target.startsWith('AWSEvents') ? 'events' : 'sqs';
  const answer = await fetch(busbar.url, {
    method: 'POST',
    headers: {
      'content-type': service === 'events' ? 'application/x-amz-json-1.1' : 'application/x-amz-json-1.0',
      'x-amz-target': target,
      ...headers,
    },
    body: JSON.stringify(input),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return JSON.parse(text || '{}') as Record<string, unknown>;
}

async function publish(headers: Record<string, string>, more: object = {}, source = 'shop'): Promise<string> {
  const entry = { Source: source, DetailType: 'Order', Detail: '{}', ...more };
  const { Entries } = await call('AWSEvents.PutEvents', { Entries: [entry] }, headers);
  return (Entries as { EventId: string }[])[0]!.EventId;
}

/** The trace header of the next message in the queue. */
async function received(): Promise<string | undefined> {
  const QueueUrl = `${busbar.url}/000000000000/orders`;
  const input = { QueueUrl, WaitTimeSeconds: 20, MessageSystemAttributeNames: ['All'] };
  const { Messages } = await call('AmazonSQS.ReceiveMessage', input);
  const [message] = Messages as { ReceiptHandle: string; Attributes: Record<string, string> }[];
  await call('AmazonSQS.DeleteMessage', { QueueUrl, ReceiptHandle: message!.ReceiptHandle });
  return message!.Attributes['AWSTraceHeader'];
}

before(async () => {
  const port = await takeExports();
  const settings = ['--port', '0', '--data', ':memory:', '--trace-ratio', '0'];
  busbar = await startBusbar(loadConfig([...settings, '--otlp-endpoint', `http://127.0.0.1:${port}`], {}));
  await call('AmazonSQS.CreateQueue', { QueueName: 'orders' });
  for (const [Name, queue] of [
    ['shop', 'orders'],
    ['broken', 'not-there'],
  ]) {
    await call('AWSEvents.PutRule', { Name, EventPattern: JSON.stringify({ source: [Name] }) });
    const Arn = `arn:aws:sqs:us-east-1:000000000000:${queue}`;
    await call('AWSEvents.PutTargets', { Rule: Name, Targets: [{ Id: '1', Arn }] });
  }
});

after(async () => {
  await busbar.stop(1_000);
  collector.closeAllConnections();
  collector.close();
});

test('a sampled event is followed from its publisher to its target', async () => {
  const id = await publish({ traceparent: `00-${TRACE}-${PARENT}-01` });
  const out = readXrayHeader((await received())!);
  const found = await spansOf(id, 3);
  const [published, routed, delivered] = ['publish', 'route', 'deliver'].map((name) =>
    found.find((span) => span.name === name)!,
  );
  assert.deepEqual([...paths], ['POST /v1/traces']);
  assert.deepEqual([...services], ['busbar']);
  assert.deepEqual(new Set(found.map(({ traceId }) => traceId)), new Set([TRACE]));
  assert.equal(published!.parentSpanId, PARENT);
  assert.equal(routed!.parentSpanId, published!.spanId);
  assert.equal(delivered!.parentSpanId, published!.spanId);
  assert.equal(attribute(routed!, 'busbar.deliveries'), 1);
  assert.equal(attribute(delivered!, 'busbar.attempt'), 1);
  assert.match(String(attribute(delivered!, 'busbar.target')), /:orders$/);
  for (const { startTimeUnixNano, endTimeUnixNano } of found) {
    assert.ok(BigInt(startTimeUnixNano) <= BigInt(endTimeUnixNano));
  }
  // The target can go on from the attempt.
  assert.deepEqual(out, { traceId: TRACE, parentId: delivered!.spanId, sampled: true });
});

test('an attempt that fails says so in its span', async () => {
  const TraceHeader = `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=${PARENT};Sampled=1`;
  const id = await publish({}, { TraceHeader }, 'broken');
  const failed = (await spansOf(id, 3)).find(({ name }) => name === 'deliver');
  assert.equal(failed!.status?.code, 2);
  assert.match(failed!.status?.message ?? '', /^NO_RESOURCE: /);
});

test('what is not sampled leaves no span, and its header goes through untouched', async () => {
  const untouched: [headers: Record<string, string>, more: object, out: string | undefined][] = [
    [{}, {}, undefined],
    [{ 'x-amzn-trace-id': 'Root=1-x;Something=else' }, {}, 'Root=1-x;Something=else'],
    [
      { traceparent: `00-${TRACE}-${PARENT}-00` },
      {},
      `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=${PARENT};Sampled=0`,
    ],
    [{ 'x-amzn-trace-id': 'Root=1-header' }, { TraceHeader: 'Root=1-entry' }, 'Root=1-entry'],
    [{ traceparent: 'nonsense' }, {}, undefined],
  ];
  const ids: string[] = [];
  for (const [headers, more, out] of untouched) {
    ids.push(await publish(headers, more));
    assert.equal(await received(), out);
  }
  // A sampled one behind them brings whatever there is to the collector.
  await spansOf(await publish({ traceparent: `00-${TRACE}-${PARENT}-01` }), 3);
  assert.deepEqual(
    spans.filter((span) => ids.includes(String(attribute(span, 'busbar.event_id')))),
    [],
  );
  await received();
});
