/** Added to a place in a queue, so that every number has the twenty digits that clients know, and texts sort like numbers. */
const BASE = 10n ** 19n;

/** A message's place in its FIFO queue as clients see it. */
export const sequenceNumber = (sequence: bigint): string => String(BASE + sequence);
