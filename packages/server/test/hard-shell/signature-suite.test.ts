// The published test suite of Signature Version 4 (aws-sig-v4-test-suite): requests, canonical forms and signatures are
// facts, kept in signature-suite.json. Each signature was computed once more by other means when the table was made.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { after, describe, it, test } from 'node:test';
import { asSigned } from '../../src/api/auth/sent-text.ts';
import { SignatureVerifier } from '../../src/api/auth/signature-verifier.ts';
import type { RequestHead } from '../../src/api/request-head.ts';
import { systemClock } from '../../src/clock.ts';
import { canonicalRequest } from '../../src/model/signature/canonical-request.ts';
import { signRequest } from '../../src/model/signature/sign-request.ts';
import { deriveSigningKey, signatureOf } from '../../src/model/signature/signing-key.ts';

interface Vector {
  readonly name: string;
  readonly method: string;
  /** Path and query, as text. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly signedHeaders: string;
  readonly canonicalPath: string;
  readonly canonicalQuery: string;
  readonly signature: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('./signature-suite.json', import.meta.url), 'utf8'),
) as readonly Vector[];

const KEY_ID = 'AKIDEXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const TIMESTAMP = '20150830T123600Z';
const NOW = Date.UTC(2015, 7, 30, 12, 36);
const SCOPE = { date: '20150830', region: 'us-east-1', service: 'service' };

/** Why a request of the suite never gets as far as its signature. */
const NOT_HTTP: Readonly<Record<string, string>> = {
  'get-space': 'a blank in the path ends it (RFC 9112, 3.2)',
  'get-utf8': 'a path is ASCII: what is beyond it comes escaped (RFC 9112, 3.2)',
  'get-vanilla-utf8-query': 'so is a query',
  'get-header-value-multiline': 'a folded header is obsolete and refused (RFC 9112, 5.2)',
};
const NOT_VERIFIED: Readonly<Record<string, string>> = {
  'post-sts-header-after': 'an X-Amz- header that is not signed is refused, a token too',
};

function textHead({ method, target, headers }: Vector): Parameters<typeof canonicalRequest>[0] {
  const [path = '', query = ''] = target.split('?');
  const rawHeaders = headers.flatMap(([name, value]) => [name, value.replace(/\s*\n\s*/g, ' ')]);
  return { method, path, query, rawHeaders };
}

const hashOf = (body: string): string => createHash('sha256').update(body).digest('hex');

describe('canonical requests and signatures of the published suite', () => {
  for (const vector of vectors) {
    it(vector.name, () => {
      const names = vector.signedHeaders.split(';');
      const canonical = canonicalRequest(textHead(vector), names, hashOf(vector.body));
      const [, path, query] = canonical.split('\n');
      assert.deepEqual([path, query], [vector.canonicalPath, vector.canonicalQuery]);
      const key = deriveSigningKey(SECRET, SCOPE);
      assert.equal(signatureOf(key, TIMESTAMP, SCOPE, canonical), vector.signature);
    });
  }
});

test('the signer of the command line signs get-vanilla as published', () => {
  const vanilla = vectors.find(({ name }) => name === 'get-vanilla')!;
  const headers = signRequest(
    { method: 'GET', path: '/', query: '', headers: { host: 'example.amazonaws.com' }, body: '' },
    { accessKeyId: KEY_ID, secretAccessKey: SECRET },
    SCOPE,
    NOW,
  );
  assert.ok(headers['authorization']!.endsWith(`Signature=${vanilla.signature}`));
});

/** What a server hands out of the bytes of a request. */
const heads = new Map<string, { head: RequestHead; body: Buffer }>();
const server = createServer((request: IncomingMessage, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const url = request.url!;
    const mark = url.indexOf('?');
    const head = {
      method: request.method!,
      path: mark < 0 ? url : url.slice(0, mark),
      query: mark < 0 ? '' : url.slice(mark + 1),
      headers: request.headers,
      rawHeaders: request.rawHeaders,
    };
    heads.set(String(request.headers['x-case']), { head, body: Buffer.concat(chunks) });
    response.end();
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => server.close());

function send(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

function requestText({ name, method, target, headers, body, signedHeaders, signature }: Vector): string {
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${KEY_ID}/20150830/us-east-1/service/aws4_request, ` +
    `SignedHeaders=${signedHeaders}, Signature=${signature}`;
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...headers.map(([header, value]) => `${header}:${value.replaceAll('\n', '\r\n')}`),
    `Authorization: ${authorization}`,
    `X-Case: ${name}`,
    ...(headers.some(([header]) => /^content-length$/i.test(header))
      ? []
      : [`Content-Length: ${Buffer.byteLength(body)}`]),
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

describe('requests of the published suite, as they come off the wire', () => {
  for (const vector of vectors) {
    const reason = NOT_HTTP[vector.name];
    if (reason !== undefined) {
      it(`${vector.name} is no HTTP: ${reason}`, async () => {
        assert.match(await send(requestText(vector)), /^HTTP\/1\.1 400/);
      });
      continue;
    }
    it(vector.name, async () => {
      await send(requestText(vector));
      const { head, body } = heads.get(vector.name)!;
      const token = vector.headers.find(([name]) => /^x-amz-security-token$/i.test(name))?.[1];
      const key = { account: '111111111111', secretAccessKey: SECRET, sessionToken: token };
      const verifier = new SignatureVerifier(new Map([[KEY_ID, key]]), { ...systemClock(), now: () => NOW });
      const verify = (): unknown => verifier.verify(head, body, 'service');
      if (NOT_VERIFIED[vector.name] !== undefined) assert.throws(verify, /must be a 'SignedHeader'/);
      else assert.doesNotThrow(verify);
    });
  }
});

test('headers beyond ASCII are taken for UTF-8 where they can be', () => {
  const bytes = Buffer.from('voilà\u00a0').toString('latin1');
  const sent = { method: 'GET', path: '/', query: '', rawHeaders: ['X', bytes, 'Y', '\u00e9'] };
  assert.deepEqual(asSigned(sent).rawHeaders, ['X', 'voilà\u00a0', 'Y', 'é']);
});
