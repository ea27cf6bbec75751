import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileInputValidators } from '../../src/api/validation/input-validator.ts';
import { ApiError } from '../../src/model/errors.ts';
import { limits } from '../../src/model/limits.ts';
import { serviceModel } from '../../src/model/service-model.ts';

const events = compileInputValidators(serviceModel('events')!);
const sqs = compileInputValidators(serviceModel('sqs')!);

function errorOf(validators: typeof events, operation: string, input: object): ApiError | undefined {
  try {
    validators.get(operation)!(input);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ApiError);
    return error;
  }
}

const NAME = String.raw`[\.\-_A-Za-z0-9]+`;
const BUS = String.raw`(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[\.\-_A-Za-z0-9]+`;
const one = (rest: string): string => `1 validation error detected: ${rest}`;
const fails = (value: string, path: string, rule: string): string =>
  `Value ${value} at '${path}' failed to satisfy constraint: Member must ${rule}`;

const longName = `${'a b'.repeat(30)}!`;
const partnerBus = 'arn:aws:events:us-east-1:111111111111:event-bus/aws.partner/x.com/y';
const target = { Id: 't', Arn: 'arn:aws:sqs:us-east-1:111111111111:q' };
const putTargets = (extra: object): object => ({ Rule: 'r', Targets: [{ ...target, ...extra }] });

interface Row {
  readonly behaviour: string;
  readonly operation: string;
  readonly input: object;
  /** Undefined: the input is sound. */
  readonly message: string | undefined;
}

const ROWS: readonly Row[] = [
  {
    behaviour: 'a missing member is not null',
    operation: 'PutEvents',
    input: {},
    message: one(fails('null', 'entries', 'not be null')),
  },
  {
    behaviour: 'null counts as absent',
    operation: 'DeleteRule',
    input: { Name: null },
    message: one(fails('null', 'name', 'not be null')),
  },
  {
    behaviour: 'an empty list is too short',
    operation: 'PutEvents',
    input: { Entries: [] },
    message: one(fails("'[]'", 'entries', 'have length greater than or equal to 1')),
  },
  {
    behaviour: 'a long list is shown as the service prints it',
    operation: 'PutEvents',
    input: { Entries: [{ Source: 's', Time: 1_700_000_000 }, ...Array.from({ length: 10 }, () => ({}))] },
    message: one(
      fails(
        `'[PutEventsRequestEntry(time=2023-11-14T22:13:20Z, source=s, resources=null, detailType=null, detail=null, ` +
          `eventBusName=null, traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)` +
          `, PutEventsRequestEntry(time=null, source=null, resources=null, detailType=null, detail=null, eventBusName=null, traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)`.repeat(
            10,
          ) +
          `]'`,
        'entries',
        'have length less than or equal to 10',
      ),
    ),
  },
  {
    behaviour: 'pattern, length and enum, in that order, over several members in the order of the structure',
    operation: 'CreateConnection',
    input: { AuthParameters: {}, AuthorizationType: 'INVALID', Name: longName },
    message:
      '3 validation errors detected: ' +
      [
        fails(`'${longName}'`, 'name', `satisfy regular expression pattern: ${NAME}`),
        fails(`'${longName}'`, 'name', 'have length less than or equal to 64'),
        fails(
          "'INVALID'",
          'authorizationType',
          'satisfy enum value set: [BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]',
        ),
      ].join('; '),
  },
  {
    behaviour: 'the set of HTTP methods has an order of its own',
    operation: 'CreateApiDestination',
    input: {
      Name: 'd',
      ConnectionArn: 'arn:aws:events:us-east-1:111111111111:connection/c/1',
      InvocationEndpoint: 'https://example.com/a',
      HttpMethod: 'INVALID',
    },
    message: one(
      fails(
        "'INVALID'",
        'httpMethod',
        'satisfy enum value set: [HEAD, POST, PATCH, DELETE, PUT, GET, OPTIONS]',
      ),
    ),
  },
  {
    behaviour: 'list members are counted from one',
    operation: 'PutTargets',
    input: putTargets({ Id: 'x'.repeat(65) }),
    message: one(fails(`'${'x'.repeat(65)}'`, 'targets.1.member.id', 'have length less than or equal to 64')),
  },
  {
    behaviour: 'an ARN is no rule name',
    operation: 'PutTargets',
    input: { Rule: 'arn:aws:events:us-east-1:1:rule/r', Targets: [target] },
    message: one(
      fails("'arn:aws:events:us-east-1:1:rule/r'", 'rule', `satisfy regular expression pattern: ${NAME}`),
    ),
  },
  {
    behaviour: 'partner buses take no events of others',
    operation: 'PutEvents',
    input: { Entries: [{ EventBusName: partnerBus }] },
    message: one(
      fails(`'${partnerBus}'`, 'entries.1.member.eventBusName', `satisfy regular expression pattern: ${BUS}`),
    ),
  },
  {
    behaviour: 'PutPermission takes a bus name only',
    operation: 'PutPermission',
    input: { EventBusName: 'aws.partner/x' },
    message: one(fails("'aws.partner/x'", 'eventBusName', `satisfy regular expression pattern: ${NAME}`)),
  },
  {
    behaviour: 'numbers have bounds, too',
    operation: 'PutTargets',
    input: putTargets({ RetryPolicy: { MaximumRetryAttempts: 186, MaximumEventAgeInSeconds: 59 } }),
    message:
      '2 validation errors detected: ' +
      [
        fails(
          "'186'",
          'targets.1.member.retryPolicy.maximumRetryAttempts',
          'have value less than or equal to 185',
        ),
        fails(
          "'59'",
          'targets.1.member.retryPolicy.maximumEventAgeInSeconds',
          'have value greater than or equal to 60',
        ),
      ].join('; '),
  },
  {
    behaviour: 'map keys and values have paths',
    operation: 'PutTargets',
    input: putTargets({
      InputTransformer: { InputTemplate: 't', InputPathsMap: { 'a b': '$.a', c: 'x'.repeat(257) } },
    }),
    message:
      '2 validation errors detected: ' +
      [
        fails(
          "'a b'",
          'targets.1.member.inputTransformer.inputPathsMap.a b.key',
          String.raw`satisfy regular expression pattern: [A-Za-z0-9\_\-]+`,
        ),
        fails(
          `'${'x'.repeat(257)}'`,
          'targets.1.member.inputTransformer.inputPathsMap.c.member',
          'have length less than or equal to 256',
        ),
      ].join('; '),
  },
  {
    behaviour: 'a list takes no null',
    operation: 'RemoveTargets',
    input: { Rule: 'r', Ids: ['a', null] },
    message: one(fails('null', 'ids.2.member', 'not be null')),
  },
  {
    behaviour: 'a sensitive value is not shown',
    operation: 'CreateConnection',
    input: {
      Name: 'c',
      AuthorizationType: 'BASIC',
      AuthParameters: { BasicAuthParameters: { Username: 'u', Password: 'pass:word' } },
    },
    message: one(
      String.raw`Value at 'authParameters.basicAuthParameters.password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$`,
    ),
  },
  {
    behaviour: 'characters outside the basic plane count once',
    operation: 'PutRule',
    input: { Name: 'r', Description: '🚀'.repeat(512) },
    message: undefined,
  },
  {
    behaviour: 'unknown members are ignored',
    operation: 'DeleteRule',
    input: JSON.parse('{"Name":"r","Nope":{"a":[1]},"__proto__":{"Name":5}}') as object,
    message: undefined,
  },
];

describe('constraint grammar', () => {
  for (const row of ROWS) {
    it(row.behaviour, () => {
      const error = errorOf(events, row.operation, row.input);
      assert.equal(error?.message, row.message);
      if (error) assert.deepEqual([error.code, error.status], ['ValidationException', 400]);
    });
  }

  it('removes null members', () => {
    const input = { Name: 'r', EventBusName: null };
    events.get('DeleteRule')!(input);
    assert.deepEqual(Object.keys(input), ['Name']);
  });

  it('bounds what a message shows of huge values and of many faults', () => {
    const huge = errorOf(events, 'DeleteRule', { Name: 'x'.repeat(5_000_000) })!;
    assert.ok(huge.message.length < limits.validationValueChars + 200);
    const many = errorOf(events, 'RemoveTargets', {
      Rule: 'r',
      Ids: Array.from({ length: 50_000 }, () => ''),
    })!;
    assert.match(many.message, /^100001 validation errors detected: /);
    assert.ok(many.message.length < 100_000, String(many.message.length));
  });

  it('shows structures with their secrets redacted', () => {
    const entries = Array.from({ length: 101 }, () => ({ Key: 'k', Value: 'hunter2', IsValueSecret: true }));
    const error = errorOf(events, 'UpdateConnection', {
      Name: 'c',
      AuthParameters: { InvocationHttpParameters: { HeaderParameters: entries } },
    })!;
    assert.match(error.message, /value=\*\*\*Sensitive Data Redacted\*\*\*, isValueSecret=true/);
    assert.doesNotMatch(error.message, /hunter2/);
  });

  it('answers hostile values of patterns with nested repetition at once', () => {
    const error = errorOf(events, 'CreateConnection', {
      Name: 'c',
      AuthorizationType: 'BASIC',
      AuthParameters: { BasicAuthParameters: { Username: `${' '.repeat(500)}:`, Password: 'p' } },
    })!;
    assert.match(error.message, /basicAuthParameters.username/);
  });
});

describe('wrong JSON types', () => {
  const TYPES: readonly (readonly [string, object, string])[] = [
    ['DeleteRule', { Name: 5 }, 'NUMBER_VALUE can not be converted to a String'],
    ['DeleteRule', { Name: true }, 'TRUE_VALUE can not be converted to a String'],
    ['DeleteRule', { Name: ['r'] }, 'Start of list found where not expected'],
    ['DeleteRule', { Name: {} }, 'Start of structure or map found where not expected.'],
    ['DeleteRule', { Name: 'r', Force: 'true' }, 'STRING_VALUE can not be converted to a Boolean'],
    ['ListRules', { Limit: '5' }, 'STRING_VALUE can not be converted to an Integer'],
    ['ListRules', { Limit: 5.5 }, 'NUMBER_VALUE can not be converted to an Integer'],
    ['PutEvents', { Entries: {} }, 'Start of structure or map found where not expected.'],
    ['PutEvents', { Entries: ['x'] }, 'STRING_VALUE can not be converted to a structure'],
    ['PutEvents', { Entries: [{ Time: '2026-01-01' }] }, 'STRING_VALUE can not be converted to a Timestamp'],
  ];
  for (const [operation, input, message] of TYPES) {
    it(`${operation} ${JSON.stringify(input)}`, () => {
      const error = errorOf(events, operation, input);
      assert.deepEqual([error?.code, error?.message], ['SerializationException', message]);
    });
  }

  it('outweigh violated constraints', () => {
    assert.equal(errorOf(events, 'DeleteRule', { Force: 5 })?.code, 'SerializationException');
  });
});

describe('members that the API does not know', () => {
  it('are dropped at every depth, whatever they hold', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    const odd = JSON.parse('{"__proto__":{"a":1},"constructor":1}') as object;
    const input = {
      Name: 'b',
      LogConfig: { Level: 'INFO', deep },
      Tags: [{ Key: 'k', Value: 'v', ...odd }],
      deep,
    };
    assert.equal(errorOf(events, 'CreateEventBus', input), undefined);
    assert.deepEqual(input, { Name: 'b', LogConfig: { Level: 'INFO' }, Tags: [{ Key: 'k', Value: 'v' }] });
  });
});

describe('values nested deeper than the stack', () => {
  it('are wrong types like any other, also where a message shows what surrounds them', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    const Ids = [...Array.from({ length: 101 }, () => 'a'), deep];
    const error = errorOf(events, 'RemoveTargets', { Rule: 'r', Ids });
    assert.equal(error?.message, 'Start of list found where not expected');
  });
});

describe('SQS words its own errors', () => {
  it('names the first missing parameter', () => {
    const error = errorOf(sqs, 'SendMessage', { QueueUrl: 'u' })!;
    assert.equal(error.message, 'The request must contain the parameter MessageBody.');
    assert.equal(error.code, 'MissingRequiredParameterException');
    assert.equal(error.queryCode, 'MissingParameter');
  });

  it('names parameters of batch entries as the query protocol does', () => {
    const input = { QueueUrl: 'u', Entries: [{ Id: 'a', MessageBody: 'm' }, { MessageBody: 'm' }] };
    const message = 'The request must contain the parameter SendMessageBatchRequestEntry.2.Id.';
    assert.equal(errorOf(sqs, 'SendMessageBatch', input)?.message, message);
  });

  it('leaves values to the operations', () => {
    const input = { QueueUrl: 'u', MaxNumberOfMessages: 11, AttributeNames: ['Nope'] };
    assert.equal(errorOf(sqs, 'ReceiveMessage', input), undefined);
  });

  it('takes base64 only where bytes belong', () => {
    const attribute = (value: string): object => ({
      QueueUrl: 'u',
      MessageBody: 'm',
      MessageAttributes: { a: { DataType: 'Binary', BinaryValue: value } },
    });
    assert.equal(errorOf(sqs, 'SendMessage', attribute('AAE=')), undefined);
    assert.equal(errorOf(sqs, 'SendMessage', attribute('???'))?.code, 'SerializationException');
  });
});
