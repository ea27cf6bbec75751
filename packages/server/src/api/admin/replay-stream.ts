import { setImmediate as soon } from 'node:timers';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { NewLogRecord } from '../../engine/ports/storage.ts';
import type { Reading, TakeBatch } from '../../engine/replay/readings.ts';
import type { Rehearsal } from '../../engine/replay/rehearsal.ts';
import { ApiError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRequest, AdminRoute, LineSink } from './admin-route.ts';
import { archiveOf } from './archive-scan.ts';
import { iso } from './dead-letter-view.ts';
import { startPings } from './pings.ts';
import { onlyParameters, textParameter } from './parameters.ts';
import { planOf, WISH_MEMBERS } from './replay-wish.ts';

/** Those that say which events, and how fast; rules have no part in it. */
const EVENT_PARAMETERS = ['name', 'since', 'until', 'event', 'pattern', 'rate', 'speed'];

/** What the two routes below are asked for stands in the query, under the names that a replay's body has. */
async function readingOf(
  engine: Engine,
  clock: Clock,
  request: AdminRequest,
  known: readonly string[],
): Promise<Reading> {
  const { query, caller } = request;
  onlyParameters(query, known);
  const wish: Record<string, unknown> = {};
  for (const member of WISH_MEMBERS) {
    const text = textParameter(query, member, limits.adminPatternChars);
    if (text === undefined) continue;
    if (member === 'rules') wish[member] = text.split(',');
    else wish[member] = member === 'rate' || member === 'speed' ? Number(text) : text;
  }
  const archive = archiveOf(engine, request);
  const plan = await planOf(engine, request, archive, wish, clock.now());
  const name = textParameter(query, 'name', limits.adminNameChars) ?? 'replay';
  return { scope: { account: caller.account, region: caller.region }, name, plan };
}

/** A place for a reading. Throws when there is none. */
function placeIn({ replays }: Engine): () => void {
  const release = replays.readings.place();
  if (release) return release;
  const message = `Archives are being read for ${limits.replayReadings} clients already, which is as many as there may be.`;
  throw new ApiError('ServiceUnavailable', message, { status: 503 });
}

/** Does work that writes lines, and keeps the connection warm meanwhile. Ends with a line, so that a client can tell. */
async function streamed(
  sink: LineSink,
  clock: Clock,
  release: () => void,
  work: () => Promise<object>,
): Promise<void> {
  const stopPings = startPings(sink, clock);
  try {
    const end = await work();
    if (!sink.signal.aborted) await sink.write([JSON.stringify({ type: 'end', ...end })]);
  } finally {
    stopPings();
    release();
  }
}

/**
 * `GET /_busbar/archives/NAME/replayed`: the events as a replay would deliver them, at the pace that is asked for, a JSON object
 * a line: `{"type":"event","event":{…}}`; `{"type":"ping"}` while nothing is due; `{"type":"end"}` last, without which something
 * is missing.
 */
export function replayedEvents(engine: Engine, clock: Clock): AdminRoute {
  return {
    method: 'GET',
    path: '/archives/:archive/replayed',
    summary: 'the events of an archive as a replay would deliver them, as lines of JSON',
    async run(request) {
      const reading = await readingOf(engine, clock, request, EVENT_PARAMETERS);
      const release = placeIn(engine);
      return {
        stream: (sink) =>
          streamed(sink, clock, release, async () => {
            const take: TakeBatch = async (records) =>
              records.length === 0 || sink.write(records.map(lineOf));
            await engine.replays.readings.read(reading, take, sink.signal);
            return {};
          }),
      };
    },
  };
}

/** The event goes in as it is, so nothing of it changes. */
const lineOf = ({ event }: NewLogRecord): string => `{"type":"event","event":${event}}`;

/**
 * `GET /_busbar/archives/NAME/rehearsal`: counts what a replay would deliver where, by the rules as they are now:
 * `{"type":"progress","events":…,"through":…}` now and then, `{"type":"end","events":…,"unmatched":…,"targets":[…]}` last.
 */
export function rehearseReplay(engine: Engine, clock: Clock): AdminRoute {
  return {
    method: 'GET',
    path: '/archives/:archive/rehearsal',
    summary: 'what a replay would deliver where, without delivering anything',
    async run(request) {
      const reading = await readingOf(engine, clock, request, WISH_MEMBERS);
      const release = placeIn(engine);
      return {
        stream: (sink) =>
          streamed(sink, clock, release, async () => {
            const tell = tellerOf(sink, clock);
            const rehearsal = await engine.replays.readings.rehearse(reading, tell, sink.signal);
            const { events, unmatched } = rehearsal;
            return { events, unmatched, targets: rehearsal.targets() };
          }),
      };
    },
  };
}

/** Tells how far a rehearsal has come, but not after every batch. */
function tellerOf(sink: LineSink, clock: Clock): (rehearsal: Rehearsal) => Promise<boolean> {
  let toldAt = clock.now();
  return async ({ events, through }) => {
    // A client's request must not keep all others from being served.
    await new Promise<void>((resolve) => soon(resolve));
    if (clock.now() - toldAt < limits.replayTellMs) return true;
    toldAt = clock.now();
    const at = through === undefined ? undefined : iso(through);
    return sink.write([JSON.stringify({ type: 'progress', events, through: at })]);
  };
}
