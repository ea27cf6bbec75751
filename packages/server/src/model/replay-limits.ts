/** Replays: a name, a number, and where the number comes from. */
export const replayLimits = {
  // Amazon EventBridge.
  /** Replays of an account and region that have not ended. */
  activeReplays: 10,
  /** How long a replay is remembered once it has ended: 90 days. */
  replayRecordMs: 90 * 86_400_000,

  // Busbar's own.
  /** Replays of all accounts and regions together that have not ended: each holds a batch of events in memory. */
  activeReplaysInAll: 100,
  /** Replays of an account and region that are remembered; beyond it those that ended first are forgotten early. */
  replayRecords: 1_000,
  replaySweepMs: 3_600_000,
  /** What a replay reads from its archive at once. */
  replayReadEvents: 512,
  replayReadBytes: 1_048_576,
  /** The last records of its log that a replay looks at for its place. */
  replayMarkRecords: 16,
  replayMarkBytes: 33_554_432,
  /** How far a replay may be ahead of its deliveries: positions that are only in memory, and durable rows of its lanes. */
  replayAheadPositions: 8_192,
  replayAheadRows: 1_000,
  /** How often a replay that waits for its deliveries looks again. */
  replayPollMs: 25,
  /** How often one whose next event is far off looks whether its bus is still there. */
  replayLookMs: 60_000,
  /** The longest time between two saves of a replay's place. */
  replaySaveMs: 1_000,
  /** Archives that are read at the same time for files and dry runs. */
  replayReadings: 16,
  /** How long a request may wait for a replay's end. */
  replayWaitMs: 5_000,
  /** How often a dry run tells how far it is. */
  replayTellMs: 500,
  /** The fastest and the slowest pace that can be asked for. */
  replayRatePerSecond: 1_000_000,
  replaySpeed: 1_000_000,
  replayMinimumPace: 0.001,
} as const;
