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
  /** Exports and backtests at the same time: each holds two batches of events in memory. */
  archiveScans: 16,
  archiveScanEvents: 512,
  archiveScanBytes: 1_048_576,
  /** A backtest tells at least this often how far it is, and shows at most so many events of each kind. */
  archiveProgressMs: 250,
  backtestExamples: 1_000,
  /** An imported event: the largest of PutEvents, and ample room for its envelope. */
  archivedEventBytes: 2_097_152,
  /** Characters of events that an import reads and writes in one go. */
  archiveImportChars: 262_144,
  /** Damaged lines that one call of an import tells; all are counted. */
  archiveDamagedLines: 100,
} as const;
