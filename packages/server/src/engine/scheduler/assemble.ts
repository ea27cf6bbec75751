import type { Ingest } from '../ingest/ingest.ts';
import type { Lanes } from '../lane/lanes.ts';
import type { Logs } from '../logs.ts';
import type { Metrics } from '../metrics.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { LogId, Storage } from '../ports/storage.ts';
import type { Scope } from '../../model/resources.ts';
import type { RuleBooks } from '../route/rule-book.ts';
import { Clockwork } from '../schedule/clockwork.ts';
import { RuleSchedules } from '../schedule/rule-schedules.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import { Backfills } from './backfills.ts';
import { ScheduleControls } from './controls.ts';
import { ScheduleRemains } from './remains.ts';
import { ScheduleBook } from './schedule-book.ts';
import { ScheduleCatalog } from './schedule-catalog.ts';
import { Scheduler } from './scheduler.ts';
import { Schedules } from './schedules.ts';

export interface TimeParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly trouble: StorageTrouble;
  readonly ingest: Ingest;
  readonly books: RuleBooks;
  readonly logs: Logs;
  readonly lanes: Lanes;
}

/** Everything that goes by time: the clockwork, and the owners of its timers. */
export function assembleTime(parts: TimeParts) {
  const { storage, clock, random, logger, metrics, trouble, ingest, books, logs, lanes } = parts;
  const lateness = metrics.histogram('tick_lateness_milliseconds');
  const clockwork = new Clockwork({ timers: storage.timers, ingest, clock, trouble, lateness });
  const ruleSchedules = new RuleSchedules({
    timers: storage.timers,
    clockwork,
    clock,
    logger,
    trouble,
    rule: (uid) => books.scheduled(uid),
    log: (rule) => logs.ticksOf(rule),
  });
  const catalog = new ScheduleCatalog(storage.catalog);
  const book = new ScheduleBook(metrics, lanes, (scope, position) => logs.areTicksRouted(scope, position));
  books.schedules = book;
  const log = (scope: Scope): Promise<LogId> => logs.ticksOf(scope);
  const schedules = new Schedules({
    timers: storage.timers,
    catalog,
    book,
    clockwork,
    clock,
    random,
    logger,
    log,
    holds: (address) => lanes.holds(address),
  });
  clockwork.add(ruleSchedules);
  clockwork.add(schedules);
  const backfills = new Backfills({ catalog, book, clockwork, ingest, clock, random, log });
  clockwork.add(backfills);
  const controls = new ScheduleControls({ catalog, schedules, backfills, clock, random });
  const remains = new ScheduleRemains(storage.catalog);
  const scheduler = new Scheduler({ storage, catalog, book, schedules, controls, remains, clock, trouble });
  return { clockwork, ruleSchedules, scheduler };
}
