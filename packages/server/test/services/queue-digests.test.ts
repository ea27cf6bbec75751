// Digests that SDKs verify. Vectors: companions §2.4, and one put together by hand.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { md5OfAttributes, md5OfBody } from '../../src/services/queue/digests.ts';
import { selectAttributes } from '../../src/services/queue/message-attributes.ts';

test('MD5 of a body', () => {
  assert.equal(md5OfBody('message'), '78e731027d8fd50ed642340b7c9a63b3');
  assert.equal(md5OfBody('grüße 🚌'), createHash('md5').update('grüße 🚌', 'utf8').digest('hex'));
});

test('MD5 of one attribute', () => {
  const digest = md5OfAttributes({ MyAttribute: { type: 'String', text: 'foobar' } });
  assert.equal(digest, 'adb59cd4678ea5a855436b949cd07ab6');
});

test('no attributes, no digest', () => assert.equal(md5OfAttributes({}), undefined));

test('MD5 of several attributes goes by name, whatever their order, and tells texts from bytes', () => {
  const field = (bytes: Buffer): Buffer[] => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  };
  const expected = createHash('md5')
    .update(
      Buffer.concat([
        ...field(Buffer.from('a')),
        ...field(Buffer.from('Binary.png')),
        Buffer.from([2]),
        ...field(Buffer.from([0, 255])),
        ...field(Buffer.from('b')),
        ...field(Buffer.from('Number')),
        Buffer.from([1]),
        ...field(Buffer.from('1.5')),
      ]),
    )
    .digest('hex');
  const b = { type: 'Number', text: '1.5' };
  const a = { type: 'Binary.png', base64: 'AP8=' };
  assert.equal(md5OfAttributes({ b, a }), expected);
  assert.equal(md5OfAttributes({ a, b }), expected);
});

const text = { type: 'String', text: 'x' };
const sent = { colour: text, 'size.cm': text, 'size.kg': text };

for (const [asked, selected] of [
  [[], []],
  [['All'], ['colour', 'size.cm', 'size.kg']],
  [['.*'], ['colour', 'size.cm', 'size.kg']],
  [['colour'], ['colour']],
  [['size.*'], ['size.cm', 'size.kg']],
  [['size'], []],
  [['size.kg', 'nothing'], ['size.kg']],
] as const) {
  test(`attributes asked for by ${JSON.stringify(asked)}`, () => {
    assert.deepEqual(Object.keys(selectAttributes(sent, asked)), selected);
  });
}
