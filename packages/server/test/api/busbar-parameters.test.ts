// Busbar's own block on its way through the front door, which drops every other member that the API does not know.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBusbar } from 'busbar';
import { AwsJson } from '../aws-json.ts';

test('BusbarParameters are kept, shown again and checked', async () => {
  await using bus = await startBusbar();
  const client = new AwsJson(Number(new URL(bus.url).port), 1);
  const call = async (operation: string, input: object) =>
    (await client.call('events', operation, input)).body;
  const target = { Id: '1', Arn: 'arn:aws:sqs:us-east-1:000000000000:orders' };
  const put = (BusbarParameters: unknown) =>
    call('PutTargets', { Rule: 'r', Targets: [{ ...target, BusbarParameters, Stranger: 1 }] });
  try {
    await call('PutRule', { Name: 'r', EventPattern: '{"source":["shop"]}' });
    assert.deepEqual(await put({ MaximumConcurrency: 2 }), { FailedEntryCount: 0, FailedEntries: [] });
    const { Targets } = await call('ListTargetsByRule', { Rule: 'r' });
    assert.deepEqual(Targets, [{ ...target, BusbarParameters: { MaximumConcurrency: 2 } }]);
    const refused = await put({ MaximumConcurrency: 'two' });
    assert.equal(
      refused['message'],
      'Parameter BusbarParameters.MaximumConcurrency is not valid for target 1.',
    );
  } finally {
    client.close();
  }
});
