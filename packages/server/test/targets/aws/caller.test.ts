// Where a call goes, whose key signs it, and what is told of what comes back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type {
  HttpAnswer,
  HttpClient,
  HttpFailure,
  HttpRequest,
} from '../../../src/engine/ports/http-client.ts';
import { limits } from '../../../src/model/limits.ts';
import type { ServiceDirectory } from '../../../src/model/service-settings.ts';
import { createAwsCaller, type AwsCall } from '../../../src/targets/aws/caller.ts';
import { createCredentialSource, type Provider } from '../../../src/targets/aws/credentials.ts';
import type { AwsResult } from '../../../src/targets/aws/exchange.ts';
import { FakeClock } from '../../engine/fake-clock.ts';

const START = Date.parse('2026-01-01T00:00:00Z');

const CALL: AwsCall = {
  service: 'sns',
  operation: 'Publish',
  input: { TopicArn: 'arn', Message: 'm' },
  region: 'us-east-1',
  account: '111122223333',
};

const none: Provider = () =>
  Promise.reject(new Error('Could not load credentials from any providers: secret-path'));

interface Asked {
  readonly services: ServiceDirectory;
  readonly call?: Partial<AwsCall>;
  readonly provider?: Provider;
  readonly answer?: Partial<HttpAnswer> | HttpFailure;
}

/** One call over a client that keeps the request; the way out itself has tests of its own. */
async function ask({ services, call, provider = none, answer }: Asked) {
  const requests: HttpRequest[] = [];
  const http: HttpClient = {
    request: async (request) => {
      requests.push(request);
      return { kind: 'answer', status: 200, headers: {}, body: '{}', ...answer } as HttpAnswer;
    },
    close: async () => undefined,
  };
  const clock = new FakeClock(START);
  const caller = createAwsCaller(services, http, clock, createCredentialSource(clock, provider));
  const result = await caller.call({ ...CALL, ...call }, new AbortController().signal);
  return { result, request: requests[0] };
}

const KEYS = { accessKeyId: 'AKID', secretAccessKey: 'hunter2/secret', sessionToken: 'session/token==' };

const reasonOf = (result: AwsResult): string => (result.status === 'failed' ? result.outcome.reason : '');

describe('where a call goes', () => {
  for (const [service, region, host] of [
    ['sns', 'eu-central-1', 'sns.eu-central-1.amazonaws.com'],
    ['sagemaker', 'us-east-1', 'api.sagemaker.us-east-1.amazonaws.com'],
    ['kinesis', 'cn-north-1', 'kinesis.cn-north-1.amazonaws.com.cn'],
    ['ecs', 'us-gov-west-1', 'ecs.us-gov-west-1.amazonaws.com'],
  ] as const) {
    test(`${service} in ${region} at AWS`, async () => {
      const { request } = await ask({
        services: { [service]: { url: 'aws', ...KEYS } },
        call: { service, region },
      });
      assert.equal(request!.url.href, `https://${host}/`);
      assert.equal(request!.headers['host'], host);
      assert.match(
        request!.headers['authorization']!,
        new RegExp(`/20260101/${region}/${service}/aws4_request`),
      );
    });
  }

  test("a URL's own path stays in front of an operation's", async () => {
    const services = { batch: { url: 'http://127.0.0.1:5000/emulated/', ...KEYS } };
    const { request } = await ask({ services, call: { service: 'batch', operation: 'SubmitJob' } });
    assert.equal(request!.url.href, 'http://127.0.0.1:5000/emulated/v1/submitjob');
  });

  test('the entry "aws" stands for services without one of their own', async () => {
    const services = {
      aws: { url: 'http://one.test', ...KEYS },
      kinesis: { url: 'http://other.test', ...KEYS },
    };
    const [first, second] = [await ask({ services }), await ask({ services, call: { service: 'kinesis' } })];
    assert.deepEqual([first.request!.url.host, second.request!.url.host], ['one.test', 'other.test']);
  });

  test('a service that is not configured, and an operation that is not known', async () => {
    const missing = await ask({ services: {} });
    assert.equal(missing.request, undefined);
    assert.match(reasonOf(missing.result), /write "services": \{ "sns": "aws" \}/);
    const services = { batch: { url: 'aws', ...KEYS } };
    const unknown = await ask({ services, call: { service: 'batch', operation: 'Cancel' } });
    assert.equal(reasonOf(unknown.result), 'Busbar cannot call Cancel of batch yet.');
  });
});

describe('whose key signs', () => {
  const keyOf = (request: HttpRequest | undefined): string | undefined =>
    /Credential=([^/]+)\//.exec(request?.headers['authorization'] ?? '')?.[1];

  test("the entry's own key, with its session", async () => {
    const { request } = await ask({ services: { sns: { url: 'aws', ...KEYS } } });
    assert.equal(keyOf(request), 'AKID');
    assert.equal(request!.headers['x-amz-security-token'], 'session/token==');
  });

  test("else the machine's", async () => {
    const provider: Provider = async () => ({ accessKeyId: 'MACHINE', secretAccessKey: 's' });
    assert.equal(keyOf((await ask({ services: { sns: { url: 'aws' } }, provider })).request), 'MACHINE');
  });

  test('else, at a URL, the account of the resource', async () => {
    const { request } = await ask({ services: { sns: { url: 'http://127.0.0.1:5000' } } });
    assert.equal(keyOf(request), '111122223333');
  });

  test('else, at AWS, nobody: the call is to be tried again, and the reason says what to do', async () => {
    const { request, result } = await ask({ services: { sns: { url: 'aws' } } });
    assert.equal(request, undefined);
    assert.equal(result.status === 'failed' && result.outcome.status, 'retry');
    assert.match(reasonOf(result), /set AWS_ACCESS_KEY_ID .* the entry "sns" of "services"/);
    assert.ok(!reasonOf(result).includes('secret-path'));
  });

  test("the machine's are kept until shortly before they expire, or until a service says that they have", async () => {
    const clock = new FakeClock(START);
    const HOUR = 3_600_000;
    let searches = 0;
    const source = createCredentialSource(clock, async () => ({
      accessKeyId: `KEY${++searches}`,
      secretAccessKey: 's',
      expiration: new Date(clock.now() + HOUR),
    }));
    const current = async (): Promise<string | undefined> => (await source.of({ url: 'aws' }))?.accessKeyId;
    const together = await Promise.all([current(), current()]);
    assert.deepEqual(together, ['KEY1', 'KEY1']);
    await clock.advance(HOUR - limits.awsCredentialsMarginMs - 1);
    assert.equal(await current(), 'KEY1');
    await clock.advance(1);
    assert.equal(await current(), 'KEY2');
    source.forget();
    assert.equal(await current(), 'KEY3');
  });

  test('a search that finds nothing is not made for every delivery', async () => {
    const clock = new FakeClock(START);
    let searches = 0;
    const source = createCredentialSource(clock, async () => {
      searches++;
      throw new Error('none');
    });
    assert.equal(await source.of({ url: 'aws' }), undefined);
    assert.equal(await source.of({ url: 'aws' }), undefined);
    assert.equal(searches, 1);
    await clock.advance(limits.awsCredentialsRetryMs);
    await source.of({ url: 'aws' });
    assert.equal(searches, 2);
  });
});

describe('what is told of a failure', () => {
  const services = { sns: { url: 'http://user.test/base', ...KEYS } };

  test("the service's text, the request and the answer, without the secrets", async () => {
    const body = `<Error><Code>SignatureDoesNotMatch</Code><Message>not x-amz-security-token:session/token== &amp; hunter2/secret</Message></Error>`;
    const { result } = await ask({ services, answer: { status: 403, body } });
    assert.deepEqual(result, {
      status: 'failed',
      errorCode: 'SignatureDoesNotMatch',
      outcome: {
        status: 'reject',
        code: 'NO_PERMISSIONS',
        reason: 'not x-amz-security-token:… & …',
        details: {
          request: 'POST http://user.test/base/ Publish',
          httpStatus: 403,
          errorCode: 'SignatureDoesNotMatch',
          response: `<Error><Code>SignatureDoesNotMatch</Code><Message>not x-amz-security-token:… &amp; …</Message></Error>`,
        },
      },
    });
  });

  for (const [service, operation, body] of [
    ['sns', 'Publish', '<!doctype html><title>It works!</title>'],
    ['sns', 'Publish', '{}'],
    ['ecs', 'RunTask', '<!doctype html><title>It works!</title>'],
    ['ecs', 'RunTask', '{"tasks":['],
    ['batch', 'SubmitJob', 'ok'],
  ] as const) {
    test(`a server that is not ${service} but answers 200: ${body}`, async () => {
      const at = { [service]: { url: 'http://web.test', ...KEYS } };
      const { result } = await ask({ services: at, call: { service, operation }, answer: { body } });
      assert.equal(result.status === 'failed' && result.outcome.status, 'retry');
      assert.equal(reasonOf(result), `What answers at http://web.test does not speak the API of ${service}.`);
    });
  }

  test('long texts are cut', async () => {
    const body = JSON.stringify({ __type: 'ValidationException', message: 'x'.repeat(5_000) });
    const { result } = await ask({ services, answer: { status: 400, body } });
    assert.equal(reasonOf(result).length, limits.attemptDetailChars);
  });

  test('when to come again', async () => {
    const { result } = await ask({ services, answer: { status: 503, headers: { 'retry-after': '3' } } });
    assert.equal(
      result.status === 'failed' && result.outcome.status === 'retry' && result.outcome.afterMs,
      3_000,
    );
  });

  for (const [kind, status, code] of [
    ['timeout', 'retry', 'TIMEOUT'],
    ['aborted', 'retry', 'TIMEOUT'],
    ['connection', 'retry', 'CONNECTION_FAILURE'],
    ['malformed', 'retry', 'ERROR_FROM_TARGET'],
    ['lookup', 'reject', 'CONNECTION_FAILURE'],
    ['blocked', 'reject', 'CONNECTION_FAILURE'],
    ['invalid', 'reject', 'SDK_CLIENT_ERROR'],
  ] as const) {
    test(`no answer (${kind}): ${status}`, async () => {
      const { result } = await ask({ services, answer: { kind, reason: 'why' } });
      const {
        status: got,
        code: gotCode,
        reason,
      } = result.status === 'failed' ? result.outcome : assert.fail();
      assert.deepEqual([got, gotCode, reason], [status, code, 'why']);
    });
  }
});
