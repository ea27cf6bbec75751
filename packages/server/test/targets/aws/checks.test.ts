// What PutTargets says of targets that are AWS services, and who serves their ARNs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseArn } from '../../../src/model/arn.ts';
import type { ServiceDirectory } from '../../../src/model/service-settings.ts';
import { ACCOUNT, allAt, clientFor, connectorFor, sendOne } from './targets.ts';
import { awsConnectors } from '../../../src/targets/aws/index.ts';
import { systemClock } from '../../../src/clock.ts';

const ALL: ServiceDirectory = {
  ...allAt('http://127.0.0.1:1'),
  sqs: { url: 'http://127.0.0.1:1' },
  logs: { url: 'http://127.0.0.1:1' },
};

const connectors = awsConnectors(ALL, clientFor(), systemClock());

const check = (arn: string, more: object = {}, services: ServiceDirectory = ALL): string | undefined =>
  connectorFor(arn, services).check(parseArn(arn)!, { Id: 't', Arn: arn, ...more });

const malformed = (arn: string): string =>
  `Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`;

describe('every AWS target', () => {
  for (const connector of connectors) {
    const { kind, docs } = connector;
    test(`${kind}: its example is served, an ARN without its place is not`, () => {
      const arn = parseArn(docs.arnExample)!;
      const target = { Id: 't', Arn: arn.text };
      assert.ok(connector.accepts(arn));
      assert.equal(connector.check(arn, target), undefined);
      const spoilt = parseArn(`${arn.text.split(':').slice(0, 5).join(':')}:nothing to see`);
      const claimed = spoilt && connector.accepts(spoilt) ? connector.check(spoilt, target) : malformed('');
      assert.match(claimed!, /not in correct format\.$/);
      assert.ok(!connector.accepts({ ...arn, partition: 'busbar' }));
      assert.ok(connector.accepts({ ...arn, partition: 'aws-cn' }));
    });

    test(`${kind}: a parameter block of another kind is refused`, () => {
      const arn = parseArn(docs.arnExample)!;
      const block = docs.arnExample.includes(':ecs:') ? 'BatchParameters' : 'EcsParameters';
      assert.equal(
        connector.check(arn, { Id: 't', Arn: arn.text, [block]: {} }),
        `Parameter ${block} is not valid for targett.`,
      );
    });
  }

  test('their kinds are told apart', () => {
    const kinds = connectors.map(({ kind }) => kind);
    assert.equal(new Set(kinds).size, kinds.length);
    for (const { kind, docs } of connectors) {
      const serving = connectors.filter((each) => each.accepts(parseArn(docs.arnExample)!));
      assert.deepEqual(
        serving.map((connector) => connector.kind),
        [kind],
      );
    }
  });
});

describe('what PutTargets checks', () => {
  for (const arn of [
    `arn:aws:sns:us-east-1:${ACCOUNT}:with space`,
    `arn:aws:sns::${ACCOUNT}:topic`,
    'arn:aws:sns:us-east-1::topic',
    `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream`,
    `arn:aws:states:us-east-1:${ACCOUNT}:activity:a`,
    `arn:aws:execute-api:us-east-1:${ACCOUNT}:api/stage`,
    `arn:aws:ssm:us-east-1:${ACCOUNT}:document/a b`,
    `arn:aws:events:us-east-1:${ACCOUNT}:target/explode`,
  ]) {
    test(arn, () => assert.equal(check(arn), malformed(arn)));
  }

  test('an entry that is missing, by its name', () => {
    for (const [arn, entry] of [
      [`arn:aws:sns:us-east-1:${ACCOUNT}:topic`, 'sns'],
      [`arn:aws:redshift:us-east-1:${ACCOUNT}:cluster:c`, 'redshift-data'],
      [`arn:aws:events:us-east-1:${ACCOUNT}:target/stop-instance`, 'ec2'],
    ] as const) {
      assert.equal(
        check(arn, {}, { kinesis: { url: 'aws' } }),
        `Parameter ${arn} is not valid. Reason: Busbar does not know where ${entry} is: ` +
          `write "services": { "${entry}": "aws" } into its configuration, or a URL for "aws".`,
      );
    }
  });

  test('parameters that could not work', () => {
    const stream = `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/s`;
    assert.equal(
      check(stream, { KinesisParameters: { PartitionKeyPath: 'detail.id' } }),
      'Parameter PartitionKeyPath is not valid for target t.',
    );
    assert.equal(
      check(`arn:aws:redshift:us-east-1:${ACCOUNT}:cluster:c`, { RedshiftDataParameters: { Database: 'd' } }),
      'Parameter(s) RedshiftDataParameters.Sql must be specified for target: t.',
    );
    const fifo = `arn:aws:sqs:us-east-1:${ACCOUNT}:q.fifo`;
    assert.equal(check(fifo), 'Parameter(s) SqsParameters must be specified for target: t.');
  });

  test('a dynamic parameter that the event has nothing for', async () => {
    const outcome = await sendOne(
      {
        Arn: `arn:aws:sagemaker:us-east-1:${ACCOUNT}:pipeline/p`,
        SageMakerPipelineParameters: { PipelineParameterList: [{ Name: 'a', Value: '$.detail.nothing' }] },
      },
      ALL,
    );
    assert.deepEqual(outcome, {
      status: 'reject',
      code: 'INVALID_PARAMETER',
      reason: 'The event has no text or number at the path $.detail.nothing of SageMakerPipelineParameters.',
    });
  });

  test('a payload that is no id', async () => {
    const Arn = `arn:aws:events:us-east-1:${ACCOUNT}:target/create-snapshot`;
    for (const payload of ['{}', '[]', '""', '["vol-1","vol-2"]', '[1]']) {
      const outcome = await sendOne({ Arn }, ALL, { payload });
      assert.equal(outcome.status === 'reject' && outcome.code, 'INVALID_PARAMETER', payload);
    }
  });
});

describe('queues and log groups', () => {
  const claims = (service: 'sqs' | 'logs', account: string, services: ServiceDirectory): boolean => {
    const resource = service === 'sqs' ? 'orders' : 'log-group:orders';
    const arn = parseArn(`arn:aws:${service}:us-east-1:${account}:${resource}`)!;
    return awsConnectors(services, clientFor(), systemClock()).some((each) => each.accepts(arn));
  };

  for (const service of ['sqs', 'logs'] as const) {
    test(`${service}: outside only by an entry of its own, and for the accounts that it lists`, () => {
      assert.equal(claims(service, '111122223333', {}), false);
      assert.equal(claims(service, '111122223333', { aws: { url: 'aws' } }), false);
      assert.equal(claims(service, '111122223333', { [service]: { url: 'aws' } }), true);
      const listed = { [service]: { url: 'aws', accounts: ['111122223333'] } };
      assert.equal(claims(service, '111122223333', listed), true);
      assert.equal(claims(service, '000000000000', listed), false);
    });
  }
});
