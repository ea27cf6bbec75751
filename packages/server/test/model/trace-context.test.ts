import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readTraceparent,
  readXrayHeader,
  traceparent,
  traceparentOf,
  xrayHeader,
} from '../../src/model/trace-context.ts';

const traceId = '5759e988bd862e3fe1be46a994272793';
const parentId = '53995c3f42cd8ad8';

const xray: [header: string, sampled: boolean | undefined | 'none'][] = [
  ['Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1', true],
  ['Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0', false],
  ['Root=1-5759e988-bd862e3fe1be46a994272793; Parent=53995c3f42cd8ad8', undefined],
  [
    'Self=1-x;Root=1-5759E988-BD862E3FE1BE46A994272793;Parent=53995C3F42CD8AD8;Sampled=?;Lineage=a:0',
    undefined,
  ],
  ['Root=1-5759e988-bd862e3fe1be46a994272793', 'none'],
  ['Root=1-5759e988-bd862e3fe1be46a9942727930;Parent=53995c3f42cd8ad8', 'none'],
  ['anything', 'none'],
];

for (const [header, sampled] of xray) {
  test(`X-Ray header ${header}`, () => {
    const expected = sampled === 'none' ? undefined : { traceId, parentId, sampled };
    assert.deepEqual(readXrayHeader(header), expected);
    assert.equal(traceparentOf(header), expected && traceparent(expected));
    if (expected) assert.deepEqual(readXrayHeader(xrayHeader(expected)), expected);
  });
}

const w3c: [header: string, sampled: boolean | undefined][] = [
  [`00-${traceId}-${parentId}-01`, true],
  [` 00-${traceId}-${parentId}-00 `, false],
  [`00-${traceId}-${parentId}-03`, true],
  [`01-${traceId}-${parentId}-01-more`, true],
  [`00-${traceId}-${parentId}-01-more`, undefined],
  [`ff-${traceId}-${parentId}-01`, undefined],
  [`00-${'0'.repeat(32)}-${parentId}-01`, undefined],
  [`00-${traceId}-${'0'.repeat(16)}-01`, undefined],
  [`00-${traceId.toUpperCase()}-${parentId}-01`, undefined],
  ['', undefined],
];

for (const [header, sampled] of w3c) {
  test(`traceparent "${header}"`, () => {
    assert.deepEqual(
      readTraceparent(header),
      sampled === undefined ? undefined : { traceId, parentId, sampled },
    );
  });
}

test('nothing comes of no header', () => assert.equal(traceparentOf(undefined), undefined));
