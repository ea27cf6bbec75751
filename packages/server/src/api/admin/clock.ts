import type { ClockMover } from '../../engine/ports/clock-mover.ts';
import { ApiError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRoute } from './admin-route.ts';
import { badRequest, onlyParameters } from './parameters.ts';

const FIXED =
  "The clock is the machine's own. Start the daemon with --dev-clock to be able to advance it; never in production.";

/**
 * `POST /_busbar/clock` with `{"advanceMs": 86400000}`: moves the clock forward, doing all that becomes due on the way, in
 * order. Answers once that is done. An empty body tells where the clock stands.
 */
export function clock(mover: ClockMover | undefined): AdminRoute {
  return {
    method: 'POST',
    path: '/clock',
    summary: 'move the clock forward (with --dev-clock)',
    async run({ query, body }) {
      onlyParameters(query, []);
      if (!mover) throw new ApiError('ConflictException', FIXED, { status: 409 });
      const stranger = Object.keys(body).find((name) => name !== 'advanceMs');
      if (stranger !== undefined) throw badRequest(`There is no member "${stranger.slice(0, 64)}" here.`);
      const { advanceMs } = body;
      if (advanceMs === undefined) return { value: view(mover.now(), mover.offsetMs, 0) };
      if (
        !Number.isInteger(advanceMs) ||
        !((advanceMs as number) > 0 && (advanceMs as number) <= limits.clockAdvanceMs)
      ) {
        throw badRequest(`"advanceMs" must be a whole number from 1 to ${limits.clockAdvanceMs}.`);
      }
      const { now, offsetMs, stops } = await mover.advance(advanceMs as number);
      return { value: view(now, offsetMs, stops) };
    },
  };
}

const view = (now: number, offsetMs: number, stops: number): object => ({
  now: new Date(now).toISOString(),
  offsetMs,
  stops,
});
