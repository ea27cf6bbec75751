import type { Catalog } from '../catalog.ts';
import type { Metrics } from '../metrics.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { TargetConnector } from '../ports/connector.ts';
import type { Storage } from '../ports/storage.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import { Archives } from './archives.ts';
import { captureConnector } from './capture.ts';

export interface ArchiveMachinery {
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly trouble: StorageTrouble;
}

/** The archives, and the way into them. */
export async function openArchives(
  machinery: ArchiveMachinery,
): Promise<{ readonly archives: Archives; readonly capture: TargetConnector }> {
  const { storage, metrics } = machinery;
  const archives = await Archives.open(machinery);
  const archive = (uid: string) => archives.ofUid(uid);
  metrics.gauge('archive_events', () => archives.amounts('events'));
  metrics.gauge('archive_bytes', () => archives.amounts('bytes'));
  return { archives, capture: captureConnector({ ...machinery, store: storage.archives, archive }) };
}
