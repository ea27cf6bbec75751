import type { SendOutcome } from '../engine/ports/connector.ts';

const OUT_OF_TIME: SendOutcome = {
  status: 'retry',
  code: 'TIMEOUT',
  reason: 'The target did not answer in time.',
};

type Callback = () => void;

/** Who waits for a signal. Many sends share a signal, and a listener of its own for each would cost more than the send. */
const waiting = new WeakMap<AbortSignal, Set<Callback>>();

function waitersOf(signal: AbortSignal): Set<Callback> {
  const known = waiting.get(signal);
  if (known) return known;
  const waiters = new Set<Callback>();
  waiting.set(signal, waiters);
  signal.addEventListener('abort', () => waiters.forEach((callback) => callback()), { once: true });
  return waiters;
}

/** Calls back when a signal that has not aborted does so; returns how to forget about it. */
export function whenAborted(signal: AbortSignal, callback: () => void): () => void {
  const waiters = waitersOf(signal);
  waiters.add(callback);
  return () => waiters.delete(callback);
}

/**
 * Waits for a send that cannot be stopped by itself. Once the signal aborts, every delivery is to be retried: what the
 * target took nevertheless it gets again under the same delivery id. `send` is not begun when it is too late already.
 */
export function untilAborted(
  count: number,
  signal: AbortSignal,
  send: () => Promise<SendOutcome[]>,
): Promise<SendOutcome[]> {
  const late = (): SendOutcome[] => Array.from({ length: count }, () => OUT_OF_TIME);
  if (signal.aborted) return Promise.resolve(late());
  return new Promise((resolve, reject) => {
    const forget = whenAborted(signal, () => resolve(late()));
    send().then(
      (outcomes) => {
        forget();
        resolve(outcomes);
      },
      (error: unknown) => {
        forget();
        reject(error as Error);
      },
    );
  });
}
