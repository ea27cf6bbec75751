import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkErrorRow, Fixture, type ErrorRow } from './fixture.ts';

const ENVELOPE = { id: '1', account: '1', source: 'com.a', time: 't', region: 'r', 'detail-type': 'x' };
const event = (parts: object = {}): string => JSON.stringify({ ...ENVELOPE, ...parts });

const INVALID = 'ValidationException: Parameter Event is not valid.';
const badEvent = (name: string, Event: string): ErrorRow => ({
  name,
  call: ['TestEventPattern', { EventPattern: '{"source":["com.a"]}', Event }],
  error: INVALID,
});

const ERRORS: readonly ErrorRow[] = [
  badEvent('no JSON', 'x'),
  badEvent('a list', '[]'),
  badEvent('a scalar', 'null'),
  ...Object.keys(ENVELOPE).map((member) => badEvent(`no ${member}`, event({ [member]: undefined }))),
  {
    name: 'a bad pattern, before a bad event',
    call: ['TestEventPattern', { EventPattern: '{"resources": []}', Event: 'x' }],
    error:
      'InvalidEventPatternException: Event pattern is not valid. Reason: Empty arrays are not allowed\n' +
      ' at [Source: (String)"{"resources": []}"; line: 1, column: 17]',
  },
];

for (const row of ERRORS) test(`error: ${row.name}`, () => checkErrorRow(row));

for (const [name, pattern, Event, Result] of [
  ['a match', '{"source":["com.a"]}', event(), true],
  ['no match', '{"source":["com.b"]}', event(), false],
  ['resources and detail may be missing', '{"detail":{"a":[{"exists":false}]}}', event(), true],
  ['types are not checked', '{"detail-type":["a"]}', event({ 'detail-type': ['a', 'b'] }), true],
  ['a detail that is text is not looked into', '{"detail":{"a":[1]}}', event({ detail: '{"a":1}' }), false],
  ['numbers match by value', '{"detail":{"a":[100]}}', event().replace('}', ',"detail":{"a":1e2}}'), true],
] as const) {
  test(name, async () => {
    const fixture = await Fixture.open();
    assert.deepEqual(await fixture.call('TestEventPattern', { EventPattern: pattern, Event }), { Result });
  });
}

test('every operation is there once', async () => {
  const { names } = await Fixture.open();
  assert.equal(names.length, 42);
  assert.equal(new Set(names).size, 42);
});
