import type { Matcher } from '@busbar/pattern';
import { lineOf } from '../../engine/archive/archive-line.ts';
import type { ArchiveScan } from '../../engine/archive/scans.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { AdminRoute, LineSink } from './admin-route.ts';
import { archiveOf, openScan, ScanProgress, type ScanningParts } from './archive-scan.ts';
import { onlyParameters } from './parameters.ts';
import { patternParameter } from './pattern-parameter.ts';

/**
 * `GET /_busbar/archives/:archive/export?from=&until=&pattern=`: the events of an archive in the order of their times, one
 * envelope a line with `"ingestion-time"` as its last member. Lines that begin with `{"type":` are about the export:
 * `{"type":"progress",…}` now and then, and `{"type":"end","events":…,"reason":"end"}` last, without which it is not whole.
 */
export function exportArchive(parts: ScanningParts): AdminRoute {
  return {
    method: 'GET',
    path: '/archives/:archive/export',
    summary: 'the events of an archive, as lines of JSON',
    async run(request) {
      onlyParameters(request.query, ['from', 'until', 'pattern']);
      const matcher = patternParameter(request.query, 'pattern');
      const scan = await openScan(parts, archiveOf(parts.engine, request), request);
      return { stream: (sink) => write(sink, scan, matcher, parts.clock) };
    },
  };
}

async function write(
  sink: LineSink,
  scan: ArchiveScan,
  matcher: Matcher<true> | undefined,
  clock: Clock,
): Promise<void> {
  const progress = new ScanProgress(scan, clock);
  let events = 0;
  try {
    for (;;) {
      // A daemon that drains breaks off; the end is missing then.
      if (sink.signal.aborted) return;
      const step = await scan.next();
      if ('ended' in step) {
        await sink.write([
          JSON.stringify({ type: 'end', events, scanned: scan.scanned, reason: step.ended }),
        ]);
        return;
      }
      const wanted = matcher
        ? step.events.filter(({ event }) => matcher.match(event).length > 0)
        : step.events;
      events += wanted.length;
      const lines = [...wanted.map(lineOf), ...progress.lines()];
      if (lines.length > 0 && !(await sink.write(lines))) return;
    }
  } finally {
    scan.close();
  }
}
