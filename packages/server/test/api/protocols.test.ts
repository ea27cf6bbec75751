import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startFixture } from './front-door-fixture.ts';

const fixture = await startFixture();
const { json, form, send, seen } = fixture;
const ENTRIES = { Entries: [{ Source: 's' }] };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('AWS JSON', () => {
  it('answers with the version of its service and a request id', async () => {
    const events = await json('AWSEvents.PutEvents', ENTRIES);
    assert.equal(events.status, 200);
    assert.equal(events.text, '{"FailedEntryCount":0,"Entries":[]}');
    assert.equal(events.headers.get('content-type'), 'application/x-amz-json-1.1');
    assert.match(events.headers.get('x-amzn-requestid')!, UUID);
    const queue = await json('AmazonSQS.SendMessage', { QueueUrl: 'u', MessageBody: 'm' });
    assert.equal(queue.headers.get('content-type'), 'application/x-amz-json-1.0');
  });

  it('answers an operation without output with nothing, or with what it gave', async () => {
    assert.equal((await json('AWSEvents.DeleteRule', { Name: 'r' })).text, '');
    assert.equal((await json('AWSEvents.DeleteArchive', { ArchiveName: 'a' })).text, '{}');
  });

  it('writes errors into body and header', async () => {
    const answer = await json('AWSEvents.DescribeRule', { Name: 'r' });
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.json, {
      __type: 'ResourceNotFoundException',
      message: 'Rule r does not exist on EventBus default.',
    });
    assert.equal(answer.headers.get('x-amzn-errortype'), 'ResourceNotFoundException');
  });

  it('gives SQS errors their namespace and the header for older clients', async () => {
    const answer = await json('AmazonSQS.SendMessage', { QueueUrl: 'u' });
    assert.equal(answer.json.__type, 'com.amazonaws.sqs#MissingRequiredParameterException');
    assert.equal(answer.headers.get('x-amzn-query-error'), 'MissingParameter;Sender');
  });

  it('hides the cause of an unexpected failure', async () => {
    const answer = await json('AWSEvents.ListRules', {});
    assert.equal(answer.status, 500);
    assert.deepEqual(answer.json, {
      __type: 'InternalException',
      message: 'Service encountered unexpected problem. Please try again.',
    });
  });

  const BODIES: readonly (readonly [
    behaviour: string,
    body: string | Uint8Array<ArrayBuffer>,
    code: string | undefined,
  ])[] = [
    ['an empty body counts as no input', '', 'ValidationException'],
    ['half a body', '{"Entries":', 'SerializationException'],
    ['a list', '[]', 'SerializationException'],
    ['a number', '1', 'SerializationException'],
    ['null', 'null', 'SerializationException'],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'SerializationException'],
    ['deeply nested lists', `{"Entries":${'['.repeat(500_000)}`, 'SerializationException'],
    ['deeply nested and closed', `{"X":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'ValidationException'],
    ['a prototype', '{"__proto__":{"Entries":[{}]}}', 'ValidationException'],
    ['a lone surrogate', '{"Entries":[{"Source":"\\ud800"}]}', undefined],
  ];
  for (const [behaviour, body, code] of BODIES) {
    it(`body: ${behaviour}`, async () => {
      const answer = await send({ method: 'POST', headers: { 'x-amz-target': 'AWSEvents.PutEvents' }, body });
      assert.equal(answer.json.__type, code);
      assert.equal(answer.status, code === undefined ? 200 : 400);
    });
  }

  it('reads gzip', async () => {
    const body = new Uint8Array(gzipSync(JSON.stringify(ENTRIES)));
    const headers = { 'x-amz-target': 'AWSEvents.PutEvents', 'content-encoding': 'gzip' };
    assert.equal((await send({ method: 'POST', headers, body })).status, 200);
    assert.deepEqual(seen.input, ENTRIES);
  });

  it('refuses broken gzip, bombs and other encodings', async () => {
    const post = async (encoding: string, bytes: Buffer): Promise<number> => {
      const headers = { 'x-amz-target': 'AWSEvents.PutEvents', 'content-encoding': encoding };
      return (await send({ method: 'POST', headers, body: new Uint8Array(bytes) })).status;
    };
    assert.equal(await post('gzip', Buffer.from('no gzip')), 400);
    assert.equal(await post('gzip', gzipSync(Buffer.alloc(200_000_000, 0x20))), 413);
    assert.equal(await post('br', Buffer.from('{}')), 415);
  });
});

describe('query protocol', () => {
  const version = 'Version=2012-11-05';

  it('reads numbered lists, maps and structures', async () => {
    await form(
      `Action=SendMessage&${version}&QueueUrl=u&MessageBody=a%26b+c&DelaySeconds=5` +
        '&MessageAttribute.1.Name=n&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=v',
    );
    assert.deepEqual(seen.input, {
      QueueUrl: 'u',
      MessageBody: 'a&b c',
      DelaySeconds: 5,
      MessageAttributes: { n: { DataType: 'String', StringValue: 'v' } },
    });
    await form(
      `Action=SendMessageBatch&${version}&QueueUrl=u&SendMessageBatchRequestEntry.10.Id=b&SendMessageBatchRequestEntry.10.MessageBody=2` +
        '&SendMessageBatchRequestEntry.2.Id=a&SendMessageBatchRequestEntry.2.MessageBody=1',
    );
    assert.deepEqual(seen.input, {
      QueueUrl: 'u',
      Entries: [
        { Id: 'a', MessageBody: '1' },
        { Id: 'b', MessageBody: '2' },
      ],
    });
    await form(
      `Action=CreateQueue&${version}&QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=0&Tag.1.Key=k&Tag.1.Value=v`,
    );
    assert.deepEqual(seen.input, { QueueName: 'q', Attributes: { DelaySeconds: '0' }, tags: { k: 'v' } });
    await form(`Action=GetQueueAttributes&${version}&QueueUrl=u&AttributeName.1=All`);
    assert.deepEqual(seen.input, { QueueUrl: 'u', AttributeNames: ['All'] });
  });

  it('takes an absent list that is required for an empty one', async () => {
    await form(`Action=SendMessageBatch&${version}&QueueUrl=u`);
    assert.deepEqual(seen.input, { QueueUrl: 'u', Entries: [] });
  });

  it('writes XML by the model', async () => {
    const answer = await form(`Action=SendMessage&${version}&QueueUrl=u&MessageBody=m`);
    const id = answer.headers.get('x-amzn-requestid');
    assert.equal(answer.headers.get('content-type'), 'text/xml');
    assert.equal(
      answer.text,
      '<SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><SendMessageResult>' +
        '<MD5OfMessageBody>d&lt;5&gt;</MD5OfMessageBody><MessageId>m-1</MessageId></SendMessageResult>' +
        `<ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata></SendMessageResponse>`,
    );
    assert.match(
      (await form(`Action=GetQueueAttributes&${version}&QueueUrl=u`)).text,
      /<Attribute><Name>Policy<\/Name><Value>\{&quot;a&quot;:1\}<\/Value><\/Attribute>/,
    );
    assert.match(
      (await form(`Action=SendMessageBatch&${version}&QueueUrl=u`)).text,
      /<SendMessageBatchResultEntry><Id>a<\/Id><\/SendMessageBatchResultEntry><SendMessageBatchResultEntry>/,
    );
    assert.match(
      (await form(`Action=DeleteQueue&${version}&QueueUrl=u`)).text,
      /^<DeleteQueueResponse [^>]+><ResponseMetadata>/,
    );
  });

  it('takes the queue from the path', async () => {
    await form(`Action=DeleteQueue&${version}`, '/000000000000/orders');
    assert.deepEqual(seen.input, { QueueUrl: `${fixture.origin}/000000000000/orders` });
    assert.equal(seen.call!.path, '/000000000000/orders');
  });

  it('writes errors as XML', async () => {
    const answer = await form(`Action=SendMessage&${version}&QueueUrl=u`);
    assert.equal(answer.status, 400);
    assert.match(
      answer.text,
      /<Error><Type>Sender<\/Type><Code>MissingParameter<\/Code><Message>The request must contain the parameter MessageBody.<\/Message><\/Error><RequestId>/,
    );
    const number = await form(`Action=SendMessage&${version}&QueueUrl=u&MessageBody=m&DelaySeconds=soon`);
    assert.match(number.text, /<Code>MalformedInput<\/Code>/);
    assert.match((await form('Action=Nope&Version=2012-11-05')).text, /<Code>InvalidAction<\/Code>/);
  });

  it('bounds parameters and survives odd names', async () => {
    const many = Array.from({ length: 10_001 }, (_, at) => `a${at}=1`).join('&');
    assert.equal((await form(many)).status, 400);
    const odd = `Action=CreateQueue&${version}&QueueName=q&__proto__.x=1&${'a.'.repeat(10_000)}b=1&Attribute.999999999999.Name=x`;
    assert.equal((await form(odd)).status, 200);
    assert.deepEqual(seen.input, { QueueName: 'q' });
  });

  it('serves STS, also by GET', async () => {
    const posted = await form('Action=GetCallerIdentity&Version=2011-06-15');
    assert.match(posted.text, /<Account>000000000000<\/Account>/);
    const got = await send({ path: '/?Action=GetCallerIdentity&Version=2011-06-15' });
    assert.match(
      got.text,
      /^<GetCallerIdentityResponse xmlns="https:\/\/sts.amazonaws.com\/doc\/2011-06-15\/">/,
    );
  });
});
