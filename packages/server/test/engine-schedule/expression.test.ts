import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScheduleExpression } from '../../src/engine/schedule/expression.ts';

const ACCEPTED = [
  'rate(1 minute)',
  'rate(1 hour)',
  'rate(1 day)',
  'rate(5 minutes)',
  'rate(10 hours)',
  'rate(365 days)',
  'cron(0 2 ? * SAT *)',
  'cron(5,35 14 * * ? *)',
  'cron(15 10 ? * 6L 2002-2005)',
  'cron(0 2 ? * SAT#3 *)',
  'cron(* * ? * SAT#3 *)',
  'cron(0/5 5 ? JAN 1-5 2022)',
  'cron(0 8 1 * ? *)',
  'cron(0/10 * ? * MON-FRI *)',
  'cron(*/7 20-2 L * ? *)',
  'cron(0 0 LW * ? *)',
  'cron(0 0 15W 1,3,5-7 ? 2199)',
  'cron(0 0 ? * FRI-MON *)',
  'cron(0 0 ? * L *)',
  'cron(0  0   1 1 ? 1970)',
  'cron(0 0 1/10 */3 ? 2024/2)',
  'cron(0-30/10 9 ? jan mon *)',
];

for (const text of ACCEPTED) test(`accepted: ${text}`, () => assert.ok(parseScheduleExpression(text)));

const REJECTED = [
  'rate(10 seconds)',
  'rate(10 years)',
  'rate(1 minutes)',
  'rate(1 hours)',
  'rate(1 days)',
  'rate(10 minute)',
  'rate(10 hour)',
  'rate(10 day)',
  'rate()',
  'rate(10)',
  'rate(10 minutess)',
  'rate(foo minutes)',
  'rate(0 minutes)',
  'rate(-10 minutes)',
  'rate(+10 minutes)',
  'rate(1.5 hours)',
  'rate(10 MINUTES)',
  'RATE(10 minutes)',
  'rate( 10 minutes )',
  'rate(10  minutes)',
  ' rate(10 minutes)',
  'rate(10 minutes) ',
  'rate(10 minutes)\n',
  'rate(9999999999 days)',
  'cron(0 1 * * * *)',
  'cron(0 1 ? * ? *)',
  'cron(0 1 1 * 1 *)',
  'cron(7 20 * * NOT *)',
  'cron(INVALID)',
  'cron(0 dummy ? * MON-FRI *)',
  'cron(71 8 1 * ? *)',
  'cron(0 8 1 * ?)',
  'cron(0 8 1 * ? * *)',
  'cron(0 24 1 * ? *)',
  'cron(0 0 0 * ? *)',
  'cron(0 0 32 * ? *)',
  'cron(0 0 1 13 ? *)',
  'cron(0 0 1 MAR-XXX ? *)',
  'cron(0 0 ? * 8 *)',
  'cron(0 0 ? * 0 *)',
  'cron(0 0 ? * 2/2 *)',
  'cron(0 0 ? * SAT#6 *)',
  'cron(0 0 ? * SAT#0 *)',
  'cron(0 0 ? * MON,SAT#3 *)',
  'cron(0 0 1 * ? 1969)',
  'cron(0 0 1 * ? 2200)',
  'cron(0 0 1 * ? 2025-2024)',
  'cron(? 0 1 * ? *)',
  'cron(0/0 0 1 * ? *)',
  'cron(0/60 0 1 * ? *)',
  'cron(1- 0 1 * ? *)',
  'cron(1-2-3 0 1 * ? *)',
  'cron(1,,2 0 1 * ? *)',
  'cron(, 0 1 * ? *)',
  'cron(0 0 32W * ? *)',
  'cron( 0 0 1 * ? *)',
  'cron(0 0 1 * ? * )',
  'cron(0 0 1 * ? *',
  'cron 0 0 1 * ? *',
  'CRON(0 0 1 * ? *)',
  'at(2024-01-01T00:00:00)',
  '',
];

for (const text of REJECTED) {
  test(`rejected: ${JSON.stringify(text)}`, () => assert.equal(parseScheduleExpression(text), undefined));
}

test('a rate says how long a period lasts', () => {
  assert.deepEqual(parseScheduleExpression('rate(5 minutes)'), {
    kind: 'rate',
    value: 5,
    unit: 'minute',
    periodMs: 300_000,
  });
});

test('a cron expression is taken apart', () => {
  assert.deepEqual(parseScheduleExpression('cron(0/20 22-1 ? JAN,MAR FRI-MON 2024-2025)'), {
    kind: 'cron',
    minutes: [0, 20, 40],
    hours: [0, 1, 22, 23],
    daysOfMonth: undefined,
    months: [1, 3],
    daysOfWeek: { days: [1, 2, 6, 7], lastDays: [], nth: undefined },
    years: [2024, 2025],
  });
  const monthly = parseScheduleExpression('cron(0 0 1,15W,L * ? 2024)');
  assert.deepEqual(monthly?.kind === 'cron' && monthly.daysOfMonth, {
    days: [1],
    last: true,
    nearestWeekdays: [15],
    lastWeekday: false,
  });
  const third = parseScheduleExpression('cron(0 0 ? * SAT#3 2024)');
  assert.deepEqual(third?.kind === 'cron' && third.daysOfWeek?.nth, { day: 7, week: 3 });
  const last = parseScheduleExpression('cron(0 0 ? * 6L 2024)');
  assert.deepEqual(last?.kind === 'cron' && last.daysOfWeek?.lastDays, [6]);
});
