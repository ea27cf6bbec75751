/** The limits of local functions: a part of `limits`. */
export const functionLimits = {
  // AWS Lambda quotas.
  /** The payload of a call that waits for its result, and the result. */
  functionPayloadBytes: 6_291_556,
  /** The payload of a call that does not wait, and so of a rule's delivery. */
  functionEventBytes: 1_048_576,
  functionTimeoutMs: 900_000,
  functionMinimumMemoryMegabytes: 32,
  functionMemoryMegabytes: 10_240,
  /** The end of a function's output that an answer shows. */
  functionLogTailBytes: 4_096,
  /** A module must be loaded within this. */
  functionInitMs: 10_000,
  /** Pauses before a call that does not wait is tried again. */
  functionEventRetryMs: [60_000, 120_000],
  functionListPage: 50,

  // Busbar's own: what functions are allowed when the configuration does not say.
  functionDefaultTimeoutMs: 30_000,
  functionDefaultMemoryMegabytes: 128,
  functionDefaultConcurrency: 4,

  // Busbar's own: bounds of the processes that run functions.
  functionMaximumConcurrency: 256,
  /** Functions that a configuration may name. */
  functions: 1_000,
  /** Processes of all functions together. */
  functionProcesses: 64,
  /** Calls of one function that wait for a process; further ones are told to come again. */
  functionQueuedCalls: 1_000,
  /** Calls that nobody waits for, under way or due again, over all functions. */
  functionEventCalls: 1_000,
  /** A process that had nothing to do for this long ends. */
  functionIdleMs: 300_000,
  /** After its end, how long the last words of a process are waited for. */
  functionLastWordsMs: 200,
  /** A message from a process: a result of the largest size, escaped as JSON inside JSON. */
  functionMessageBytes: 16_777_216,
  /** Output of one call that is kept; the rest is dropped with a note. */
  functionOutputBytes: 1_048_576,
  /** One line of it. */
  functionOutputLineBytes: 262_144,
  /** So much output is written at once. */
  functionOutputWriteBytes: 65_536,
  /** How long less of it waits for more. */
  functionOutputDelayMs: 500,
  /** Files of a function's code that are watched for changes. */
  functionWatchedFiles: 1_000,
  /** A change is acted upon when no further one follows for this long. */
  functionReloadDelayMs: 100,

  // Busbar's own: functions elsewhere, as targets.
  functionRemoteSends: 16,
  /** How long the result of a call elsewhere is waited for: within what an attempt may take. */
  functionRemoteCallMs: 55_000,
} as const;
