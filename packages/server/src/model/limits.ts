/**
 * Every limit of Busbar: a name, a number, and where the number comes from. Units stand last in a name.
 * AWS's own quotas that are adjustable there can be changed in the configuration (`quotas`).
 */
export const limits = {
  // Busbar's own: an (account, region) pair gets a default bus and so a log. Bounds what made-up credentials can create.
  scopes: 1_000,

  // Amazon EventBridge quotas (adjustable ones are defaults for `Quotas`).
  eventBuses: 100,
  rulesPerBus: 300,
  wildcardRulesPerBus: 30,
  targetsPerRule: 5,
  eventPatternChars: 2_048,
  busPolicyChars: 10_240,
  tagsPerResource: 50,
  putEventsEntries: 10,
  /** The sum of the entries' sizes must stay below this (since 2026-01-29). */
  putEventsRequestBytes: 1_048_576,
  /** Added to an entry's size when it has a time. */
  putEventsTimeBytes: 14,
  maximumRetryAttempts: 185,
  maximumEventAgeSeconds: 86_400,
  detailNestingLevels: 1_000,

  // Amazon SQS quotas.
  queueBatchEntries: 10,
  queueMessageBytes: 1_048_576,

  // Busbar's own: how much the engine holds in memory. Beyond it positions are kept, not payloads.
  /** Event bytes that wait for their append; beyond it publishers are told to slow down. */
  ingestInFlightBytes: 67_108_864,
  /** Recently appended records kept in memory for the router, over all logs. */
  logTailBytes: 16_777_216,
  /** Deliveries that a lane holds in memory before it spills positions to its backlog. */
  laneMemoryDeliveries: 1_024,
  /** Event bytes that all lanes together hold in memory. */
  lanesMemoryBytes: 67_108_864,
  /** Deliveries of a lane that are let in even when all lanes together are at their bound. */
  laneMinimumDeliveries: 16,
  /** Positions in one backlog row. */
  backlogChunk: 256,
  /** Positions between the router's head and its cursor; the router waits at this distance. */
  routerWindowPositions: 262_144,
  /** Attempts whose outcome a parked delivery and a dead letter remember: the first and the latest. */
  attemptsRemembered: 20,
  /** Busbar's own dead letters. */
  deadLetters: 100_000,
  deadLetterDays: 14,
  /** Label combinations of metrics that are told apart. */
  metricSeries: 20_000,
} as const;

/** The quotas that a configuration may change. */
export interface Quotas {
  readonly eventBuses: number;
  readonly rulesPerBus: number;
  readonly wildcardRulesPerBus: number;
  readonly targetsPerRule: number;
  readonly eventPatternChars: number;
}

export const defaultQuotas: Quotas = {
  eventBuses: limits.eventBuses,
  rulesPerBus: limits.rulesPerBus,
  wildcardRulesPerBus: limits.wildcardRulesPerBus,
  targetsPerRule: limits.targetsPerRule,
  eventPatternChars: limits.eventPatternChars,
};
