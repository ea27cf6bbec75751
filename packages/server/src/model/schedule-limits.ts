/** The limits of schedules: a part of `limits`. All are Busbar's own where nothing else is said. */
export const scheduleLimits = {
  /** The largest number in a rate expression. */
  rateScheduleValue: 2_147_483_647,
  /** Time zones in use: more than there are. */
  zones: 1_000,
  /** Years of one time zone whose changes of clocks are remembered. */
  zoneYears: 512,
  /** Ticks of one schedule that are fired one by one after an outage; those beyond are fired as one. */
  lateTicks: 100,
  /** Timers that are fired together, and ticks in one append. */
  timerBatch: 1_000,
  tickAppendRecords: 1_000,
  /** How long a schedule stays in memory after it has fired, while nothing of it is pending. */
  scheduleBookMs: 60_000,
  scheduleBookSweepMs: 10_000,
  /** How often a completed schedule that is to be deleted is looked at, until its last delivery has ended. */
  scheduleCompletionMs: 2_000,
  /** Ticks that one backfill fires, in how large steps, and how many of them a dry run lists. */
  backfillTicks: 10_000,
  backfillStep: 200,
  backfillShown: 20,
  /** Characters of the reason of a pause. */
  pauseReasonChars: 512,
  /** How often it is looked whether an execution has ended that another tick waits for. */
  scheduleOverlapMs: 10_000,
  /** Schedules that one step removes with their group. */
  scheduleGroupStep: 200,
  /** Schedules that one page of a list by state looks at. */
  listScannedSchedules: 5_000,

  // Amazon EventBridge Scheduler quotas and limits.
  scheduleGroups: 500,
  schedulePayloadBytes: 262_144,
  scheduleStartInPastMs: 300_000,
  /** Busbar's own: how long a request can be repeated under its token, and tokens of deletions that are remembered. */
  scheduleTokenMs: 600_000,
  scheduleDeletions: 10_000,
} as const;
