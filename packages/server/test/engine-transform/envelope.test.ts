import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildEnvelope, isoSeconds, readEnvelope, replaceEventId } from '../../src/engine/envelope.ts';

const PARTS = {
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  detailType: 'OrderPlaced',
  source: 'com.example.app',
  account: '111111111111',
  time: 1_716_282_000_999,
  region: 'us-east-1',
  resources: [] as readonly string[],
  detail: '{"id":1.0}',
};

test('members stand in the order of the service', () => {
  assert.equal(
    buildEnvelope(PARTS),
    '{"version":"0","id":"53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa","detail-type":"OrderPlaced",' +
      '"source":"com.example.app","account":"111111111111","time":"2024-05-21T09:00:00Z","region":"us-east-1",' +
      '"resources":[],"detail":{"id":1.0}}',
  );
});

test('a replay name stands between region and resources', () => {
  const envelope = buildEnvelope({ ...PARTS, replayName: 'r1', resources: ['x', 'a"b'] });
  assert.match(envelope, /"region":"us-east-1","replay-name":"r1","resources":\["x","a\\"b"\],"detail"/);
});

test('whatever stands in the strings, the envelope is JSON and means the same', () => {
  const detailType = 'q"\\\n\u2028é\ud800';
  const event = JSON.parse(buildEnvelope({ ...PARTS, detailType, source: '","x":"' })) as Record<
    string,
    unknown
  >;
  assert.equal(event['detail-type'], detailType);
  assert.equal(event['source'], '","x":"');
  assert.equal(event['x'], undefined);
});

for (const [time, text] of [
  [0, '1970-01-01T00:00:00Z'],
  [1_716_282_000_000, '2024-05-21T09:00:00Z'],
  [1_716_282_000_999.9, '2024-05-21T09:00:00Z'],
  [-1, '1969-12-31T23:59:59Z'],
  [253_402_300_800_000, '+010000-01-01T00:00:00Z'],
] as const) {
  test(`time ${time} is written ${text}`, () => assert.equal(isoSeconds(time), text));
}

test('another id leaves all the rest', () => {
  assert.equal(
    replaceEventId(buildEnvelope(PARTS), '00000000-0000-4000-8000-000000000000'),
    buildEnvelope({ ...PARTS, id: '00000000-0000-4000-8000-000000000000' }),
  );
  assert.throws(() => replaceEventId('{"id":"x"}', 'y'));
});

test('what was built can be read back', () => {
  const parts = { ...PARTS, time: 1_716_282_000_000, resources: ['a', 'b'], replayName: 'r' };
  assert.deepEqual(readEnvelope(buildEnvelope(parts)), parts);
});

for (const [text, read] of [
  [
    '{"detail-type":"t","source":"s","detail":{ "a" : 1.0 }}',
    { detailType: 't', source: 's', detail: '{"a":1.0}' },
  ],
  [
    '{"detail-type":"t","source":"s","source":"z","detail":{}}',
    { detailType: 't', source: 'z', detail: '{}' },
  ],
  ['{"detail-type":"t","source":"s","detail":{},"time":5,"resources":[1,"x"]}', { resources: ['x'] }],
  ['{"source":"s","detail":{}}', undefined],
  ['{"detail-type":"","source":"s","detail":{}}', undefined],
  ['{"detail-type":1,"source":"s","detail":{}}', undefined],
  ['{"detail-type":"t","source":"s","detail":[]}', undefined],
  ['{"detail-type":"t","source":"s"}', undefined],
  ['[]', undefined],
  ['not json', undefined],
] as const) {
  test(`payload ${text} ${read ? 'is an event' : 'is no event'}`, () => {
    const envelope = readEnvelope(text);
    if (read === undefined) assert.equal(envelope, undefined);
    else assert.deepEqual({ ...envelope, ...read }, envelope);
  });
}
