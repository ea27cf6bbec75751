// Dead letters that are redriven with another payload, or to another target.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PayloadEditor } from '../../src/engine/deliver/payload-editor.ts';
import { DELIVERED, type SendOutcome } from '../../src/engine/ports/connector.ts';
import type { DeadLetter } from '../../src/engine/ports/storage.ts';
import { systemClock } from '../../src/clock.ts';
import { limits } from '../../src/model/limits.ts';
import { fixtureArn, World } from './world.ts';

const ARN = fixtureArn('t');
const OTHER = fixtureArn('other');
const REFUSED: SendOutcome = { status: 'reject', code: 'INVALID_PARAMETER', reason: 'no amount' };
const BUSY: SendOutcome = { status: 'retry', code: 'ERROR_FROM_TARGET', reason: 'busy' };

/** A world in which one event has failed for good at the rule `t`. */
async function failedWorld(detail: object = {}): Promise<{ world: World; letter: DeadLetter }> {
  const world = await World.start();
  await world.rule('t');
  world.targets.behave(ARN, () => REFUSED);
  await world.publish([world.event('test', detail)]);
  await world.clock.advance(1_000);
  world.targets.behave(ARN, () => DELIVERED);
  const [letter] = await world.storage.deadLetters.list({ max: 1 });
  return { world, letter: letter! };
}

interface Edited {
  readonly title: string;
  readonly expression: string;
  readonly payload: string;
  readonly answer: { readonly edited: string } | RegExp;
}

const edits: readonly Edited[] = [
  {
    title: 'a member',
    expression: 'detail.total',
    payload: '{"detail":{"total":5}}',
    answer: { edited: '5' },
  },
  {
    title: 'a changed member',
    expression: '$ ~> |detail|{"total": total * 2}|',
    payload: '{"detail":{"total":5,"b":[1]}}',
    answer: { edited: '{"detail":{"total":10,"b":[1]}}' },
  },
  { title: 'nothing', expression: 'detail.nothing', payload: '{"detail":{}}', answer: /answers nothing/ },
  { title: 'no JSON', expression: '$', payload: 'hello', answer: /cannot be edited: it is no JSON/ },
  { title: 'a syntax error', expression: '{"a": ', payload: '{}', answer: /fails.*S0/ },
  {
    title: 'a number that would change',
    expression: '$',
    payload: '{"n":12345678901234567890}',
    answer: /12345678901234567890/,
  },
  { title: 'a fraction', expression: '$', payload: '{"n":1.5e300}', answer: { edited: '{"n":1.5e+300}' } },
  {
    title: 'an endless recursion',
    expression: '($f := function($x){1 + $f($x)}; $f(1))',
    payload: '{}',
    answer: /fails/,
  },
  {
    title: 'an endless loop',
    expression: '($f := function($x){$f($x)}; $f(1))',
    payload: '{}',
    answer: /fails|longer than/,
  },
  {
    title: 'a regular expression that never ends',
    expression: '$match(s, /^(a+)+$/)',
    payload: `{"s":"${'a'.repeat(60)}!"}`,
    answer: /longer than/,
  },
  {
    title: 'more than memory holds',
    expression:
      '($g := function($s, $n){$n = 0 ? $s : $g($s & $s, $n - 1)}; $map([1..1000], function($i){$g("xxxxxxxx" & $string($i), 20)}))',
    payload: '{}',
    answer: /memory|fails|longer than|more than/,
  },
];

for (const { title, expression, payload, answer } of edits) {
  test(`an edit: ${title}`, async () => {
    const editor = new PayloadEditor(expression, systemClock());
    try {
      const given = await editor.apply(payload);
      if (answer instanceof RegExp) assert.match('reason' in given ? given.reason : '', answer);
      else assert.deepEqual(given, answer);
    } finally {
      await editor.close();
    }
  });
}

test('an expression that was ended once is not tried on the next payload', async () => {
  const editor = new PayloadEditor('$match(s, /^(a+)+$/)', systemClock());
  await editor.apply(`{"s":"${'a'.repeat(60)}!"}`);
  assert.match(JSON.stringify(await editor.apply('{"s":"b"}')), /longer than/);
  await editor.close();
});

test('an edited payload is shown first, then delivered, and the letter is gone', async () => {
  const { world, letter } = await failedWorld({ total: 5 });
  const { redrives } = world.engine;
  const manner = { edit: 'detail.{"amount": total}' };
  const [preview] = await redrives.preview([{ id: letter.id }], manner);
  assert.ok(preview?.status === 'redrivable');
  assert.match(preview.before!, /"total":5/);
  assert.equal(preview.after, '{"amount":5}');
  assert.equal(world.targets.seen.length, 1);
  const [result] = await redrives.redrive([{ id: letter.id }], manner);
  assert.equal(result!.status, 'redriven');
  await world.clock.advance(1_000);
  assert.equal(world.targets.seen.at(-1)!.delivery.payload, '{"amount":5}');
  assert.equal(world.targets.seen.at(-1)!.delivery.event, world.targets.seen[0]!.delivery.event);
  assert.deepEqual(await world.deadLetters(), []);
});

test('an edited payload survives retries and a crash, and stands in the new dead letter', async () => {
  const { world, letter } = await failedWorld({ total: 5 });
  world.targets.behave(ARN, () => BUSY);
  await world.engine.redrives.redrive([{ id: letter.id }], { edit: '{"amount": detail.total}' });
  await world.clock.advance(5_000);
  await world.crash();
  world.targets.behave(ARN, () => REFUSED);
  await world.clock.advance(60_000);
  const last = world.targets.seen.at(-1)!.delivery;
  assert.equal(last.payload, '{"amount":5}');
  assert.ok(last.attempt > 1);
  const letters = await world.deadLetters();
  assert.deepEqual(
    letters.map(({ payload, code }) => ({ payload, code })),
    [{ payload: '{"amount":5}', code: 'INVALID_PARAMETER' }],
  );
});

test('a letter goes to another target, over a crash, and the old one is gone', async () => {
  const { world, letter } = await failedWorld();
  world.targets.behave(OTHER, () => BUSY);
  const [result] = await world.engine.redrives.redrive([{ id: letter.id }], { to: OTHER });
  assert.equal(result!.status, 'redriven');
  await world.clock.advance(5_000);
  await world.crash();
  world.targets.behave(OTHER, () => DELIVERED);
  await world.clock.advance(60_000);
  assert.deepEqual(world.targets.deliveredTo(OTHER), [letter.eventId]);
  assert.deepEqual(world.targets.deliveredTo(ARN), []);
  assert.deepEqual(await world.deadLetters(), []);
  assert.equal(await world.backlogRows(), 0);
});

test('a letter that fails elsewhere says where', async () => {
  const { world, letter } = await failedWorld();
  world.targets.behave(OTHER, () => REFUSED);
  await world.engine.redrives.redrive([{ id: letter.id }], { to: OTHER });
  await world.clock.advance(1_000);
  const letters = await world.storage.deadLetters.list({ max: 10 });
  assert.deepEqual(
    letters.map(({ target }) => target),
    [OTHER],
  );
});

test('a target that nothing serves is refused', async () => {
  const { world, letter } = await failedWorld();
  const rows: [string, RegExp][] = [
    ['nonsense', /nonsense is not an ARN/],
    ['arn:aws:nothing:us-east-1:111111111111:x', /no connector/],
    [`arn:aws:fixture:us-east-1:111111111111:${'x'.repeat(limits.adminNameChars)}`, /is not an ARN/],
  ];
  for (const [to, reason] of rows) {
    const [result] = await world.engine.redrives.redrive([{ id: letter.id }], { to });
    assert.equal(result!.status, 'invalid');
    assert.match(result!.reason!, reason);
  }
  assert.equal((await world.deadLetters()).length, 1);
});
