/** The limits of target connectors: a part of `limits`. All are Busbar's own where nothing else is said. */
export const targetLimits = {
  // How much a target takes at once.
  queueTargetBatch: 256,
  queueTargetSends: 4,
  logGroupTargetBatch: 256,
  logGroupTargetSends: 4,
  eventBusTargetBatch: 256,
  eventBusTargetSends: 4,

  // The block `BusbarParameters` of a target.
  busbarParameterChars: 1_024,
  busbarParameterItems: 64,

  /** What is kept of a request or an answer for operators to look at. */
  attemptDetailChars: 1_024,
  /** What is read of the answer to an HTTP request. */
  httpAnswerBytes: 262_144,
} as const;
