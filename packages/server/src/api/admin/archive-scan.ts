import type { ArchiveScan, ArchiveScans } from '../../engine/archive/scans.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Archive } from '../../model/archive.ts';
import { ApiError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRequest } from './admin-route.ts';
import { iso } from './dead-letter-view.ts';
import { badRequest, notFound, timeParameter } from './parameters.ts';

/** What the routes that read whole archives work with. */
export interface ScanningParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly scans: ArchiveScans;
}

/** Before and after every time that an event can have. */
const EARLIEST = -8.64e15;
const LATEST = 8.64e15 + 1;

/** The archive that a request means. */
export const archiveOf = (engine: Engine, request: AdminRequest): Archive =>
  archiveNamed(engine, request, request.steps['archive']!);

export function archiveNamed(
  engine: Engine,
  { caller }: Pick<AdminRequest, 'caller'>,
  name: string,
): Archive {
  const archive = engine.archives.documents.get(caller, name)?.document;
  if (!archive) throw missing(name);
  return archive;
}

export const missing = (archive: string): ApiError => notFound(`There is no archive ${archive}.`);

/** Begins to read an archive, between the times of the query. The scan must be closed. */
export async function openScan(
  { scans }: ScanningParts,
  { uid, name }: Archive,
  { query }: AdminRequest,
): Promise<ArchiveScan> {
  const from = timeParameter(query, 'from') ?? EARLIEST;
  const until = timeParameter(query, 'until') ?? LATEST;
  if (from >= until) throw badRequest('The time from must be before the time until.');
  const scan = await scans.open(uid, { from, until });
  if (scan === 'gone') throw missing(name);
  if (scan !== 'full') return scan;
  throw new ApiError(
    'ServiceUnavailable',
    `${limits.archiveScans} archives are being read already, which is as many as there may be.`,
    { status: 503 },
  );
}

/** Lines that tell how far a scan is, one in `limits.archiveProgressMs`. */
export class ScanProgress {
  readonly #scan: ArchiveScan;
  readonly #clock: Clock;
  #toldAt: number;

  constructor(scan: ArchiveScan, clock: Clock) {
    this.#scan = scan;
    this.#clock = clock;
    this.#toldAt = clock.now();
  }

  /** Nothing, or the line that is due. */
  lines(): string[] {
    const now = this.#clock.now();
    if (now - this.#toldAt < limits.archiveProgressMs) return [];
    this.#toldAt = now;
    const { scanned, part, through } = this.#scan;
    const at = through === undefined ? undefined : iso(through);
    return [JSON.stringify({ type: 'progress', scanned, part, through: at })];
  }
}
