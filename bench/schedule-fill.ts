// Schedules by the million, written through the store as CreateSchedule writes them: the documents are copies of one that it made.
import { silentLogger } from '../packages/server/src/engine/ports/logger.ts';
import { scheduleArn, scheduleKey } from '../packages/server/src/engine/scheduler/schedule-catalog.ts';
import type { Schedule } from '../packages/server/src/model/schedule.ts';
import { openSqliteStorage } from '../packages/server/src/store/sqlite/index.ts';

const BATCH = 1_000;
const LANES = 4;

export const SCOPE = { account: '000000000000', region: 'us-east-1' };

/** One of the schedules to write. */
export interface Wish {
  readonly group: string;
  readonly name: string;
  readonly expression: string;
  /** When it was made, and its first tick. */
  readonly modifiedAt: number;
  readonly dueAt: number;
}

/** Writes `count` schedules like the template, a stopped daemon's `default` schedule of that name; answers the seconds. */
export async function fillSchedules(
  directory: string,
  template: string,
  count: number,
  wish: (n: number) => Wish,
): Promise<number> {
  const storage = await openSqliteStorage({ directory, logger: silentLogger });
  const began = performance.now();
  const made = (await storage.catalog.get('schedule', scheduleKey(SCOPE, 'default', template)))!;
  const like = made.value as Schedule;
  const write = async (from: number): Promise<void> => {
    const schedules = Array.from({ length: Math.min(BATCH, count - from) }, (_, at) => {
      const { group, name, expression, modifiedAt, dueAt } = wish(from + at);
      const uid = `00000000-0000-4000-8000-${String(from + at).padStart(12, '0')}`;
      const arn = scheduleArn(SCOPE, group, name);
      const document: Schedule = {
        ...like,
        uid,
        revision: uid,
        group,
        name,
        arn,
        expression,
        state: 'ENABLED',
        modifiedAt,
        createdAt: modifiedAt,
      };
      return { key: scheduleKey(SCOPE, group, name), document, dueAt };
    });
    const timers = schedules.map(({ key, document: { revision, modifiedAt }, dueAt }) => ({
      id: `schedule/${key}`,
      dueAt,
      document: { revision, scheduled: dueAt, from: modifiedAt },
    }));
    await storage.timers.change([], timers);
    await storage.catalog.write(
      schedules.map(({ key, document }) => ({ kind: 'schedule', key, value: document, expect: 'absent' })),
    );
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await write((next += BATCH) - BATCH);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await storage.close();
  return (performance.now() - began) / 1_000;
}
