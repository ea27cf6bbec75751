// What errors of AWS services mean for a delivery.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorOf, outcomeOfError } from '../../../src/targets/aws/classify.ts';
import { elementsOf, textOf } from '../../../src/targets/aws/xml.ts';

/** Error codes as the services' references and SDKs name them. */
const MEANINGS: readonly (readonly [verdict: string, status: number, codes: readonly string[]])[] = [
  [
    'retry THROTTLING',
    400,
    [
      'Throttling',
      'ThrottlingException',
      'ThrottledException',
      'RequestThrottled',
      'TooManyRequestsException',
      'ProvisionedThroughputExceededException',
      'KMSThrottlingException',
      'RequestLimitExceeded',
      'SlowDown',
      'EC2ThrottledException',
    ],
  ],
  [
    'retry RESOURCE_LIMIT_EXCEEDED',
    400,
    [
      'LimitExceededException',
      'ExecutionLimitExceeded',
      'AccountLimitExceededException',
      'ConcurrentRunsExceededException',
      'ActiveStatementsExceededException',
      'ServiceQuotaExceededException',
      'OverLimit',
    ],
  ],
  [
    'retry RESOURCE_MODIFICATION_COLLISION',
    400,
    ['ConflictException', 'ResourceInUseException', 'ConcurrentModificationException', 'IncorrectState'],
  ],
  ['retry NO_PERMISSIONS', 400, ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']],
  [
    'reject NO_PERMISSIONS',
    400,
    [
      'AccessDenied',
      'AccessDeniedException',
      'AuthorizationError',
      'UnauthorizedOperation',
      'AuthFailure',
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'SignatureDoesNotMatch',
      'KMSAccessDeniedException',
      'MissingAuthenticationTokenException',
    ],
  ],
  [
    'reject NO_RESOURCE',
    400,
    [
      'NotFound',
      'ResourceNotFoundException',
      'StateMachineDoesNotExist',
      'AWS.SimpleQueueService.NonExistentQueue',
      'QueueDoesNotExist',
      'ClusterNotFoundException',
      'EntityNotFoundException',
      'PipelineNotFoundException',
      'InvalidInstanceID.NotFound',
      'InvalidDocument',
      'StateMachineDeleting',
    ],
  ],
  ['reject RESOURCE_ALREADY_EXISTS', 400, ['ExecutionAlreadyExists']],
  [
    'reject INVALID_PARAMETER',
    400,
    [
      'ValidationException',
      'InvalidParameter',
      'InvalidExecutionInput',
      'ClientException',
      'BatchRequestTooLong',
      '',
    ],
  ],
  [
    'retry ERROR_FROM_TARGET',
    400,
    ['InternalFailure', 'ServiceUnavailable', 'InternalServerError', 'ServerException'],
  ],
  ['retry ERROR_FROM_TARGET', 500, ['', 'SomethingElse']],
  ['retry TIMEOUT', 400, ['RequestTimeout']],
  ['retry TIMEOUT', 408, ['']],
  ['retry THROTTLING', 429, ['']],
  ['reject NO_PERMISSIONS', 403, ['']],
  ['reject NO_RESOURCE', 404, ['']],
];

describe('errors', () => {
  for (const [verdict, status, codes] of MEANINGS) {
    for (const code of codes) {
      test(`${status} ${code || '(no code)'} → ${verdict}`, () => {
        const outcome = outcomeOfError({ status, code, message: 'why' });
        assert.equal(`${outcome.status} ${outcome.code}`, verdict);
      });
    }
  }

  test("a service's text about the request is passed on, one about itself is not", () => {
    const reason = (status: number, code: string): string =>
      outcomeOfError({ status, code, message: 'text' }).reason;
    assert.equal(reason(400, 'ValidationException'), 'text');
    assert.equal(reason(500, 'InternalFailure'), 'The service answered InternalFailure.');
    assert.equal(reason(502, ''), 'The service answered HTTP 502.');
    assert.equal(
      outcomeOfError({ status: 400, code: 'Bad', message: '' }).reason,
      'The service answered Bad.',
    );
  });
});

describe('errors in answers', () => {
  const read = (body: string, headers = {}) => {
    const { code, message } = errorOf({ kind: 'answer', status: 400, headers, body });
    return [code, message];
  };

  for (const [name, body, headers, expected] of [
    [
      'JSON 1.0',
      '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"}',
      {},
      ['QueueDoesNotExist', 'm'],
    ],
    ['JSON 1.1', '{"__type":"ThrottlingException","Message":"m"}', {}, ['ThrottlingException', 'm']],
    [
      'REST',
      '{"message":"m"}',
      { 'x-amzn-errortype': 'ClientException:http://x/' },
      ['ClientException', 'm'],
    ],
    ['REST with a code', '{"code":"Bad","errorMessage":"m"}', {}, ['Bad', 'm']],
    [
      'query',
      '<ErrorResponse xmlns="x"><Error><Code>NotFound</Code><Message>a &lt;b&gt; &#x1F68C; &#38;</Message></Error></ErrorResponse>',
      {},
      ['NotFound', 'a <b> 🚌 &'],
    ],
    [
      'EC2',
      '<?xml version="1.0"?>\n<Response><Errors><Error><Code>AuthFailure</Code><Message>m</Message></Error></Errors></Response>',
      {},
      ['AuthFailure', 'm'],
    ],
    ['HTML of a proxy', '<html><title>502</title></html>', {}, ['', '']],
    ['nothing', '', {}, ['', '']],
    ['JSON that is no object', '[1]', {}, ['', '']],
  ] as const) {
    test(name, () => assert.deepEqual(read(body, headers), expected));
  }

  test('broken XML ends quietly', () => {
    assert.deepEqual(elementsOf('<a>1</a><a>2', 'a'), ['1']);
    assert.equal(
      textOf('<Message>&#x110000; &#xyz; &unknown;</Message>', 'Message'),
      '&#x110000; &#xyz; &unknown;',
    );
  });
});
