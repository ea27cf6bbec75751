import type { SendOutcome } from '../engine/ports/connector.ts';

const OUT_OF_TIME: SendOutcome = {
  status: 'retry',
  code: 'TIMEOUT',
  reason: 'The target did not answer in time.',
};

/**
 * Waits for a send that cannot be stopped by itself. Once the signal aborts, every delivery is to be retried: what the
 * target took nevertheless it gets again under the same delivery id. `send` is not begun when it is too late already.
 */
export async function untilAborted(
  count: number,
  signal: AbortSignal,
  send: () => Promise<SendOutcome[]>,
): Promise<SendOutcome[]> {
  const late = (): SendOutcome[] => Array.from({ length: count }, () => OUT_OF_TIME);
  if (signal.aborted) return late();
  const { promise, resolve, reject } = Promise.withResolvers<SendOutcome[]>();
  const onAbort = (): void => resolve(late());
  signal.addEventListener('abort', onAbort, { once: true });
  send().then(resolve, reject);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
