import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, it } from 'node:test';
import { createAuthenticator } from '../../src/api/auth/authenticator.ts';
import type { AccountKey, AuthOptions, Caller } from '../../src/api/auth/authenticator.ts';
import type { RequestHead } from '../../src/api/request-head.ts';
import { systemClock } from '../../src/clock.ts';
import { ApiError } from '../../src/model/errors.ts';

/** Requests that botocore signed with the key of AWS's public examples. */
interface Vector {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly service: string;
  readonly region: string;
  readonly token?: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('./signature-vectors.json', import.meta.url), 'utf8'),
) as Vector[];
const vector = (name: string): Vector => vectors.find((each) => each.name === name)!;
const SIGNED_AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const MINUTE = 60_000;

function headOf({ method, url, headers }: Vector): RequestHead {
  const [path = '/', query = ''] = url.split('?');
  const lower: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) lower[name.toLowerCase()] = value.trim();
  return { method, path, query, headers: lower, rawHeaders: Object.entries(headers).flat() };
}

interface Setting {
  readonly mode?: AuthOptions['mode'];
  readonly key?: Partial<AccountKey>;
  readonly now?: number;
  readonly signingName?: string;
}

function authenticate(signed: Vector, setting: Setting = {}): Caller {
  const key = {
    account: '222222222222',
    secretAccessKey: SECRET,
    sessionToken: signed.token,
    ...setting.key,
  };
  const clock = { ...systemClock(), now: () => setting.now ?? SIGNED_AT };
  const authenticator = createAuthenticator(
    {
      mode: setting.mode ?? 'sigv4',
      accounts: { AKIDEXAMPLE: key },
      defaultAccount: '000000000000',
      defaultRegion: 'us-west-2',
    },
    clock,
  );
  return authenticator.authenticate(
    headOf(signed),
    Buffer.from(signed.body),
    setting.signingName ?? signed.service,
  );
}

function errorOf(signed: Vector, setting: Setting = {}): ApiError {
  try {
    authenticate(signed, setting);
  } catch (error) {
    assert.ok(error instanceof ApiError);
    assert.ok(!JSON.stringify([error.message, error.stack]).includes(SECRET));
    return error;
  }
  return assert.fail('the request was let in');
}

const post = vector('json post');
const withHeaders = (headers: Record<string, string>): Vector => ({
  ...post,
  headers: { ...post.headers, ...headers },
});
const withAuthorization = (change: (text: string) => string): Vector =>
  withHeaders({ Authorization: change(post.headers['Authorization']!) });

describe('verified signatures', () => {
  for (const each of vectors.filter(({ name }) => !name.startsWith('payload'))) {
    it(`let in: ${each.name}`, () => {
      const caller = authenticate(each);
      assert.deepEqual(
        [caller.account, caller.region, caller.principal.arn],
        ['222222222222', each.region, 'arn:aws:iam::222222222222:root'],
      );
    });

    it(`turned away once the body or query changed: ${each.name}`, () => {
      const changed =
        each.method === 'GET' ? { ...each, url: `${each.url}&x=1` } : { ...each, body: `${each.body} ` };
      assert.equal(errorOf(changed).code, 'InvalidSignatureException');
    });
  }

  it('names the ARN of the configuration', () => {
    const arn = 'arn:aws:iam::222222222222:user/ci';
    assert.equal(authenticate(post, { key: { arn } }).principal.arn, arn);
  });

  const { Authorization: _, ...unsigned } = post.headers;
  const presigned = vector('presigned get');
  const REFUSED: readonly (readonly [
    behaviour: string,
    signed: Vector,
    setting: Setting,
    code: string,
    says: RegExp,
  ])[] = [
    [
      'no signature',
      { ...post, headers: unsigned },
      {},
      'MissingAuthenticationTokenException',
      /^Missing Authentication Token$/,
    ],
    [
      'another secret',
      post,
      { key: { secretAccessKey: 'other' } },
      'InvalidSignatureException',
      /^The request signature we calculated does not match/,
    ],
    [
      'a key that is not known',
      withAuthorization((text) => text.replace('AKIDEXAMPLE', 'AKIDOTHER')),
      {},
      'UnrecognizedClientException',
      /^The security token included in the request is invalid\.$/,
    ],
    [
      'a token that the key does not have',
      vector('json post with a session token'),
      { key: { sessionToken: undefined } },
      'UnrecognizedClientException',
      /token/,
    ],
    [
      'a key that wants a token',
      post,
      { key: { sessionToken: 'T' } },
      'UnrecognizedClientException',
      /token/,
    ],
    ['a key past its time', post, { key: { expiresAt: SIGNED_AT } }, 'ExpiredTokenException', /is expired$/],
    [
      'a parameter missing',
      withAuthorization((text) => text.replace(/, Signature=.*/, '')),
      {},
      'IncompleteSignatureException',
      /^Authorization header requires 'Signature' parameter\.$/,
    ],
    [
      'a bare word',
      withHeaders({ Authorization: 'Bearer' }),
      {},
      'IncompleteSignatureException',
      /AWS4-HMAC-SHA256/,
    ],
    [
      'no date',
      { ...post, headers: { ...post.headers, 'X-Amz-Date': 'yesterday' } },
      {},
      'IncompleteSignatureException',
      /ISO-8601/,
    ],
    [
      'a credential that is too short',
      withAuthorization((text) => text.replace('/aws4_request', '')),
      {},
      'IncompleteSignatureException',
      /5 slash-delimited/,
    ],
    [
      'another terminator',
      withAuthorization((text) => text.replace('aws4_request', 'aws5_request')),
      {},
      'InvalidSignatureException',
      /terminator/,
    ],
    [
      'another service',
      post,
      { signingName: 'sqs' },
      'InvalidSignatureException',
      /^Credential should be scoped to correct service: 'sqs'\.$/,
    ],
    [
      'a region that is none',
      withAuthorization((text) => text.replace('us-east-1', '..%2F..')),
      {},
      'InvalidSignatureException',
      /^Credential should be scoped to a valid region\.$/,
    ],
    [
      'another day in the scope',
      withAuthorization((text) => text.replace('20260102', '20260103')),
      {},
      'InvalidSignatureException',
      /^Date in Credential scope does not match/,
    ],
    [
      'the host unsigned',
      withAuthorization((text) => text.replace('host;', '')),
      {},
      'InvalidSignatureException',
      /'Host'/,
    ],
    [
      'the target unsigned',
      withAuthorization((text) => text.replace(';x-amz-target', '')),
      {},
      'InvalidSignatureException',
      /'x-amz-target' must be a 'SignedHeader'/,
    ],
    [
      'a payload hash of another body',
      vectorWithHash('0'.repeat(64)),
      {},
      'InvalidSignatureException',
      /must be a 'SignedHeader'|does not match/,
    ],
    [
      'a signature cut short',
      withAuthorization((text) => text.slice(0, -1)),
      {},
      'InvalidSignatureException',
      /does not match/,
    ],
    [
      'too late',
      post,
      { now: SIGNED_AT + 5 * MINUTE + 1_000 },
      'InvalidSignatureException',
      /^Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z \(20260102T030906Z - 5 min\.\)$/,
    ],
    [
      'too early',
      post,
      { now: SIGNED_AT - 5 * MINUTE - 1_000 },
      'InvalidSignatureException',
      /^Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z \(20260102T025904Z \+ 5 min\.\)$/,
    ],
    [
      'presigned and past its time',
      presigned,
      { now: SIGNED_AT + 900_001 },
      'InvalidSignatureException',
      /X-Amz-Expires/,
    ],
    [
      'presigned for too long',
      { ...presigned, url: presigned.url.replace('Expires=900', 'Expires=604801') },
      {},
      'IncompleteSignatureException',
      /604800/,
    ],
    [
      'presigned, longer than it was signed for',
      { ...presigned, url: presigned.url.replace('Expires=900', 'Expires=901') },
      {},
      'InvalidSignatureException',
      /does not match/,
    ],
    [
      'an asymmetric signature',
      withAuthorization((text) => text.replace('HMAC-SHA256', 'ECDSA-P256-SHA256')),
      {},
      'InvalidSignatureException',
      /4A/,
    ],
  ];
  for (const [behaviour, signed, setting, code, says] of REFUSED) {
    it(`turned away: ${behaviour}`, () => {
      const error = errorOf(signed, setting);
      assert.equal(error.code, code);
      assert.match(error.message, says);
      assert.equal(error.status, 400);
    });
  }

  it('stay good within five minutes, presigned ones until they expire', () => {
    authenticate(post, { now: SIGNED_AT + 5 * MINUTE });
    authenticate(post, { now: SIGNED_AT - 5 * MINUTE });
    authenticate(presigned, { now: SIGNED_AT + 900_000 });
    authenticate(presigned, { now: SIGNED_AT - 15 * MINUTE });
  });

  it('may leave the payload out where the signer said so, but never stream it', () => {
    assert.ok(authenticate(vector('payload left out')));
    assert.ok(authenticate({ ...vector('payload left out'), body: 'other' }));
    assert.match(errorOf(vector('payload streamed')).message, /STREAMING/);
  });
});

function vectorWithHash(hash: string): Vector {
  return withHeaders({ 'X-Amz-Content-Sha256': hash });
}

describe('without verification', () => {
  const claimed = (credential: string): Caller =>
    authenticate(
      withHeaders({
        Authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
      }),
      {
        mode: 'none',
      },
    );

  it('the scope names the region, and a key of twelve digits the account', () => {
    const caller = claimed('123456789012/20260101/eu-west-1/events/aws4_request');
    assert.deepEqual([caller.account, caller.region], ['123456789012', 'eu-west-1']);
    assert.equal(caller.principal.arn, 'arn:aws:iam::123456789012:root');
  });

  it('the configuration names the account of a key', () => {
    assert.equal(claimed('AKIDEXAMPLE/20260101/eu-west-1/events/aws4_request').account, '222222222222');
  });

  it('other keys speak for the default account', () => {
    assert.equal(claimed('test/20260101/eu-west-1/events/aws4_request').account, '000000000000');
  });

  it('whoever says nothing, or nonsense, gets the defaults', () => {
    const unclear: readonly Record<string, string>[] = [
      {},
      { Authorization: 'Bearer x' },
      { Authorization: 'AWS4-HMAC-SHA256 Credential=x' },
    ];
    for (const headers of unclear) {
      const caller = authenticate({ ...post, headers }, { mode: 'none' });
      assert.deepEqual([caller.account, caller.region], ['000000000000', 'us-west-2']);
    }
  });

  it('reads the scope of a presigned query', () => {
    assert.equal(authenticate(vector('presigned get'), { mode: 'none' }).region, 'us-east-1');
  });

  it('reads the region set of an asymmetric signature', () => {
    const asymmetric = withHeaders({
      Authorization:
        'AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20260101/events/aws4_request, Signature=0',
      'X-Amz-Region-Set': 'eu-north-1',
    });
    assert.equal(authenticate(asymmetric, { mode: 'none' }).region, 'eu-north-1');
  });

  for (const region of ['../../etc', 'US-EAST-1', 'x'.repeat(33), 'a b', '']) {
    it(`takes no region ${JSON.stringify(region).slice(0, 20)}`, () => {
      const scope = region.includes('/') ? region.replaceAll('/', '%2F') : region;
      assert.throws(() => claimed(`test/20260101/${scope}/events/aws4_request`), /valid region/);
    });
  }
});
