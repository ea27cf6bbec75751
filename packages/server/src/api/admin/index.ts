import { ArchiveScans } from '../../engine/archive/scans.ts';
import type { Connections } from '../../engine/connections/connections.ts';
import type { Storage } from '../../engine/ports/storage.ts';
import type { Random } from '../../engine/ports/clock.ts';
import type { AdminRoute } from './admin-route.ts';
import { cancelReplay } from './cancel-replay.ts';
import { backtestPattern } from './backtest-pattern.ts';
import { clock } from './clock.ts';
import { exportArchive } from './export-archive.ts';
import { importArchive } from './import-archive.ts';
import { listDeadLetters } from './list-dead-letters.ts';
import { listReplays } from './list-replays.ts';
import { listRoutes } from './list-routes.ts';
import { nextTicks } from './next-ticks.ts';
import { redriveDeadLetters } from './redrive-dead-letters.ts';
import { rehearseReplay, replayedEvents } from './replay-stream.ts';
import { resendEvent } from './resend-event.ts';
import { setTarget } from './set-target.ts';
import { rotateSecrets } from './rotate-secrets.ts';
import { backfillSchedule } from './schedules/backfill-schedule.ts';
import { listSchedules } from './schedules/list-schedules.ts';
import { pauseSchedule, resumeSchedule } from './schedules/pause-schedule.ts';
import { setSchedule } from './schedules/set-schedule.ts';
import { showSchedule } from './schedules/show-schedule.ts';
import { triggerSchedule } from './schedules/trigger-schedule.ts';
import { showDeadLetter } from './show-dead-letter.ts';
import { showReplay } from './show-replay.ts';
import { startReplay } from './start-replay.ts';
import { status, type StatusParts } from './status.ts';
import { tail } from './tail.ts';
import { traceEvent } from './trace-event.ts';

/** What the operator's API works on. */
export interface AdminParts extends StatusParts {
  readonly connections: Connections;
  readonly storage: Pick<Storage, 'archives'>;
  readonly random: Random;
}

/** The routes of the operator's API, below `/_busbar`. One file a route, one line here. */
export function adminRoutes(parts: AdminParts): readonly AdminRoute[] {
  const { engine, clock: time, storage } = parts;
  const scanning = { engine, clock: time, scans: new ArchiveScans(storage.archives) };
  const routes = [
    status(parts),
    tail(parts.engine, parts.clock),
    nextTicks(parts.engine, parts.clock),
    listSchedules(parts.engine.scheduler),
    showSchedule(parts.engine.scheduler),
    setSchedule(parts.engine.scheduler),
    pauseSchedule(parts.engine.scheduler),
    resumeSchedule(parts.engine.scheduler),
    triggerSchedule(parts.engine.scheduler),
    backfillSchedule(parts.engine.scheduler, parts.clock, parts.random),
    clock(parts.mover),
    listDeadLetters(parts.engine),
    showDeadLetter(parts.engine),
    redriveDeadLetters(parts.engine),
    rotateSecrets(parts.connections),
    setTarget(parts.engine),
    traceEvent(parts.engine),
    resendEvent(parts.engine),
    startReplay(parts.engine, parts.clock),
    listReplays(parts.engine),
    showReplay(parts.engine, parts.clock),
    cancelReplay(parts.engine),
    replayedEvents(parts.engine, parts.clock),
    rehearseReplay(parts.engine, parts.clock),
    exportArchive(scanning),
    importArchive({ engine, clock: time, store: storage.archives }),
    backtestPattern(scanning),
  ];
  return [listRoutes(routes), ...routes];
}
