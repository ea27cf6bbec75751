import { archiveLimits } from './archive-limits.ts';
import { functionLimits } from './function-limits.ts';
import { replayLimits } from './replay-limits.ts';
import { scheduleLimits } from './schedule-limits.ts';
import { targetLimits } from './target-limits.ts';

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
  apiConnections: 3_000,
  apiDestinations: 3_000,
  /** The rate of an API destination that names none. */
  apiDestinationRatePerSecond: 300,
  tagsPerResource: 50,
  putEventsEntries: 10,
  /** The sum of the entries' sizes must stay below this (since 2026-01-29). */
  putEventsRequestBytes: 1_048_576,
  /** Added to an entry's size when it has a time. */
  putEventsTimeBytes: 14,
  maximumRetryAttempts: 185,
  maximumEventAgeSeconds: 86_400,
  detailTypeChars: 128,
  /** Items of a list's page when the call asks for no number. */
  listPageItems: 100,

  // Busbar's own: what one compare-and-set, one transformation and one cache of policies may take.
  /** Times that a write is tried again when other requests change the same resource in between. */
  catalogWriteAttempts: 8,
  /** Characters of a payload that an input transformer made: room for an event of the largest size and more. */
  transformedPayloadChars: 2_097_152,
  /** Parsed resource policies that are kept. */
  parsedPolicies: 1_024,
  /** Characters of a condition key's values that policies compare; beyond it a condition cannot be judged. */
  policyContextChars: 8_192,

  // Amazon SQS quotas.
  queueBatchEntries: 10,
  queueBatchIdChars: 80,
  queueMessageBytes: 1_048_576,
  queueMinimumMessageBytes: 1_024,
  queueMessageAttributes: 10,
  queueMessageAttributeNameChars: 256,
  queueMessageGroupChars: 128,
  queueNameChars: 80,
  queueReceiveMessages: 10,
  queueListPage: 1_000,
  queueVisibilitySeconds: 43_200,
  queueDelaySeconds: 900,
  queueWaitSeconds: 20,
  queueRetentionSeconds: 1_209_600,
  queueMinimumRetentionSeconds: 60,
  queueKeyReuseSeconds: 86_400,
  queueMinimumKeyReuseSeconds: 60,
  /** A queue is purged at most once in this time. */
  queuePurgeSeconds: 60,
  /** The name of a deleted queue rests this long. */
  queueRecreateSeconds: 60,
  queueDeduplicationSeconds: 300,
  queueDeduplicationIdChars: 128,
  /** How long a receive can be repeated under its attempt id. */
  queueReceiveAttemptSeconds: 300,
  /** Messages of one queue in flight at a time. */
  queueInFlight: 120_000,
  queueMaxReceives: 1_000,
  queueRedriveSources: 10,
  queueMovesPerSecond: 500,
  queueMoveTasksListed: 10,
  queuePermissionActions: 7,
  queuePermissionLabelChars: 80,
  queuePermissionStatements: 20,

  // Busbar's own: the built-in queue.
  /** Queues of all accounts and regions together: each costs a document in memory. */
  queues: 10_000,
  /** Long polls that wait at the same time, over all queues. */
  queueLongPolls: 10_000,
  /** Waiting polls of one queue that are served at the same time once messages are there. */
  queueWakeWidth: 16,
  /** Wait before a queue is looked at again whose next message is due but was not given out (it has expired). */
  queueRecheckMs: 100,
  queueSweepIntervalMs: 60_000,
  /** Expired messages that one sweep step removes. */
  queueSweepRows: 1_000,
  /** Policy decisions that a queue remembers: one for each rule that sends to it. */
  queuePolicyDecisions: 1_000,
  /** Messages that one step of a move task takes along. */
  queueMoveStep: 100,
  /** Wait before a move task tries again what the store refused. */
  queueMoveRetryMs: 1_000,
  /** Receives that can be repeated under their attempt ids, over all queues; beyond it the oldest are forgotten. */
  queueReceiveAttempts: 10_000,
  /** Names of deleted and purged queues that are remembered for their minute. */
  queueRestingNames: 10_000,

  // Amazon CloudWatch Logs quotas.
  logBatchBytes: 1_048_576,
  /** Added to an event's message, in batches and in pages. */
  logEventOverheadBytes: 26,
  /** Between the first and the last event of a batch. */
  logBatchSpanMs: 86_400_000,
  /** Events that are older, or further ahead, are rejected. */
  logEventAgeMs: 1_209_600_000,
  logEventAheadMs: 7_200_000,
  logPageEvents: 10_000,
  logPageBytes: 1_048_576,
  logDescribePage: 50,
  logResourcePolicies: 10,

  // Busbar's own: the built-in log groups.
  /** Groups of all accounts and regions together: each costs a document in memory. */
  logGroups: 10_000,
  /** Resource policies of all accounts and regions together. */
  logPolicies: 10_000,
  /** Events that one FilterLogEvents looks at before it answers what it has found, and their characters. */
  logSearchEvents: 100_000,
  logSearchChars: 16_777_216,
  /** Events and characters that a search reads from the store at once, and events when it merges several streams. */
  logReadEvents: 1_000,
  logReadChars: 1_048_576,
  logMergedReadEvents: 200,
  /** Streams that a search merges; a prefix that fits more streams is searched in the whole group. */
  logSearchStreams: 100,
  logSweepIntervalMs: 60_000,
  /** Expired events that one sweep step removes. */
  logSweepEvents: 1_000,
  /** Streams that deliveries created and that are remembered as being there. */
  logDeliveryStreams: 4_096,

  ...archiveLimits,
  ...functionLimits,
  ...scheduleLimits,
  ...replayLimits,
  ...targetLimits,

  // Busbar's own: what the front door takes from the network.
  /** PutEvents takes 1 MiB of entries, and JSON may write a byte as six characters (`\u0000`). */
  eventsBodyBytes: 8_388_608,
  /** A message of 1 MiB, escaped as JSON or as a form. */
  queueBodyBytes: 8_388_608,
  /** A batch of 1 MiB, escaped as JSON. */
  logsBodyBytes: 8_388_608,
  /** The largest payload of a function, and as much again to answer a larger one in the service's own words. */
  functionBodyBytes: 12_583_112,
  /** STS takes a handful of short parameters. */
  tokenBodyBytes: 65_536,
  /** Bytes of request bodies that are held until their requests are answered, over all connections. */
  requestBodiesBytes: 268_435_456,
  /** Bytes of a refused body that are read and thrown away, so that the client can read the answer. */
  refusedBodyBytes: 16_777_216,
  /** Below the file descriptors that a Linux service commonly may open (16,384 and up). */
  connections: 10_000,
  /** Requests under way over all connections (long polls count); bounds what pipelining can pile up. */
  requestsInFlight: 20_000,
  /** Amazon's load balancers take 16 KiB of headers and request line in all. */
  requestHeaderBytes: 16_384,
  /** From the first byte of a request to the end of its headers: ample for any honest client. */
  requestHeadersMs: 15_000,
  /** From the first byte of a request to its last; the SDKs give up after about as long. */
  requestBodyMs: 60_000,
  /** Longer than the SDKs keep an idle connection, so that the client is the one to close it. */
  keepAliveMs: 75_000,
  /** A connection on which nothing moves for this long is cut: clients that do not read their answers. */
  silentConnectionMs: 120_000,
  /** How often slow requests are looked for. */
  slowRequestCheckMs: 2_000,
  /** Parameters of a form: a batch of ten messages with ten attributes each stays far below. */
  formParameters: 10_000,
  /** Steps of a dotted parameter name; no model nests deeper than half of it. */
  formNameSteps: 12,
  /** A value in a validation message is cut here: eleven ordinary entries of PutEvents still show whole. */
  validationValueChars: 16_384,
  /** Violations that one validation message lists; all are counted. */
  validationViolations: 50,
  /** A map's key stands in paths of messages, and may be as long as a body. */
  validationKeyChars: 512,
  /** Every pattern stands beside a length limit below this; longer values fail on their length without matching. */
  patternCheckChars: 4_096,
  /** Credential scopes that are remembered with what they resolved to. */
  rememberedCredentials: 1_024,
  /** The longest name that DNS knows, and a port. */
  hostHeaderChars: 260,
  /** AWS's longest region name has 16 characters. */
  regionChars: 32,

  // Busbar's own: the operator's API below `/_busbar`.
  /** A redriven event of the largest size, escaped as JSON text inside JSON. */
  adminBodyBytes: 8_388_608,
  /** Items of a page, and of the lists in a status. */
  adminPageItems: 100,
  /** Dead letters that one call looks at when it wants only some of them. */
  adminScanLetters: 2_000,
  /** The longest way that a clock in development mode is moved at once, and how long each stop waits for work to end. */
  clockAdvanceMs: 366 * 86_400_000,
  clockSettleMs: 2_000,
  /** Ticks that one preview of a schedule tells. */
  foreseenTicks: 1_000,
  /** Longer than any name or id that a parameter can mean. */
  adminNameChars: 1_024,
  /** Below what a request line may hold. */
  adminPatternChars: 8_192,
  /** How long a status may watch the buses for their rates. */
  statusSampleMs: 5_000,
  /** A live tail says something at least this often; proxies commonly cut what is silent for 30 s or more. */
  tailPingMs: 15_000,

  // AWS Signature Version 4.
  /** A signature in the header is good this long before and after its time (events-api §1.1). */
  signatureSkewMs: 300_000,
  /** A presigned request may be ahead of the daemon's clock by this much; its end is its own `X-Amz-Expires`. */
  presignedSkewMs: 900_000,
  /** Seven days, as AWS documents for presigned requests. */
  presignedExpirySeconds: 604_800,

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
  /** Attempts whose outcome a parked delivery and a dead letter remember: so many of the first, so many of the latest. */
  attemptsRememberedFirst: 3,
  attemptsRememberedLast: 17,
  /** Busbar's own dead letters. */
  deadLetters: 100_000,
  deadLetterDays: 14,
  /** Deliveries that succeeded and are remembered for `busbar trace`: some 6 MB. */
  recentDeliveries: 65_536,
  /** Records of a log that are looked through for an event at once, and in all (newest first). */
  eventSearchStep: 4_096,
  eventSearchRecords: 4_194_304,
  /** An edit of dead letters: characters of its expression, time for one payload, what its thread may take. */
  editExpressionChars: 65_536,
  editMs: 1_000,
  /** What JSONata, which bounds its own time, may overrun it by, and what its thread may take to start. */
  editGraceMs: 1_000,
  editStartMs: 30_000,
  editDepth: 500,
  editSequenceItems: 1_000_000,
  editHeapMegabytes: 128,
  editStackMegabytes: 4,
  /** Dead letters whose edit one dry run shows: each is shown before and after. */
  redrivePreviews: 10,
  /** Dead letters that are read together, to be listed or redriven: each may hold two payloads. */
  redriveBatch: 16,
  /** Label combinations of metrics that are told apart. */
  metricSeries: 20_000,
  /** Spans that wait for their export, beyond which further ones are dropped; those in one export, its time, the pause between two. */
  spansWaiting: 8_192,
  spansInExport: 512,
  spanExportMs: 10_000,
  spanExportPauseMs: 1_000,
  /** Log lines a second of each kind that clients or targets can cause at will; the rest are counted. */
  throttledLogLines: 10,

  // Busbar's own: the pace of delivery.
  /** Records, deliveries or milliseconds after which the router lets other work run. */
  routerSliceRecords: 256,
  routerSliceDeliveries: 2_048,
  routerSliceMs: 8,
  /** Records that are routed in one go before a rule changes. */
  routerCatchUpRecords: 4_096,
  /** What the router reads from the store at once when its tail does not hold it. */
  routerReadRecords: 512,
  routerReadBytes: 4_194_304,
  /** Between two saves of the routers' cursors: the most work that a crash repeats. */
  cursorSaveMs: 50,
  /** How long one attempt may take. HTTP targets set shorter ones of their own (API destinations: 5 s). */
  attemptTimeoutMs: 60_000,
  /** How often lanes are looked over for attempts that hang, deliveries that grow old and positions to write. */
  laneSweepMs: 250,
  /** A delivery that has been in memory for longer gets a durable row, so that the router's cursor can pass it. */
  deliveryGuardMs: 1_000,
  /** A lane that had nothing to do for this long gives up its session and its memory. */
  laneIdleMs: 30_000,
  /** Timed-out sends of a lane that never came back; beyond it the lane starts no further one. */
  laneLostSends: 16,
  /** Deliveries that a lane reads back from the log at once, and the bytes it expects of them. */
  laneReadDeliveries: 256,
  laneReadBytes: 4_194_304,
  /** Parked rows that a lane leases at once, and for how long (a crash delays them by that much). */
  parkedLeaseRows: 32,
  parkedLeaseMs: 30_000,
  /** Rows in one write to the parked deliveries. */
  parkedWriteRows: 2_048,
  /** Dead letters in one write. */
  deadLetterBatch: 64,
  /** Backoff of retries: doubles from the base up to the cap, with full jitter (the service's own curve is unpublished). */
  backoffBaseMs: 1_000,
  backoffCapMs: 600_000,
  /** Retryable failures in a row that open a lane's breaker, and the pauses before a probe. */
  breakerFailures: 16,
  breakerPauseMs: 1_000,
  breakerPauseCapMs: 30_000,
  /** A target whose policy allows fewer retries wants its dead letters soon: its lane has no breaker. */
  breakerMinimumRetries: 10,
  /** Attempts of a delivery whose credentials the target refuses: one more than the first, as they may have been renewed. */
  refusedCredentialAttempts: 2,
  /** A target's rate is allowed out in bursts of this much time's worth, and looked at no more often than this. */
  rateBurstMs: 100,
  rateWakeMs: 5,
  /** Characters of a failure's reason that are kept. */
  failureReasonChars: 1_024,
  /** Before a store call that failed is tried again. */
  storageRetryMs: 250,
  /** How long and how large a bus's log is kept beyond what deliveries need. */
  logRetentionMs: 86_400_000,
  logRetentionBytes: 1_073_741_824,
  /** Retention looks at every log this often and removes this many records a step. */
  retentionIntervalMs: 10_000,
  logTrimRecords: 1_000,
  /** How often a stopping engine looks whether its sends have ended. */
  drainPollMs: 25,
  /** Those who look at events live, at the same time. */
  liveReaders: 32,
  /** What one of them gets at once, and the pause after it: at most some 12,000 events a second. */
  liveReaderRecords: 256,
  liveReaderBytes: 1_048_576,
  liveReaderPauseMs: 20,
  /** How long one waits for a bus that is just being made. */
  liveReaderRouterMs: 2_000,
  /** Positions that one may fall back before events are left out. */
  liveReaderLag: 10_000,
  /** Lanes that `status` lists. */
  statusLanes: 100,
} as const;

/** The quotas that a configuration may change. */
export interface Quotas {
  readonly eventBuses: number;
  readonly rulesPerBus: number;
  readonly wildcardRulesPerBus: number;
  readonly targetsPerRule: number;
  readonly eventPatternChars: number;
  readonly connections: number;
  readonly apiDestinations: number;
  readonly archives: number;
}

export const defaultQuotas: Quotas = {
  eventBuses: limits.eventBuses,
  rulesPerBus: limits.rulesPerBus,
  wildcardRulesPerBus: limits.wildcardRulesPerBus,
  targetsPerRule: limits.targetsPerRule,
  eventPatternChars: limits.eventPatternChars,
  connections: limits.apiConnections,
  apiDestinations: limits.apiDestinations,
  archives: limits.archives,
};
