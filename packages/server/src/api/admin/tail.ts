import type { Matcher } from '@busbar/pattern';
import type { Engine } from '../../engine/engine.ts';
import type { LiveBatch, LiveReader } from '../../engine/ingest/live-reader.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { LogRecord } from '../../engine/ports/storage.ts';
import { limits } from '../../model/limits.ts';
import { ApiError } from '../../model/errors.ts';
import type { AdminRequest, AdminRoute, LineSink } from './admin-route.ts';
import { notFound, numberParameter, onlyParameters, textParameter, timeParameter } from './parameters.ts';
import { patternParameter } from './pattern-parameter.ts';
import { startPings } from './pings.ts';

const MAX_EVENTS = 1_000_000_000;

const full = (): ApiError =>
  new ApiError(
    'ServiceUnavailable',
    `There are ${limits.liveReaders} live tails already, which is as many as there may be.`,
    { status: 503 },
  );

/**
 * `GET /_busbar/tail?bus=&pattern=&since=&limit=`: a bus's events as they come in, one JSON object a line:
 * `{"type":"ready",…}` first; then `{"type":"event","position":"…","event":{…}}`; `{"type":"skipped","count":"…"}` when
 * the client was too slow; `{"type":"ping"}` while nothing happens; `{"type":"end","reason":…}` last.
 */
export function tail(engine: Engine, clock: Clock): AdminRoute {
  return {
    method: 'GET',
    path: '/tail',
    summary: 'the events of a bus as they come in, as lines of JSON',
    async run(request) {
      const { bus, matcher, limit, reader } = await open(engine, request);
      const ready = JSON.stringify({ type: 'ready', bus });
      return { stream: (sink) => follow(sink, reader, { ready, matcher, limit, clock }) };
    },
  };
}

async function open(engine: Engine, { query, caller }: AdminRequest) {
  onlyParameters(query, ['bus', 'pattern', 'since', 'limit']);
  const name = textParameter(query, 'bus', limits.adminNameChars) ?? 'default';
  const matcher = patternParameter(query, 'pattern');
  const limit = numberParameter(query, 'limit', 1, MAX_EVENTS) ?? Infinity;
  const since = timeParameter(query, 'since');
  const bus = (await engine.catalog.resolveBus(caller, name))?.document;
  if (!bus) throw notFound(`There is no event bus ${name}.`);
  const reader = await engine.live.open(bus.log, since);
  if (reader === 'missing') throw notFound(`The event bus ${name} was deleted.`);
  if (reader === 'full') throw full();
  return { bus: bus.arn, matcher, limit, reader };
}

interface Following {
  readonly ready: string;
  readonly matcher: Matcher<true> | undefined;
  readonly limit: number;
  readonly clock: Clock;
}

async function follow(sink: LineSink, reader: LiveReader, settings: Following): Promise<void> {
  const close = (): void => reader.close();
  sink.signal.addEventListener('abort', close);
  if (sink.signal.aborted) close();
  const stopPings = startPings(sink, settings.clock);
  try {
    if (!(await sink.write([settings.ready]))) return;
    let left = settings.limit;
    while (left > 0) {
      const batch = await reader.next();
      if ('ended' in batch) break;
      const lines = linesOf(batch, settings.matcher, left);
      if ('records' in batch) left -= lines.length;
      if (lines.length > 0 && !(await sink.write(lines))) return;
    }
    await sink.write([JSON.stringify({ type: 'end', reason: left > 0 ? 'stopped' : 'limit' })]);
  } finally {
    stopPings();
    close();
    sink.signal.removeEventListener('abort', close);
  }
}

function linesOf(batch: LiveBatch, matcher: Matcher<true> | undefined, limit: number): string[] {
  if ('ended' in batch) return [];
  if ('skipped' in batch) return [JSON.stringify({ type: 'skipped', count: String(batch.skipped) })];
  const wanted = matcher
    ? batch.records.filter(({ event }) => matcher.match(event).length > 0)
    : batch.records;
  return wanted.slice(0, limit).map(lineOf);
}

/** The event goes in as it is stored, so nothing of it changes. */
const lineOf = ({ position, event }: LogRecord): string =>
  `{"type":"event","position":"${position}","event":${event}}`;
