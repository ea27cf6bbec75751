import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HTTP, type CloudEvent } from 'cloudevents';
import fc from 'fast-check';
import { cloudEventHeaders, cloudEventsMode, toCloudEvent } from '../../src/targets/cloud-events.ts';
import { delivery } from './target-suite.ts';

interface Shown {
  readonly source?: string;
  readonly 'detail-type'?: string;
  readonly resources?: readonly string[];
}

const plain = delivery(1);
const ID = plain.eventId;

function sent(change: Shown, payload?: string) {
  const event = JSON.stringify({ ...(JSON.parse(plain.event) as object), ...change });
  return { ...plain, event, payload: payload ?? event };
}

/** What the SDK reads from it when it comes over HTTP. It throws for what breaks the specification. */
function readBack(mode: 'binary' | 'structured', outgoing: typeof plain): CloudEvent<unknown> {
  const made = toCloudEvent(outgoing, mode);
  const headers = { ...cloudEventHeaders(made), 'content-type': made.contentType };
  const event = HTTP.toEvent<unknown>({ headers, body: made.body }) as CloudEvent<unknown>;
  assert.equal(event.validate(), true);
  return event;
}

for (const mode of ['binary', 'structured'] as const) {
  describe(`CloudEvents, ${mode}`, () => {
    test('an untouched event: its detail is the data', () => {
      const event = readBack(mode, plain);
      assert.deepEqual(JSON.parse(JSON.stringify(event)), {
        specversion: '1.0',
        id: ID,
        source: 'shop.orders',
        type: 'Order',
        time: '2026-01-01T00:00:00.000Z',
        datacontenttype: 'application/json',
        account: '000000000000',
        region: 'us-east-1',
        data: { index: 1 },
      });
    });

    test('what a transformer made is the data', () => {
      const made = sent({}, '{"order":7}');
      const event = readBack(mode, made);
      assert.deepEqual(event.data, { order: 7 });
      assert.equal(event.id, ID);
      assert.equal(event.type, 'Order');
    });

    test('text is data of type text/plain', () => {
      const event = readBack(mode, sent({}, 'order 7 of "grüße" is late'));
      assert.equal(event.data, 'order 7 of "grüße" is late');
      assert.match(event.datacontenttype!, /^text\/plain/);
    });

    test('one resource is the subject, several are an extension', () => {
      assert.equal(readBack(mode, sent({ resources: ['order/7'] })).subject, 'order/7');
      const several = readBack(mode, sent({ resources: ['order/7', 'ümläut, "quoted"'] }));
      assert.equal(several.subject, undefined);
      // The SDK does not undo the escapes of headers.
      const text = several['resources'] as string;
      const resources: unknown = JSON.parse(mode === 'binary' ? decodeURIComponent(text) : text);
      assert.deepEqual(resources, ['order/7', 'ümläut, "quoted"']);
    });

    test('any source, type and resource make a valid event', () => {
      const text = fc.oneof(
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1, unit: 'binary' }),
        fc.stringMatching(/^[a-z:/?#@[\]%.0-9 ]{1,12}$/),
        fc.webUrl({ withFragments: true, withQueryParameters: true }),
      );
      fc.assert(
        fc.property(text, text, fc.array(text, { maxLength: 2 }), (source, type, resources) => {
          readBack(mode, sent({ source, 'detail-type': type, resources }));
        }),
        { numRuns: 500, seed: 1 },
      );
    });
  });
}

test('numbers stay as they are spelled', () => {
  const event = '{"id":"1","source":"s","detail-type":"t","detail":{"big":9007199254740993,"one":1.0}}';
  const outgoing = { ...plain, event, payload: event };
  assert.equal(toCloudEvent(outgoing, 'binary').body, '{"big":9007199254740993,"one":1.0}');
  const { body, attributes, contentType } = toCloudEvent(outgoing, 'structured');
  assert.equal(
    body,
    '{"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"application/json",' +
      '"data":{"big":9007199254740993,"one":1.0}}',
  );
  assert.deepEqual(attributes, {});
  assert.equal(contentType, 'application/cloudevents+json; charset=utf-8');
});

const sources: readonly [source: string, reference: string][] = [
  ['shop.orders', 'shop.orders'],
  ['/shop/orders?x=1#y', '/shop/orders?x=1#y'],
  ['https://shop.example:8080/orders', 'https://shop.example:8080/orders'],
  ['urn:uuid:1234', 'urn:uuid:1234'],
  ['my shop', 'my%20shop'],
  ['1:2', '1%3A2'],
  ['50%', '50%25'],
  ['', 'unknown'],
];
for (const [source, reference] of sources) {
  test(`source ${JSON.stringify(source)}`, () => {
    assert.equal(toCloudEvent(sent({ source }), 'binary').attributes['source'], reference);
  });
}

test('headers hold printable ASCII alone', () => {
  const outgoing = sent({ source: 'x', 'detail-type': 'Grüße "an" 50% 🚌\r\nX-Evil: 1' });
  const headers = cloudEventHeaders(toCloudEvent(outgoing, 'binary'));
  assert.equal(
    headers['ce-type'],
    'Gr%C3%BC%C3%9Fe%20%22an%22%2050%25%20%F0%9F%9A%8C%EF%BF%BD%EF%BF%BDX-Evil:%201',
  );
});

test('the mode stands in BusbarParameters', () => {
  assert.equal(cloudEventsMode({ Id: 't', Arn: 'a' }), undefined);
  assert.equal(cloudEventsMode({ Id: 't', Arn: 'a', BusbarParameters: { CloudEvents: 'binary' } }), 'binary');
});
