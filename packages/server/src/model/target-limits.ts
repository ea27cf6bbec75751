/** The limits of target connectors: a part of `limits`. All are Busbar's own where nothing else is said. */
export const targetLimits = {
  // How much a target takes at once.
  queueTargetBatch: 256,
  queueTargetSends: 4,
  logGroupTargetBatch: 256,
  logGroupTargetSends: 4,
  eventBusTargetBatch: 256,
  eventBusTargetSends: 4,

  natsTargetBatch: 64,
  natsTargetSends: 4,
  kafkaTargetBatch: 128,
  kafkaTargetSends: 4,
  rabbitmqTargetBatch: 64,
  rabbitmqTargetSends: 4,
  mqttTargetBatch: 32,
  mqttTargetSends: 4,

  /** How long a message broker may take until a connection stands. */
  brokerConnectMs: 10_000,
  /** The pause after a first failure to connect; it doubles with every further one. */
  brokerPauseMs: 100,
  brokerPauseMaxMs: 10_000,
  /** How long a broker may take to answer a goodbye before the connection is cut. */
  brokerCloseMs: 1_000,
  /** How often a quiet connection is asked for a sign of life. */
  brokerHeartbeatMs: 20_000,
  /** How long a broker may take to acknowledge, where nothing else is said. */
  brokerAckMs: 10_000,
  /** How long a Kafka client trusts what it knows of topics and their leaders. */
  kafkaMetadataMs: 30_000,
  /** Publications that an MQTT connection has under way at once, even when the broker would take more. */
  mqttInFlight: 256,
  redisTargetBatch: 128,
  redisTargetSends: 4,
  postgresTargetBatch: 256,
  postgresTargetSends: 2,
  postgresStatementMs: 30_000,
  /** PostgreSQL's own: a notification is shorter than 8,000 bytes. */
  postgresNotifyBytes: 7_999,
  /** Deliveries in an object, and how long the first one waits for more. */
  s3Batch: 500,
  s3MaximumBatch: 1_000,
  s3ObjectChars: 8_388_608,
  s3WindowMs: 1_000,
  /** With the time of a call, this stays below the time of an attempt. */
  s3MaximumWindowMs: 20_000,
  /** As many sends share an object when events trickle in. */
  s3TargetSends: 64,
  fileTargetBatch: 256,
  execTargetSends: 4,
  execMaximumBatch: 1_000,
  /** The longest time that a command may be given: below that of an attempt. */
  commandMaximumMs: 55_000,
  /** How long what a command has printed is waited for once it has ended. */
  execOutputMs: 200,
  /** What is kept of it: more than is shown, so that a secret at the edge is seen whole. */
  execOutputBytes: 16_384,
  /** Shorter values of a command's environment are taken for no secrets. */
  execSecretChars: 6,

  // The block `BusbarParameters` of a target.
  busbarParameterChars: 1_024,
  busbarParameterItems: 64,

  // AWS services. Numbers of entries and bytes of one call are AWS's.
  awsCallMs: 30_000,
  awsTargetSends: 16,
  /** How deep the input of a universal call may lie. */
  universalInputLevels: 200,
  /** Temporary credentials are replaced this long before they expire. */
  awsCredentialsMarginMs: 300_000,
  /** The least time between two searches for the machine's credentials. */
  awsCredentialsRetryMs: 10_000,
  /** Roles whose credentials are kept; beyond it all are assumed anew. */
  awsAssumedRoles: 1_000,
  /** Shorter secrets are those of test servers, and words of any text. */
  awsSecretChars: 12,
  snsBatch: 10,
  snsBatchBytes: 262_144,
  kinesisBatch: 500,
  kinesisBatchBytes: 5_242_880,
  firehoseBatch: 500,
  firehoseBatchBytes: 4_194_304,
  logEventsAtOnce: 500,
  // Characters that AWS takes: of an incident's trigger, and of the texts of an operational item.
  incidentRawChars: 10_000,
  opsItemTitleChars: 1_024,
  opsItemDescriptionChars: 2_048,
  opsItemSourceChars: 128,
  opsItemLabelChars: 64,

  /** What is kept of a request or an answer for operators to look at. */
  attemptDetailChars: 1_024,
  /** What is read of the answer to an HTTP request. */
  httpAnswerBytes: 262_144,

  /** One request of an API destination, as the service has it (rules-targets-delivery §7), and the most that can be set. */
  httpTimeoutMs: 5_000,
  httpMaximumTimeoutMs: 60_000,

  /** Requests of one lane under way at once: to begin with, and at most. */
  httpFirstConcurrency: 8,
  httpConcurrency: 64,
  /** An answer is not slow unless it takes this much longer than usual. */
  httpSlowMs: 100,
  /** How much of an API destination's rate may wait for its turn outside of the lanes. */
  httpRateQueueMs: 1_000,
  /** Before a delivery is tried again whose connection is being authorized. */
  apiDestinationWaitMs: 1_000,

  /** A token is renewed when it runs out within this time (archive-replay-connections §3.2). */
  oauthRefreshMs: 60_000,
  /** How long an authorization server may take. */
  oauthTimeoutMs: 10_000,
  /** How often a server that cannot be reached is asked for the first token, and the pause, which grows by as much. */
  oauthAuthorizeTries: 4,
  oauthRetryMs: 1_000,
  /** A token longer than this would fit into no header. */
  oauthTokenChars: 8_192,

  // The pools of connections that HTTP targets share.
  /** Connections to one origin; further requests wait for one of them. */
  httpConnectionsPerOrigin: 128,
  /** Origins that have open connections at the same time: more than there may be API destinations. */
  httpOrigins: 4_096,
  httpConnectMs: 10_000,
  /** Below the shortest keep-alive time (5 s) that common servers have without saying so. */
  httpIdleConnectionMs: 4_000,
} as const;
