import { backtest, type BacktestPatterns, type BacktestStep } from '../../engine/archive/backtest.ts';
import type { ArchiveScan } from '../../engine/archive/scans.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Archive } from '../../model/archive.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRequest, AdminRoute, LineSink } from './admin-route.ts';
import { archiveOf, openScan, ScanProgress, type ScanningParts } from './archive-scan.ts';
import { badRequest, notFound, numberParameter, onlyParameters, textParameter } from './parameters.ts';
import { patternText } from './pattern-parameter.ts';

const DEFAULT_EXAMPLES = 5;

/**
 * `GET /_busbar/archives/:archive/backtest?pattern=&rule=&from=&until=&show=`: how many events of an archive a pattern would
 * match, and with `rule` (a rule of the archive's bus) which more and which less than that. Lines: `{"type":"example",
 * "change":"matched"|"gained"|"lost","event":{…}}` for the first few of each kind, `{"type":"progress",…}` now and then, and
 * `{"type":"result",…}` last. Without a pattern the rule's own is looked at.
 */
export function backtestPattern(parts: ScanningParts): AdminRoute {
  return {
    method: 'GET',
    path: '/archives/:archive/backtest',
    summary: 'which events of an archive a pattern would match',
    async run(request) {
      onlyParameters(request.query, ['pattern', 'rule', 'from', 'until', 'show']);
      const archive = archiveOf(parts.engine, request);
      const patterns = patternsOf(parts.engine, archive, request);
      const show = numberParameter(request.query, 'show', 0, limits.backtestExamples) ?? DEFAULT_EXAMPLES;
      const scan = await openScan(parts, archive, request);
      return { stream: (sink) => write(sink, scan, patterns, show, parts.clock) };
    },
  };
}

function patternsOf(engine: Engine, archive: Archive, { query }: AdminRequest): BacktestPatterns {
  const candidate = patternText(query, 'pattern');
  const rule = textParameter(query, 'rule', limits.adminNameChars);
  const present = rule === undefined ? undefined : patternOfRule(engine, archive, rule);
  if (candidate !== undefined) return { candidate, present };
  if (present === undefined) throw badRequest('A pattern or a rule must be given.');
  return { candidate: present, present: undefined };
}

function patternOfRule(engine: Engine, archive: Archive, name: string): string {
  const rule = engine.catalog.rule(archive, archive.bus, name)?.document;
  if (!rule) throw notFound(`There is no rule ${name} on the event bus ${archive.bus}.`);
  if (rule.eventPattern === undefined) throw badRequest(`The rule ${name} has no event pattern.`);
  return rule.eventPattern;
}

async function write(
  sink: LineSink,
  scan: ArchiveScan,
  patterns: BacktestPatterns,
  show: number,
  clock: Clock,
): Promise<void> {
  const progress = new ScanProgress(scan, clock);
  const compared = patterns.present !== undefined;
  try {
    for await (const step of backtest(scan, patterns, show)) {
      if (sink.signal.aborted) return;
      const lines = [
        ...exampleLines(step),
        ...(step.ended ? [resultLine(step, compared)] : progress.lines()),
      ];
      if (lines.length > 0 && !(await sink.write(lines))) return;
    }
  } finally {
    scan.close();
  }
}

/** The event goes in as it is stored, so nothing of it changes. */
const exampleLines = ({ examples }: BacktestStep): string[] =>
  examples.map(({ change, event }) => `{"type":"example","change":"${change}","event":${event}}`);

function resultLine({ counts, ended }: BacktestStep, compared: boolean): string {
  const { scanned, matched, present, gained, lost } = counts;
  const rule = compared ? { matched: present, gained, lost } : undefined;
  return JSON.stringify({ type: 'result', scanned, matched, rule, reason: ended });
}
