import type { Clock } from '../../engine/ports/clock.ts';
import { limits } from '../../model/limits.ts';
import type { LineSink } from './admin-route.ts';

/** Keeps the connection warm, and finds out that a client is gone. Answers how to stop. */
export function startPings(sink: LineSink, clock: Clock): () => void {
  let cancel: () => void;
  let pending = false;
  const again = (): void => {
    cancel = clock.after(
      limits.tailPingMs,
      () => {
        again();
        // A client that has not taken the last one is not sent more.
        if (pending) return;
        pending = true;
        void sink.write(['{"type":"ping"}']).finally(() => (pending = false));
      },
      'housekeeping',
    );
  };
  again();
  return () => cancel();
}
