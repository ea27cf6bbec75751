// Universal targets: requests against those that botocore writes of the same calls, and calls that moto serves.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import type { OutgoingDelivery, SendOutcome } from '../../../src/engine/ports/connector.ts';
import { parseArn } from '../../../src/model/arn.ts';
import type { ServiceDirectory } from '../../../src/model/service-settings.ts';
import { createHttpClients } from '../../../src/targets/http/index.ts';
import { universalTarget } from '../../../src/targets/universal/index.ts';
import { delivery } from '../target-suite.ts';
import { noMoto, startAwsSide, type AwsSide, type SentRequest } from './aws-side.ts';
import { startBetween, type Between } from './between.ts';
import { ACCOUNT, allAt, RULE } from './targets.ts';
import { universalCases, type UniversalCase } from './universal-calls.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/scheduler`;

/** Nothing is in the house: every call goes outside. */
const NOTHING_HERE = {
  queues: { send: () => Promise.reject(new Error('no queues')) },
  forwarder: { forward: () => Promise.reject(new Error('no buses')) },
  functions: { find: () => undefined, invoke: () => Promise.resolve({ status: 'missing' } as const) },
  apis: { has: () => false, call: () => Promise.reject(new Error('no APIs')) },
};

function targetOver(services: ServiceDirectory) {
  const clock = systemClock();
  const http = createHttpClients(clock, { allow: [], allowLoopback: false });
  return universalTarget({ ...NOTHING_HERE, services, http, clock });
}

const arnOf = (call: string) => parseArn(`arn:aws:scheduler:::aws-sdk:${call}`)!;

function check(call: string, services: ServiceDirectory, input: object = {}): string | undefined {
  const arn = arnOf(call);
  const Input = JSON.stringify(input);
  return targetOver(services).check(arn, { Id: 'target', Arn: arn.text, RoleArn: ROLE, Input });
}

async function sendText(
  call: string,
  payload: string,
  services: ServiceDirectory,
  change: Partial<OutgoingDelivery> = {},
): Promise<SendOutcome> {
  const arn = arnOf(call);
  const target = { Id: 'target', Arn: arn.text, RoleArn: ROLE };
  const context = { account: ACCOUNT, region: 'us-east-1', ruleArn: RULE };
  const session = targetOver(services).open(arn, target, context);
  const given = delivery(1, { ...change, payload });
  const [outcome] = await session.send([given], new AbortController().signal);
  return outcome!;
}

const send = (
  call: string,
  input: object,
  services: ServiceDirectory,
  change: Partial<OutgoingDelivery> = {},
): Promise<SendOutcome> => sendText(call, JSON.stringify(input), services, change);

/** Everything at one URL, the services that Busbar has itself included. */
const outside = (url: string): ServiceDirectory => {
  const services = allAt(url);
  return { ...services, sqs: services['aws']!, events: services['aws']! };
};

describe('requests of universal calls', { skip: noMoto }, () => {
  let side: AwsSide;
  let server: Between;

  before(async () => {
    [side, server] = await Promise.all([startAwsSide(), startBetween()]);
  });
  after(() => Promise.all([side?.close(), server?.close()]));

  /** Numbers in forms are told by their text, and JSON by its value. */
  const membersOf = ({ headers, body }: SentRequest): unknown => {
    if (body === '' || body === undefined) return '';
    if (body.startsWith('{')) return JSON.parse(body);
    if (!headers['content-type']?.includes('form')) return body;
    return [...new URLSearchParams(body)].map(([name, value]) => `${name}=${value}`).sort();
  };
  const placeOf = ({ method, url }: SentRequest): string => {
    const { pathname, search } = new URL(url);
    return `${method} ${decodeURIComponent(pathname)}${search}`;
  };

  async function compare({ call, input, params = input, service }: UniversalCase): Promise<void> {
    const [api = '', action = ''] = call.split(':');
    server.requests.length = 0;
    const services = outside(server.url);
    assert.equal(check(call, services, input), undefined);
    await send(call, input, services);
    const sent = server.requests.at(-1)!;
    const operation = action.charAt(0).toUpperCase() + action.slice(1);
    const reference = await side.serialize(service ?? api, operation, params as Record<string, unknown>);
    assert.equal(placeOf(sent), placeOf(reference));
    assert.deepEqual(membersOf(sent), membersOf(reference));
    for (const [name, text] of Object.entries(reference.headers)) {
      const isOwn = name === 'x-amz-target' || /^x-amz-(?:invocation|client-context)/.test(name);
      if (isOwn) assert.equal(sent.headers[name], text, name);
    }
  }

  for (const each of universalCases) test(`${each.call} ${Object.keys(each.input)[0]}`, () => compare(each));

  test('a token that makes a call recognisable is the same for every attempt', async () => {
    server.requests.length = 0;
    const input = { DocumentName: 'd' };
    await send('athena:startQueryExecution', { QueryString: 'SELECT 1' }, outside(server.url), {
      attempt: 1,
    });
    await send('athena:startQueryExecution', { QueryString: 'SELECT 1' }, outside(server.url), {
      attempt: 2,
    });
    await send('ssm:startAutomationExecution', input, outside(server.url));
    const bodies = server.requests.map(({ body }) => JSON.parse(body) as Record<string, string>);
    assert.equal(bodies[0]!['ClientRequestToken'], delivery(1).deliveryId);
    assert.deepEqual(bodies[1], bodies[0]);
    assert.deepEqual(bodies[2], input);
  });

  test('what comes back is sorted: tried again, or not', async () => {
    const put = () => send('dynamodb:putItem', { TableName: 't', Item: {} }, outside(server.url));
    const answer = (status: number, type: string) =>
      server.answerWith({ status, body: JSON.stringify({ __type: `x#${type}`, message: 'm' }) });
    const seen: unknown[] = [];
    for (const [status, type] of [
      [400, 'ThrottlingException'],
      [400, 'ProvisionedThroughputExceededException'],
      [400, 'ResourceNotFoundException'],
      [400, 'ValidationException'],
      [400, 'AccessDeniedException'],
      [500, 'InternalServerError'],
    ] as const) {
      answer(status, type);
      const { status: verdict, code } = (await put()) as { status: string; code?: string };
      seen.push([type, verdict, code]);
    }
    assert.deepEqual(seen, [
      ['ThrottlingException', 'retry', 'THROTTLING'],
      ['ProvisionedThroughputExceededException', 'retry', 'THROTTLING'],
      ['ResourceNotFoundException', 'reject', 'NO_RESOURCE'],
      ['ValidationException', 'reject', 'INVALID_PARAMETER'],
      ['AccessDeniedException', 'reject', 'NO_PERMISSIONS'],
      ['InternalServerError', 'retry', 'ERROR_FROM_TARGET'],
    ]);
    server.answerWith({ status: 200, body: '<html>a portal</html>' });
    assert.equal((await put()).status, 'retry');
  });
});

test('an input that cannot be written as a request is refused, and nothing is sent', async () => {
  const server = await startBetween();
  const services = outside(server.url);
  for (const input of [{ Payload: 'x' }, { FunctionName: '..' }, { FunctionName: '' }]) {
    const outcome = await send('lambda:invoke', input, services);
    assert.equal(outcome.status, 'reject', JSON.stringify(outcome));
  }
  assert.deepEqual(server.requests, []);
  await server.close();
});

test('inputs that lie deep, or have members of all objects', async () => {
  const server = await startBetween();
  const services = outside(server.url);
  for (const [open, close] of [
    ['{"M":', '}'],
    ['[', ']'],
  ] as const) {
    const text = `{"Item":${open.repeat(20_000)}1${close.repeat(20_000)}}`;
    assert.equal((await sendText('dynamodb:putItem', text, services)).status, 'reject');
  }
  assert.equal(server.requests.length, 0);
  await sendText('kinesis:putRecord', '{"__proto__":{"Data":"x"},"constructor":1,"Data":"a"}', services);
  assert.equal(server.requests.at(-1)?.body, '{"__proto__":{"Data":"x"},"constructor":1,"Data":"YQ=="}');
  await server.close();
});

test('what is said of calls that cannot be made', () => {
  const nowhere = {};
  const somewhere = allAt('http://127.0.0.1:9');
  assert.match(check('sfn:startExecution', nowhere)!, /does not know where states is: write "services"/);
  assert.equal(check('sfn:startExecution', somewhere), undefined);
  assert.match(check('lambda:invoke', nowhere, { FunctionName: 'f' })!, /does not know where lambda is/);
  assert.equal(check('sfn:startExecutions', somewhere), 'startExecutions API is not supported.');
  assert.equal(check('nothing:doIt', somewhere), 'nothing is not a supported service for a target');
  assert.equal(check('constructor:doIt', somewhere), 'constructor is not a supported service for a target');
  assert.equal(check('s3:putObject', somewhere), 'Busbar does not call s3 for schedules yet.');
  assert.equal(
    check('eventbridge:startReplay', somewhere),
    'Busbar does not implement events:StartReplay yet.',
  );
});

describe('universal calls that moto serves', { skip: noMoto }, () => {
  let side: AwsSide;
  before(async () => {
    side = await startAwsSide();
  });
  after(() => side?.close());

  const delivered = async (call: string, input: object): Promise<void> => {
    const outcome = await send(call, input, outside(side.url));
    assert.equal(outcome.status, 'delivered', JSON.stringify(outcome));
  };

  test('dynamodb:putItem', async () => {
    await side.call('dynamodb', 'create_table', {
      TableName: 't',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    await delivered('dynamodb:putItem', { TableName: 't', Item: { id: { S: 'a' }, n: { N: '1' } } });
    const { Item } = await side.call<{ Item: unknown }>('dynamodb', 'get_item', {
      TableName: 't',
      Key: { id: { S: 'a' } },
    });
    assert.deepEqual(Item, { id: { S: 'a' }, n: { N: '1' } });
    const missing = await send('dynamodb:putItem', { TableName: 'no', Item: {} }, outside(side.url));
    assert.deepEqual([missing.status, 'code' in missing && missing.code], ['reject', 'NO_RESOURCE']);
  });

  test('kinesis:putRecord', async () => {
    await side.call('kinesis', 'create_stream', { StreamName: 's', ShardCount: 1 });
    await delivered('kinesis:putRecord', { StreamName: 's', PartitionKey: 'p', Data: '{"n":"ü"}' });
    const { Shards } = await side.call<{ Shards: { ShardId: string }[] }>('kinesis', 'list_shards', {
      StreamName: 's',
    });
    const { ShardIterator } = await side.call<{ ShardIterator: string }>('kinesis', 'get_shard_iterator', {
      StreamName: 's',
      ShardId: Shards[0]!.ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const { Records } = await side.call<{ Records: { Data: string }[] }>('kinesis', 'get_records', {
      ShardIterator,
    });
    assert.deepEqual(
      Records.map(({ Data }) => Data),
      ['{"n":"ü"}'],
    );
  });

  test('sns:publish', async () => {
    const { TopicArn } = await side.call<{ TopicArn: string }>('sns', 'create_topic', { Name: 'u' });
    await side.call('sqs', 'create_queue', { QueueName: 'u' });
    const Endpoint = `arn:aws:sqs:us-east-1:${ACCOUNT}:u`;
    await side.call('sns', 'subscribe', {
      TopicArn,
      Protocol: 'sqs',
      Endpoint,
      Attributes: { RawMessageDelivery: 'true' },
    });
    await delivered('sns:publish', { TopicArn, Message: 'tick' });
    const { Messages } = await side.call<{ Messages: { Body: string }[] }>('sqs', 'receive_message', {
      QueueUrl: `${side.url}/${ACCOUNT}/u`,
    });
    assert.deepEqual(
      Messages.map(({ Body }) => Body),
      ['tick'],
    );
  });

  test('sfn:startExecution', async () => {
    const { stateMachineArn } = await side.call<{ stateMachineArn: string }>(
      'stepfunctions',
      'create_state_machine',
      {
        name: 'refund',
        definition: '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}',
        roleArn: ROLE,
      },
    );
    await delivered('sfn:startExecution', { StateMachineArn: stateMachineArn, Name: 'e', Input: '{"n":1}' });
    const executionArn = stateMachineArn.replace(':stateMachine:', ':execution:') + ':e';
    const { input } = await side.call<{ input: string }>('stepfunctions', 'describe_execution', {
      executionArn,
    });
    assert.equal(input, '{"n":1}');
  });

  test('ec2:stopInstances', async () => {
    const { Instances } = await side.call<{ Instances: { InstanceId: string }[] }>('ec2', 'run_instances', {
      ImageId: 'ami-12c6146b',
      MinCount: 2,
      MaxCount: 2,
    });
    const InstanceIds = Instances.map(({ InstanceId }) => InstanceId);
    await delivered('ec2:stopInstances', { InstanceIds });
    const { Reservations } = await side.call<{
      Reservations: { Instances: { State: { Name: string } }[] }[];
    }>('ec2', 'describe_instances', { InstanceIds });
    const states = Reservations.flatMap((each) => each.Instances.map(({ State }) => State.Name));
    assert.deepEqual(states, ['stopped', 'stopped']);
  });

  test('cloudwatch:putMetricData, secretsmanager:createSecret, batch:tagResource, sqs:sendMessage', async () => {
    await delivered('cloudwatch:putMetricData', {
      Namespace: 'jobs',
      MetricData: [{ MetricName: 'ticks', Value: 1, Timestamp: new Date().toISOString() }],
    });
    const { Metrics } = await side.call<{ Metrics: { MetricName: string }[] }>('cloudwatch', 'list_metrics', {
      Namespace: 'jobs',
    });
    assert.deepEqual(
      Metrics.map(({ MetricName }) => MetricName),
      ['ticks'],
    );
    await delivered('secretsmanager:createSecret', { Name: 'k', SecretString: 'v' });
    await side.call('sqs', 'create_queue', { QueueName: 'jobs' });
    const QueueUrl = `${side.url}/${ACCOUNT}/jobs`;
    const MessageAttributes = { a: { DataType: 'String', StringValue: 'b' } };
    await delivered('sqs:sendMessage', { QueueUrl, MessageBody: 'm', MessageAttributes });
    const { Messages } = await side.call<{ Messages: { Body: string }[] }>('sqs', 'receive_message', {
      QueueUrl,
    });
    assert.deepEqual(
      Messages.map(({ Body }) => Body),
      ['m'],
    );
  });
});
