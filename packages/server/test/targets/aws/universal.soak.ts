// Every call that schedules may name, with every member of its input, against the request that botocore writes of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { test } from 'node:test';
import { apiOf } from '../../../src/targets/universal/directory.ts';
import { requestOf, type CallRequest } from '../../../src/targets/universal/request.ts';
import { noMoto } from './aws-side.ts';

const TABLE = join(import.meta.dirname, '../../../src/targets/universal/apis.json');

interface Reference {
  readonly service: string;
  readonly action: string;
  readonly given: object;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>> | string;
  readonly headers: Readonly<Record<string, string>>;
  /** The members of a form, or the text of a body. */
  readonly body: Readonly<Record<string, unknown>> | string;
}

/** What clients say of themselves, and one member that is JSON within a header. No service needs them. */
const OPTIONAL = new Set([
  'content-type',
  'x-amz-api-version',
  'x-amzn-query-mode',
  'x-amz-mqtt5-user-properties',
]);

const textOf = (value: unknown): string =>
  typeof value === 'boolean' ? String(value) : value === 'True' ? 'true' : String(value as string | number);

const pairs = (entries: Iterable<readonly [string, unknown]>): string[] =>
  [...entries]
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((each) => `${name}=${textOf(each)}`),
    )
    .sort();

/** An empty object and no body say the same. */
function valueOf(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function placeOf(path: string, query: Reference['query']): readonly [string, readonly string[]] {
  const [bare = '', search = ''] = path.split('?');
  const given = typeof query === 'string' ? [] : Object.entries(query);
  return [decodeURIComponent(bare), pairs([...new URLSearchParams(search), ...given])];
}

function compare(sent: CallRequest, reference: Reference): void {
  assert.equal(sent.method, reference.method);
  assert.deepEqual(placeOf(sent.path, ''), placeOf(reference.path, reference.query));
  const isForm = typeof reference.body !== 'string' && sent.headers['content-type']?.includes('form');
  if (isForm) {
    assert.deepEqual(pairs(new URLSearchParams(sent.body)), pairs(Object.entries(reference.body)));
  } else {
    const body = typeof reference.body === 'string' ? valueOf(reference.body) : reference.body;
    assert.deepEqual(valueOf(sent.body), body);
  }
  for (const [name, text] of Object.entries(reference.headers)) {
    // What is not ASCII stands in no header.
    if (!OPTIONAL.has(name)) assert.equal(sent.headers[name], text.replace(/[^\x20-\x7e]/g, '?'), name);
  }
}

test('every call is written as botocore writes it', { skip: noMoto }, async (t) => {
  const child = spawn('python3', [join(import.meta.dirname, 'universal-requests.py'), TABLE], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const complaints: string[] = [];
  let calls = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const reference = JSON.parse(line) as Reference;
    const { service, action, given } = reference;
    calls++;
    try {
      const sent = requestOf(apiOf({ service, action })!, action, given as Readonly<Record<string, unknown>>);
      assert.ok(typeof sent !== 'string', JSON.stringify(sent));
      compare(sent, reference);
    } catch (error) {
      complaints.push(`${service}:${action} ${(error as Error).message}`);
    }
  }
  t.diagnostic(`${calls} calls`);
  assert.ok(calls > 5_000, String(calls));
  assert.deepEqual(complaints.slice(0, 10), []);
});
