import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import type { CronSchedule } from '../../src/engine/schedule/cron.ts';
import { parseScheduleExpression } from '../../src/engine/schedule/expression.ts';
import { foresee, timetableOf } from '../../src/engine/schedule/timetable.ts';
import { Zone } from '../../src/engine/schedule/zone.ts';

const at = (text: string): number => Date.parse(text);
const text = (instant: number): string => new Date(instant).toISOString().replace(':00.000Z', 'Z');

function ticks(expression: string, zone: string, after: string, count: number): string[] {
  const timetable = timetableOf(parseScheduleExpression(expression)!, Zone.named(zone)!, at(after));
  const found: string[] = [];
  for (let next = timetable.next(at(after)); next !== undefined && found.length < count;) {
    found.push(text(next));
    next = timetable.next(next);
  }
  return found;
}

const TABLE: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['rate(5 minutes)', 'UTC', '2026-01-01T00:02Z', ['2026-01-01T00:07Z', '2026-01-01T00:12Z']],
  ['rate(1 day)', 'Europe/Paris', '2026-03-28T12:00Z', ['2026-03-29T12:00Z', '2026-03-30T12:00Z']],
  ['cron(0 8 L * ? *)', 'UTC', '2026-01-31T08:00Z', ['2026-02-28T08:00Z', '2026-03-31T08:00Z']],
  ['cron(0 8 LW * ? *)', 'UTC', '2026-01-01T00:00Z', ['2026-01-30T08:00Z', '2026-02-27T08:00Z']],
  ['cron(0 8 1W * ? *)', 'UTC', '2026-07-15T00:00Z', ['2026-08-03T08:00Z', '2026-09-01T08:00Z']],
  ['cron(0 8 31W * ? *)', 'UTC', '2026-02-01T00:00Z', ['2026-03-31T08:00Z', '2026-05-29T08:00Z']],
  ['cron(0 8 ? * 6L *)', 'UTC', '2026-02-01T00:00Z', ['2026-02-27T08:00Z', '2026-03-27T08:00Z']],
  ['cron(0 8 ? * L *)', 'UTC', '2026-02-01T00:00Z', ['2026-02-07T08:00Z', '2026-02-14T08:00Z']],
  ['cron(0 8 ? * MON#5 *)', 'UTC', '2026-02-01T00:00Z', ['2026-03-30T08:00Z', '2026-06-29T08:00Z']],
  ['cron(0 0 29 2 ? *)', 'UTC', '2096-03-01T00:00Z', ['2104-02-29T00:00Z', '2108-02-29T00:00Z']],
  ['cron(0 0 30 2 ? *)', 'UTC', '2026-01-01T00:00Z', []],
  ['cron(0 0 1 1 ? 2002-2005)', 'UTC', '2026-01-01T00:00Z', []],
  ['cron(59 23 31 12 ? 2199)', 'UTC', '2026-01-01T00:00Z', ['2199-12-31T23:59Z']],
  ['cron(0 20-2/3 ? * FRI-MON *)', 'UTC', '2026-01-01T21:00Z', ['2026-01-02T02:00Z', '2026-01-02T20:00Z']],
  // Paris skips 02:00 to 03:00 on 29 March, and shows it twice on 25 October.
  ['cron(30 2 * * ? *)', 'Europe/Paris', '2026-03-27T12:00Z', ['2026-03-28T01:30Z', '2026-03-30T00:30Z']],
  ['cron(30 2 * * ? *)', 'Europe/Paris', '2026-10-24T12:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
  ['cron(0/30 * * * ? *)', 'Europe/Paris', '2026-10-25T00:10Z', ['2026-10-25T00:30Z', '2026-10-25T02:00Z']],
  // Samoa went over the date line and had no 30 December.
  ['cron(0 12 * * ? *)', 'Pacific/Apia', '2011-12-29T00:00Z', ['2011-12-29T22:00Z', '2011-12-30T22:00Z']],
];

describe('the ticks of a schedule', () => {
  for (const [expression, zone, after, expected] of TABLE) {
    it(`${expression} in ${zone} after ${after}`, () => {
      assert.deepEqual(ticks(expression, zone, after, 2), expected);
    });
  }
});

test('a rate counts whole periods from its anchor, however late it is asked', () => {
  const anchor = at('2026-01-01T00:00:46Z');
  const timetable = timetableOf(parseScheduleExpression('rate(7 minutes)')!, Zone.named('UTC')!, anchor);
  assert.equal(timetable.next(anchor - 1), anchor + 420_000);
  assert.equal(timetable.next(anchor), anchor + 420_000);
  assert.equal(timetable.next(anchor + 420_000), anchor + 840_000);
  assert.equal(timetable.next(anchor + 999 * 420_000 + 5), anchor + 1_000 * 420_000);
});

test('a preview says why a day is missing, and why an hour is not repeated', () => {
  const zone = Zone.named('Europe/Paris')!;
  const cron = parseScheduleExpression('cron(30 2 * * ? *)') as CronSchedule;
  const outlook = { cron, timetable: timetableOf(cron, zone, 0) };
  const preview = (after: string) =>
    foresee(outlook, zone, at(after), 3).map(({ local, instant, offset, note }) => [
      local,
      instant && text(instant),
      offset,
      note,
    ]);
  assert.deepEqual(preview('2026-03-27T12:00Z'), [
    ['2026-03-28T02:30:00', '2026-03-28T01:30Z', '+01:00', undefined],
    [
      '2026-03-29T02:30:00',
      undefined,
      undefined,
      'no tick: the clocks of Europe/Paris skip 02:30 on 2026-03-29',
    ],
    [
      '2026-03-30T02:30:00',
      '2026-03-30T00:30Z',
      '+02:00',
      'the clocks of Europe/Paris went from UTC+01:00 to UTC+02:00',
    ],
    ['2026-03-31T02:30:00', '2026-03-31T00:30Z', '+02:00', undefined],
  ]);
  assert.deepEqual(preview('2026-10-24T12:00Z').slice(0, 2), [
    [
      '2026-10-25T02:30:00',
      '2026-10-25T00:30Z',
      '+02:00',
      'the clocks of Europe/Paris show this time twice (UTC+02:00 and UTC+01:00): one tick, the first time',
    ],
    [
      '2026-10-26T02:30:00',
      '2026-10-26T01:30Z',
      '+01:00',
      'the clocks of Europe/Paris went from UTC+02:00 to UTC+01:00',
    ],
  ]);
});

test('a zone that nobody knows', () => {
  assert.equal(Zone.named('Europe/Atlantis'), undefined);
  assert.ok(Zone.named('CET'));
});
