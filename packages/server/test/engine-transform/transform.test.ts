import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildEnvelope } from '../../src/engine/envelope.ts';
import { checkTargetInput, createPayloadBuilder } from '../../src/engine/transform/index.ts';
import type { PayloadResult } from '../../src/engine/transform/index.ts';

const RULE = { ruleArn: 'arn:aws:events:us-east-1:111111111111:rule/my-bus/my-rule', ruleName: 'my-rule' };
const INGESTED_AT = Date.parse('2024-05-13T12:27:20.789Z');

const EVENT = buildEnvelope({
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  detailType: 'core.update-account-command',
  source: 'core.update-account-command',
  account: '111111111111',
  time: Date.parse('2022-01-01T00:00:00Z'),
  region: 'us-east-1',
  resources: ['r1'],
  detail:
    '{"command":"update-account","payload":{"acc_id":"0a787ecb-4015","sf_id":"baz"},"listsingle":["HIGH"],' +
    '"listmulti":["ACTIVE","INACTIVE"],"valid":true,"price":1.0,"big":9007199254740993,"none":null,"quote":"say \\"hi\\"",' +
    '"line":"a\\nb","html":"<b>&</b>","numbers":[1,2],"object":{}}',
});

const PATHS = {
  'detail-type': '$.detail-type',
  timestamp: '$.time',
  command: '$.detail.command',
  missing: '$.detail.nowhere',
  userId: '$.detail.payload.acc_id',
  payload: '$.detail.payload',
  systemstring: '$.detail.awsAccountId',
  listsingle: '$.detail.listsingle',
  listmulti: '$.detail.listmulti',
  valid: '$.detail.valid',
  price: '$.detail.price',
  big: '$.detail.big',
  none: '$.detail.none',
  quote: '$.detail.quote',
  line: '$.detail.line',
  html: '$.detail.html',
  numbers: '$.detail.numbers',
  object: '$.detail.object',
};

const fill = (template: string): PayloadResult =>
  createPayloadBuilder({ InputTransformer: { InputPathsMap: PATHS, InputTemplate: template } }, RULE)(
    EVENT,
    INGESTED_AT,
  );

/** Templates and what is delivered; undefined: INVALID_JSON. The first block are answers recorded from the service. */
const TEMPLATES: readonly (readonly [template: string, delivered: string | undefined])[] = [
  [
    '"Event of <detail-type> type, at time <timestamp>, info extracted from detail <missing>"',
    '"Event of core.update-account-command type, at time 2022-01-01T00:00:00Z, info extracted from detail "',
  ],
  [
    '"{[/Check with special starting characters for event of <detail-type> type"',
    '"{[/Check with special starting characters for event of core.update-account-command type"',
  ],
  [
    '{"detailType": <detail-type>, "time": <timestamp>, "command": <missing>}',
    '{"detailType":"core.update-account-command","time":"2022-01-01T00:00:00Z","command":""}',
  ],
  [
    '{"method": "PUT", "path": "users-service/users/<userId>", "bod": <payload>}',
    '{"method":"PUT","path":"users-service/users/0a787ecb-4015","bod":{"acc_id":"0a787ecb-4015","sf_id":"baz"}}',
  ],
  [
    '{"method": "PUT", "path": "users-service/users/<userId>", "bod": [<userId>, "hardcoded"]}',
    '{"method":"PUT","path":"users-service/users/0a787ecb-4015","bod":["0a787ecb-4015","hardcoded"]}',
  ],
  ['{"id" : <userId>}', '{"id":"0a787ecb-4015"}'],
  ['{"id" : "<userId>"}', '{"id":"0a787ecb-4015"}'],
  [
    '{"multi_replacement": "users/<userId>/second/<userId>"}',
    '{"multi_replacement":"users/0a787ecb-4015/second/0a787ecb-4015"}',
  ],
  ['{"singlelistitem": <listsingle>}', '{"singlelistitem":["HIGH"]}'],
  ['{"singlelistitem": "<listsingle>"}', undefined],
  ['<listsingle> single list item', undefined],
  [
    '"Payload of <payload> with path users-service/users/<userId> and <userId>"',
    '"Payload of {acc_id:0a787ecb-4015,sf_id:baz} with path users-service/users/0a787ecb-4015 and 0a787ecb-4015"',
  ],
  [
    '"<listsingle> single"\n"<listmulti> multi"\n"<systemstring> acct"',
    '"[HIGH] single"\n"[ACTIVE,INACTIVE] multi"\n" acct"',
  ],
  ['"Command is <valid>!"', '"Command is true!"'],
  [
    '{"originalEvent": <aws.events.event>, "originalEventJson": <aws.events.event.json>}',
    '{"originalEvent":{"id":"53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa","account":"111111111111",' +
      '"detailType":"core.update-account-command","time":"2022-01-01T00:00:00Z","source":"core.update-account-command",' +
      `"region":"us-east-1","resources":["r1"],"version":"0"},"originalEventJson":${EVENT}}`,
  ],
  [
    '"by <aws.events.rule-arn> <aws.events.rule-name> <aws.events.event.ingestion-time>"',
    `"by ${RULE.ruleArn} my-rule 2024-05-13T12:27:20Z"`,
  ],

  // JSON templates by position and type.
  ['{"k":<price>,"l":[<big>, 9]}', '{"k":1.0,"l":[9007199254740993,9]}'],
  ['{"k":"<price>","l":"n <big>"}', '{"k":"1.0","l":"n 9007199254740993"}'],
  ['{"k":<valid>,"l":"<valid>"}', '{"k":true,"l":"true"}'],
  ['{"k":<none>,"l":[<missing>],"m":"<none>","n":"a<missing>b"}', '{"k":"","l":[""],"m":"","n":"ab"}'],
  ['{"k":<quote>,"l":<line>}', '{"k":"say \\"hi\\"","l":"a\\nb"}'],
  ['{"k":"<quote>"}', undefined],
  ['{"k":"<line>"}', undefined],
  ['{"k":"<html>"}', '{"k":"<b>&</b>"}'],
  ['{"k":"for <payload>"}', '{"k":"for {acc_id:0a787ecb-4015,sf_id:baz}"}'],
  ['{"k":"<payload>"}', undefined],
  ['{"k":"<numbers>","l":"<object>"}', '{"k":"[1,2]","l":"{}"}'],
  ['{"k":"\\"<userId>\\""}', '{"k":"\\"0a787ecb-4015\\""}'],
  ['{"k":"\\\\<userId>"}', '{"k":"\\\\0a787ecb-4015"}'],
  ['{"k":"a < b"}', '{"k":"a < b"}'],
  ['{"k": <missing> oops}', undefined],
  ['  [ <userId> ,\n <payload> ] ', '["0a787ecb-4015",{"acc_id":"0a787ecb-4015","sf_id":"baz"}]'],
  ['<payload>', '{"acc_id":"0a787ecb-4015","sf_id":"baz"}'],
  ['<userId>', '"0a787ecb-4015"'],
  ['{"event":<aws.events.event.json>}', `{"event":${EVENT}}`],
  [
    '{"arn":"<aws.events.rule-arn>","at":<aws.events.event.ingestion-time>}',
    `{"arn":"${RULE.ruleArn}","at":"2024-05-13T12:27:20Z"}`,
  ],

  // Text templates.
  ['"constant"', '"constant"'],
  ['  "a <price>"  \r\n\r\n "b" ', '"a 1.0"\n"b"'],
  ['"null is <none>."', '"null is ."'],
  ['"<quote>"', '"say "hi""'],
  ['"\\"<userId>\\""', '"\\"0a787ecb-4015\\""'],
  ['"a"\nb', undefined],
  ['"a', undefined],
  ['"', undefined],
];

for (const [template, delivered] of TEMPLATES) {
  test(`template ${JSON.stringify(template).slice(0, 80)}`, () => {
    const result = fill(template);
    if (delivered === undefined) assert.equal(!result.ok && result.code, 'INVALID_JSON');
    else assert.deepEqual(result, { ok: true, payload: delivered });
  });
}

const build = (target: Parameters<typeof createPayloadBuilder>[0]): PayloadResult =>
  createPayloadBuilder(target, RULE)(EVENT, INGESTED_AT);

test('without input settings the event itself is delivered', () => {
  assert.deepEqual(build({}), { ok: true, payload: EVENT });
});

test('Input is delivered compact, whatever the event', () => {
  assert.deepEqual(build({ Input: ' {"a": 1.0} ' }), { ok: true, payload: '{"a":1.0}' });
  assert.deepEqual(build({ Input: '"text"' }), { ok: true, payload: '"text"' });
  assert.equal(!build({ Input: 'no json' }).ok, true);
});

for (const [path, delivered] of [
  ['$', EVENT],
  ['$.detail.payload', '{"acc_id":"0a787ecb-4015","sf_id":"baz"}'],
  ['$.detail.payload.sf_id', '"baz"'],
  ['$.detail.price', '1.0'],
  ['$.detail.valid', 'true'],
  ['$.detail.none', 'null'],
  ['$.detail.listmulti', '["ACTIVE","INACTIVE"]'],
  ['$.detail-type', '"core.update-account-command"'],
] as const) {
  test(`InputPath ${path}`, () =>
    assert.deepEqual(build({ InputPath: path }), { ok: true, payload: delivered }));
}

test('an InputPath that leads nowhere fails for good', () => {
  for (const InputPath of ['$.detail.nowhere', 'no path']) {
    const result = build({ InputPath });
    assert.equal(!result.ok && result.code, 'INVALID_PARAMETER');
  }
});

test('a template cannot blow an event up without bound', () => {
  const event = buildEnvelope({
    id: 'i',
    detailType: 't',
    source: 's',
    account: '1',
    time: 0,
    region: 'r',
    resources: [],
    detail: `{"big":"${'x'.repeat(900_000)}"}`,
  });
  const template = `"${'<b>'.repeat(2_000)}"`;
  const result = createPayloadBuilder(
    { InputTransformer: { InputPathsMap: { b: '$.detail.big' }, InputTemplate: template } },
    RULE,
  )(event, 0);
  assert.equal(!result.ok && result.code, 'INVALID_PARAMETER');
});

test('names that objects inherit are no variables', () => {
  assert.equal(
    checkTargetInput({ Id: 't', InputTransformer: { InputPathsMap: {}, InputTemplate: '"<constructor>"' } }),
    'InputTemplate for target t contains invalid placeholder constructor.',
  );
});

/** Input settings of a target `t1`, and the ValidationException of PutTargets. */
const CHECKS: readonly (readonly [name: string, target: object, fault: string | undefined])[] = [
  ['none', {}, undefined],
  ['Input', { Input: '{"a":1}' }, undefined],
  ['Input of another type', { Input: ' "x"' }, undefined],
  ['Input that is no JSON', { Input: '{"a"' }, 'Input for target t1 is not a valid JSON text.'],
  ['empty Input', { Input: '' }, 'Input for target t1 is not a valid JSON text.'],
  ['InputPath', { InputPath: '$.detail' }, undefined],
  ['InputPath that is none', { InputPath: 'detail' }, 'InputPath for target t1 is not a valid path.'],
  [
    'two of them',
    { Input: '{}', InputPath: '$' },
    'Only one of Input, InputPath, or InputTransformer must be provided for target t1.',
  ],
  [
    'all of them',
    { Input: '{}', InputPath: '$', InputTransformer: { InputTemplate: '"x"' } },
    'Only one of Input, InputPath, or InputTransformer must be provided for target t1.',
  ],
  ['template', { InputTransformer: { InputTemplate: '"x"' } }, undefined],
  [
    'unquoted template',
    { InputTransformer: { InputPathsMap: { x: '$.a' }, InputTemplate: '<x> item' } },
    undefined,
  ],
  [
    'predefined variable',
    { InputTransformer: { InputTemplate: '{"e":<aws.events.event.json>}' } },
    undefined,
  ],
  [
    'undefined variable',
    { InputTransformer: { InputPathsMap: { x: '$.a' }, InputTemplate: '{"a":<x>,"b":<y>}' } },
    'InputTemplate for target t1 contains invalid placeholder y.',
  ],
  [
    'unknown aws variable',
    { InputTransformer: { InputTemplate: '"<aws.events.nothing>"' } },
    'InputTemplate for target t1 contains invalid placeholder aws.events.nothing.',
  ],
  [
    'markup counts as a placeholder',
    { InputTransformer: { InputTemplate: '"1 <2 and 3> 2"' } },
    'InputTemplate for target t1 contains invalid placeholder 2 and 3.',
  ],
  [
    'a placeholder does not reach over lines',
    { InputTransformer: { InputTemplate: '"a < b"\n"c > d"' } },
    undefined,
  ],
  [
    'path that is none',
    { InputTransformer: { InputPathsMap: { x: 'a' }, InputTemplate: '"<x>"' } },
    'InputPathsMap for target t1 contains invalid path a.',
  ],
];

for (const [name, target, fault] of CHECKS) {
  test(`check: ${name}`, () => assert.equal(checkTargetInput({ Id: 't1', ...target }), fault));
}
