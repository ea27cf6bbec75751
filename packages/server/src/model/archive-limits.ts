/** Archives: a name, a number, and where the number comes from. */
export const archiveLimits = {
  // Busbar's own: the service publishes no quota. The default for `Quotas`.
  archives: 1_000,
  /** Events in one send of an archive's lane, and sends under way: while one is, the events for the next gather. */
  archiveCaptureEvents: 1_000,
  archiveCaptureSends: 2,
  /** Characters of the events in one write to an archive: a send with more is split. */
  archiveWriteChars: 1_048_576,
  /** Events that retention removes from an archive in one step. */
  archiveTrimEvents: 1_000,
} as const;
