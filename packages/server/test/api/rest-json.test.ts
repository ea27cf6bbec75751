// REST-JSON: how input is gathered and answers are written, on a small model and through the front door.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { restInput, restJsonProtocol } from '../../src/api/protocols/rest-json.ts';
import { ApiError } from '../../src/model/errors.ts';
import { defineOperation } from '../../src/model/operation.ts';
import type { ServiceModel } from '../../src/model/service-model.ts';
import { startFixture } from './front-door-fixture.ts';

const model: ServiceModel = {
  service: 'made-up',
  title: 'Made up',
  version: '1',
  signingName: 'made-up',
  protocols: ['rest-json'],
  operations: {
    Put: {
      http: { method: 'PUT', path: '/things/{Name}', status: 201 },
      input: 'PutRequest',
      output: 'Thing',
    },
    Remove: { http: { method: 'DELETE', path: '/things/{Name}', status: 204 }, input: 'RemoveRequest' },
    Raw: { http: { method: 'POST', path: '/raw' }, input: 'RawMessage', output: 'RawMessage' },
  },
  shapes: {
    Text: { type: 'string' },
    Number: { type: 'integer' },
    Flag: { type: 'boolean' },
    Bytes: { type: 'blob' },
    Seconds: { type: 'timestamp' },
    Iso: { type: 'timestamp', timestampFormat: 'iso8601' },
    Texts: { type: 'list', member: 'Text' },
    Tags: { type: 'map', key: 'Text', value: 'Iso' },
    PutRequest: {
      type: 'structure',
      members: {
        Name: 'Text',
        Limit: 'Number',
        Keys: 'Texts',
        Quiet: 'Flag',
        Client: 'Text',
        Tags: 'Tags',
        Body: 'Text',
      },
      places: {
        Name: { in: 'path', name: 'Name' },
        Limit: { in: 'query', name: 'limit' },
        Keys: { in: 'query', name: 'tagKeys' },
        Quiet: { in: 'query', name: 'quiet' },
        Client: { in: 'header', name: 'X-Client' },
        Tags: { in: 'body', name: 'tags' },
      },
    },
    RemoveRequest: {
      type: 'structure',
      members: { Name: 'Text' },
      places: { Name: { in: 'path', name: 'Name' } },
    },
    Thing: {
      type: 'structure',
      members: { Name: 'Text', At: 'Iso', Since: 'Seconds', Bytes: 'Bytes', Tags: 'Tags', Version: 'Text' },
      places: { Tags: { in: 'body', name: 'tags' }, Version: { in: 'header', name: 'X-Version' } },
    },
    RawMessage: {
      type: 'structure',
      members: { Body: 'Bytes', Status: 'Number' },
      places: { Status: { in: 'status', name: '' } },
      payload: 'Body',
    },
  },
};

const inputOf = (
  operation: string,
  {
    query = '',
    headers = {},
    body = '',
  }: { query?: string; headers?: Record<string, string>; body?: string },
): object =>
  restInput(
    model,
    operation,
    { method: 'PUT', path: '', query, headers, rawHeaders: [] },
    { Name: 'lamp' },
    Buffer.from(body),
  );

describe('input', () => {
  it('comes from path, query, headers and body', () => {
    const query = 'limit=5&tagKeys=a&tagKeys=b%20c&quiet=true&other=1';
    const body = '{"Body":"b","tags":{"x":1},"Tags":{"y":1},"Name":"from the body"}';
    assert.deepEqual(inputOf('Put', { query, headers: { 'x-client': 'me' }, body }), {
      Name: 'lamp',
      Limit: 5,
      Keys: ['a', 'b c'],
      Quiet: true,
      Client: 'me',
      Tags: { x: 1 },
      Body: 'b',
    });
  });

  it('values of the wrong type are left for validation', () => {
    assert.deepEqual(inputOf('Put', { query: 'limit=many&quiet=perhaps' }), {
      Name: 'lamp',
      Limit: 'many',
      Quiet: 'perhaps',
    });
  });

  it('a body that no member travels in is not looked at', () => {
    assert.deepEqual(inputOf('Remove', { body: 'no JSON' }), { Name: 'lamp' });
  });

  it('a body that is needed must be a JSON object', () => {
    assert.throws(() => inputOf('Put', { body: '[]' }), { code: 'SerializationException' });
  });

  it('a blob is the whole body, as its bytes', () => {
    assert.deepEqual(inputOf('Raw', { body: 'no JSON' }), { Body: Buffer.from('no JSON') });
    assert.deepEqual(inputOf('Raw', {}), {});
  });
});

describe('answers', () => {
  const protocol = restJsonProtocol(model);

  it('write members where the model says, absent ones nowhere', () => {
    const output = {
      Name: 'lamp',
      At: 1.5,
      Since: 1.5,
      Bytes: Buffer.from('hi'),
      Tags: { a: 0 },
      Version: '7',
    };
    const answer = protocol.success('Put', output, 'id');
    assert.equal(answer.status, 201);
    assert.deepEqual(answer.headers, ['X-Version', '7']);
    assert.deepEqual(JSON.parse(answer.body as string), {
      Name: 'lamp',
      At: '1970-01-01T00:00:01.500Z',
      Since: 1.5,
      Bytes: 'aGk=',
      tags: { a: '1970-01-01T00:00:00.000Z' },
    });
    assert.equal(protocol.success('Put', {}, 'id').body, '{}');
  });

  it('an operation without output answers nothing where the status forbids it', () => {
    assert.deepEqual(protocol.success('Remove', undefined, 'id').body, '');
  });

  it('a blob is the whole body, and the status may be the operation’s', () => {
    const answer = protocol.success('Raw', { Body: Buffer.from('raw'), Status: 202 }, 'id');
    assert.equal(answer.status, 202);
    assert.equal(String(answer.body), 'raw');
    assert.equal(answer.contentType, 'application/octet-stream');
  });

  it('errors say their code in a header, and what else they have', () => {
    const error = new ApiError('ConflictException', 'No.', { status: 409, members: { ResourceId: 'x' } });
    const { status, headers, body } = protocol.failure(error, 'id');
    assert.equal(status, 409);
    assert.deepEqual(headers, ['x-amzn-ErrorType', 'ConflictException']);
    assert.deepEqual(JSON.parse(body as string), {
      __type: 'ConflictException',
      message: 'No.',
      ResourceId: 'x',
    });
  });
});

describe('through the front door', async () => {
  const inputs: Record<string, unknown>[] = [];
  const { send } = await startFixture({
    services: {
      lambda: [
        defineOperation('Invoke', async (input: Record<string, unknown>) => {
          inputs.push(input);
          return { StatusCode: input['InvocationType'] === 'DryRun' ? 204 : 200, Payload: input['Payload'] };
        }),
        defineOperation('ListFunctions', async () => ({ Functions: [] })),
      ],
    },
  });
  const scope = {
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0',
  };
  const invocations =
    '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Apay/invocations';

  it('labels, query, headers and payload reach the operation', async () => {
    const headers = { ...scope, 'X-Amz-Invocation-Type': 'RequestResponse', 'X-Amz-Log-Type': 'Tail' };
    const path = `${invocations}?Qualifier=%24LATEST`;
    const answer = await send({ method: 'POST', path, headers, body: '{"total":1}' });
    assert.equal(answer.text, '{"total":1}');
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.deepEqual(inputs.at(-1), {
      FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:pay',
      InvocationType: 'RequestResponse',
      LogType: 'Tail',
      Qualifier: '$LATEST',
      Payload: Buffer.from('{"total":1}'),
    });
  });

  const rows: readonly {
    readonly behaviour: string;
    readonly method: string;
    readonly path: string;
    readonly headers?: Record<string, string>;
    readonly status: number;
    readonly says: RegExp;
  }[] = [
    { behaviour: 'the path alone tells', method: 'POST', path: invocations, status: 200, says: /^$/ },
    {
      behaviour: 'a GET without credentials is no page',
      method: 'GET',
      path: '/2015-03-31/functions/',
      status: 200,
      says: /Functions/,
    },
    {
      behaviour: 'an answer without a body',
      method: 'POST',
      path: invocations,
      headers: { 'X-Amz-Invocation-Type': 'DryRun' },
      status: 204,
      says: /^$/,
    },
    {
      behaviour: 'constraints hold',
      method: 'POST',
      path: invocations,
      headers: { 'X-Amz-Invocation-Type': 'Now' },
      status: 400,
      says: /Value 'Now' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set/,
    },
    {
      behaviour: 'an operation of the model that is not built',
      method: 'GET',
      path: '/2015-03-31/functions/pay',
      status: 501,
      says: /does not implement lambda:GetFunction yet/,
    },
    {
      behaviour: 'an operation beyond the model',
      method: 'DELETE',
      path: '/2015-03-31/functions/pay',
      headers: scope,
      status: 501,
      says: /does not implement this operation of Lambda yet/,
    },
    {
      behaviour: 'an operation beyond the model, without credentials',
      method: 'GET',
      path: '/2020-06-30/functions/pay/code-signing-config',
      status: 501,
      says: /does not implement this operation of Lambda yet/,
    },
  ];
  for (const { behaviour, status, says, ...request } of rows) {
    it(behaviour, async () => {
      const answer = await send(request);
      assert.match(answer.text, says);
      assert.equal(answer.status, status);
      if (status >= 400) assert.match(answer.headers.get('x-amzn-errortype')!, /Exception$/);
    });
  }
});
