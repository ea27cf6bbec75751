import type { ArchiveAmount } from '../../../engine/ports/archive-storage.ts';
import type { Archive } from '../../../model/archive.ts';
import { resourceNotFound, type ApiError } from '../../../model/errors.ts';

const MILLISECONDS = 1_000;
/** Archives are made and changed at once, and nothing here disables one. */
const STATE = 'ENABLED';

/** What CreateArchive and UpdateArchive answer. */
export const archiveHead = (archive: Archive): object => ({
  ArchiveArn: archive.arn,
  CreationTime: archive.createdAt / MILLISECONDS,
  State: STATE,
});

/** What DescribeArchive and ListArchives have in common. */
export const archiveSummary = (archive: Archive, { events, bytes }: ArchiveAmount): object => ({
  ArchiveName: archive.name,
  EventSourceArn: archive.sourceArn,
  State: STATE,
  RetentionDays: archive.retentionDays,
  SizeBytes: bytes,
  EventCount: events,
  CreationTime: archive.createdAt / MILLISECONDS,
});

/** Whether archives come into this state here. */
export const isArchiveState = (state: string): boolean => state === STATE;

export const archiveNotFound = (name: string): ApiError =>
  resourceNotFound(`Archive ${name} does not exist.`);
