import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import {
  everTicks,
  parseSchedulerExpression,
  schedulerTimetable,
  type Bounds,
} from '../../src/engine/schedule/scheduler-expression.ts';
import { Zone } from '../../src/engine/schedule/zone.ts';

const ACCEPTED = [
  'RATE(5 MINUTES)',
  'Cron(0 8 * * ? *)',
  'rate(1 minutes)',
  'rate(2 minute)',
  'rate(1minute)',
  'cron(0 8 * * ?)',
  'cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)',
  'cron(30-30 13-13 ? * 2,4,6 *)',
  'cron(0-59/10 * * * ? *)',
  'cron(*/15 * * * ? *)',
  'cron(0 8 L * ? *)',
  'cron(0 8 1W * ? *)',
  'cron(0 8 ? * 3L *)',
  'cron(0 8 ? * 2#1 *)',
  'cron(0 8 ? * MON/2 *)',
  'at(2030-01-01T00:00)',
  'at(2030-01-01T00:00:00)',
  'AT(2028-02-29T23:59:59)',
];

const REJECTED = [
  'rate(0 minutes)',
  'rate(-1 hour)',
  'rate(1.5 hours)',
  'rate(30 seconds)',
  'rate(1 week)',
  'rate(1 year)',
  ' rate(1 hour)',
  'rate(1 hour) ',
  'rate( 1 hour)',
  'rate(1 hour )',
  'cron(0 8 * *)',
  'cron(0 0 8 * * ? *)',
  'cron(0 1 * * * *)',
  'cron(0 1 ? * ? *)',
  'cron(71 8 1 * ? *)',
  'cron(INVALID)',
  'cron()',
  'cron(7 20 * * NOT *)',
  'cron(0 8 ? * 2#6 *)',
  'at(2030-01-01T00:00:00Z)',
  'at(2030-01-01T00:00:00+01:00)',
  'at(2030-01-01T00:00:00.000)',
  'at(2030-01-01 00:00:00)',
  'at(2030-01-01)',
  'at(2030-02-30T00:00:00)',
  'at(2030-01-01T24:00:00)',
  'at(2030-01-01T00:60:00)',
  'in(5 minutes)',
  '',
];

describe('the grammar of the Scheduler', () => {
  for (const text of ACCEPTED) it(`accepted: ${text}`, () => assert.ok(parseSchedulerExpression(text)));
  for (const text of REJECTED) {
    it(`rejected: ${JSON.stringify(text)}`, () => assert.equal(parseSchedulerExpression(text), undefined));
  }
});

const at = (text: string): number => Date.parse(text);

function ticks(
  expression: string,
  bounds: Partial<Bounds> & { anchor: number },
  zone = 'UTC',
  count = 3,
): string[] {
  const { anchor, start, end } = bounds;
  const timetable = schedulerTimetable(parseSchedulerExpression(expression)!, Zone.named(zone)!, {
    anchor,
    start,
    end,
  });
  const found: string[] = [];
  for (let next = timetable.next(anchor - 1); next !== undefined && found.length < count;) {
    found.push(new Date(next).toISOString().slice(5, 19));
    next = timetable.next(next);
  }
  return found;
}

test('a rate begins at once, or with its start, and keeps the second', () => {
  const anchor = at('2026-05-01T05:48:46Z');
  assert.deepEqual(ticks('rate(1 minute)', { anchor }), [
    '05-01T05:48:46',
    '05-01T05:49:46',
    '05-01T05:50:46',
  ]);
  const start = at('2026-05-02T00:00:00Z');
  assert.deepEqual(ticks('rate(12 hours)', { anchor, start }), [
    '05-02T00:00:00',
    '05-02T12:00:00',
    '05-03T00:00:00',
  ]);
  const past = at('2026-05-01T05:46:00Z');
  assert.deepEqual(ticks('rate(5 minutes)', { anchor, start: past }, 'UTC', 1), ['05-01T05:51:00']);
});

test('start and end include their own instant; `at` knows neither', () => {
  const anchor = at('2026-05-01T00:00:00Z');
  const [start, end] = [at('2026-05-03T08:00:00Z'), at('2026-05-05T08:00:00Z')];
  assert.deepEqual(ticks('cron(0 8 * * ? *)', { anchor, start, end }, 'UTC', 9), [
    '05-03T08:00:00',
    '05-04T08:00:00',
    '05-05T08:00:00',
  ]);
  assert.deepEqual(ticks('at(2026-06-01T08:00)', { anchor, start, end }, 'Europe/Paris'), ['06-01T06:00:00']);
});

test('`at`: once; never in the past, nor at a time that the clocks skip', () => {
  const anchor = at('2026-03-01T00:00:00Z');
  assert.deepEqual(ticks('at(2026-02-28T23:59:59)', { anchor }), []);
  assert.deepEqual(ticks('at(2026-03-29T02:30)', { anchor }, 'Europe/Paris'), []);
  assert.deepEqual(ticks('at(2026-10-25T02:30)', { anchor }, 'Europe/Paris'), ['10-25T00:30:00']);
});

test('a calendar of years that are over', () => {
  const cron = (text: string) => parseSchedulerExpression(text) as Parameters<typeof everTicks>[0];
  assert.equal(everTicks(cron('cron(0 0 1 1 ? 2020)'), at('2026-01-01T00:00:00Z')), false);
  assert.equal(everTicks(cron('cron(0 0 1 1 ? 2027)'), at('2026-01-01T00:00:00Z')), true);
});
