// What goes over the wire to each service, against the request that botocore makes of the same call (which checks it
// against the API's published model), and against botocore's signature.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { delivery } from '../target-suite.ts';
import { noMoto, startAwsSide, type AwsSide, type SentRequest } from './aws-side.ts';
import { startBetween, type Between } from './between.ts';
import type { WireCase } from './wire-case.ts';
import { cases } from './wire-cases.ts';
import { allAt, KEY, sendOne } from './targets.ts';

let side: AwsSide;
let server: Between;

/** The members of a body: JSON as its value, a form as its pairs in one order. */
function membersOf({ headers, body }: SentRequest): unknown {
  return headers['content-type']!.includes('json')
    ? JSON.parse(body)
    : [...new URLSearchParams(body)].map(([name, value]) => `${name}=${value}`).sort();
}

const placeOf = ({ method, url }: SentRequest): string => {
  const { pathname, search } = new URL(url);
  return `${method} ${pathname}${search}`;
};

async function check({ target, change, service, operation, params }: WireCase): Promise<void> {
  server.requests.length = 0;
  const services = allAt(server.url, { sessionToken: 'session/token==' });
  await sendOne(target, { ...services, sqs: services['aws']!, logs: services['aws']! }, change);
  const sent = server.requests.at(-1)!;
  const reference = await side.serialize(service, operation, params(delivery(1, change), server.url));
  assert.equal(placeOf(sent), placeOf(reference));
  assert.equal(sent.headers['x-amz-target'], reference.headers['x-amz-target']);
  // The models of REST services leave the type of their JSON to the client.
  const type = reference.headers['content-type'] ?? 'application/json';
  assert.equal(sent.headers['content-type'], type);
  assert.deepEqual(membersOf(sent), membersOf({ ...reference, headers: { 'content-type': type } }));
  await checkSignature(sent);
}

async function checkSignature(sent: SentRequest): Promise<void> {
  const [, service = '', names = ''] =
    /\/us-east-1\/([^/]+)\/aws4_request, SignedHeaders=([^,]+),/.exec(sent.headers['authorization'] ?? '') ??
    [];
  assert.equal(sent.headers['x-amz-security-token'], 'session/token==');
  const headers = Object.fromEntries(names.split(';').map((name) => [name, sent.headers[name]!]));
  const key = {
    service,
    access_key: KEY.accessKeyId,
    secret: KEY.secretAccessKey,
    token: 'session/token==',
  };
  assert.equal(await side.authorizationOf({ ...sent, headers }, key), sent.headers['authorization']);
}

describe('requests over the wire', { skip: noMoto }, () => {
  before(async () => {
    [side, server] = await Promise.all([startAwsSide(), startBetween()]);
  });
  after(async () => {
    await Promise.all([side?.close(), server?.close()]);
  });

  for (const each of cases) test(each.name, () => check(each));
});
