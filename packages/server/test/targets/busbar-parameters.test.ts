import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentedConnector } from '../../src/engine/ports/connector.ts';
import { checkBusbarParameters } from '../../src/targets/busbar-parameters.ts';

const field = { required: false, secret: false, description: '', example: '' } as const;
const parameters: DocumentedConnector['parameters'] = {
  block: 'BusbarParameters',
  fields: [
    { ...field, name: 'Key', type: 'string', required: true },
    { ...field, name: 'Format', type: 'string', choices: ['a', 'b'] },
    { ...field, name: 'Level', type: 'integer', choices: ['0', '1'] },
    { ...field, name: 'Headers', type: 'map' },
  ],
};
const ofAws: DocumentedConnector['parameters'] = { block: 'SqsParameters', fields: [] };
const invalid = (name: string): string => `Parameter BusbarParameters${name} is not valid for target t.`;

const rows: readonly [block: unknown, own: string | undefined, aws: string | undefined][] = [
  [undefined, undefined, undefined],
  [{ Key: 'k' }, undefined, invalid('.Key')],
  [{ Key: 'k', MaximumConcurrency: 4, MaximumRatePerSecond: 1 }, undefined, invalid('.Key')],
  [
    { MaximumConcurrency: 4 },
    'Parameter(s) BusbarParameters.Key must be specified for target: t.',
    undefined,
  ],
  [{ Key: 'k', Format: 'b', Headers: { a: 1 } }, undefined, invalid('.Key')],
  [{ Format: 'c' }, invalid('.Format'), invalid('.Format')],
  [{ Key: 'k', Level: 0 }, undefined, invalid('.Key')],
  [{ Key: 'k', Level: '0' }, invalid('.Level'), invalid('.Key')],
  [{ Key: 'k', Level: 2 }, invalid('.Level'), invalid('.Key')],
  [{ Key: '' }, invalid('.Key'), invalid('.Key')],
  [{ Key: 'k', Headers: { a: { b: 1 } } }, invalid('.Headers'), invalid('.Key')],
  [{ Headers: [] }, invalid('.Headers'), invalid('.Headers')],
  [{ MaximumConcurrency: 0 }, invalid('.MaximumConcurrency'), invalid('.MaximumConcurrency')],
  [{ MaximumConcurrency: '1' }, invalid('.MaximumConcurrency'), invalid('.MaximumConcurrency')],
  [{ __proto__: null, constructor: 1 }, invalid('.constructor'), invalid('.constructor')],
  [[], invalid(''), invalid('')],
  ['x', invalid(''), invalid('')],
  [null, invalid(''), invalid('')],
];

for (const [block, own, aws] of rows) {
  test(`BusbarParameters ${JSON.stringify(block)}`, () => {
    const target = { Id: 't', Arn: 'arn', BusbarParameters: block };
    assert.equal(checkBusbarParameters(target, { parameters }), own);
    assert.equal(checkBusbarParameters(target, { parameters: ofAws }), aws);
  });
}
