import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkErrorRow, Fixture, NOW, OTHER, type ErrorRow, type Output } from './fixture.ts';

const SECRET = 'hunter2-wJalrXUtnFEMI';
const BASIC = {
  Name: 'c',
  AuthorizationType: 'BASIC',
  AuthParameters: { BasicAuthParameters: { Username: 'me', Password: SECRET } },
};
const API_KEY = {
  Name: 'c',
  AuthorizationType: 'API_KEY',
  AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: SECRET } },
};
const OAUTH_BLOCK = {
  ClientParameters: { ClientID: 'id', ClientSecret: SECRET },
  AuthorizationEndpoint: 'https://login.example.com/token',
  HttpMethod: 'POST',
};
const OAUTH = {
  Name: 'c',
  AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
  AuthParameters: { OAuthParameters: OAUTH_BLOCK },
};
const UNKNOWN_ARN =
  'arn:aws:events:us-east-1:111111111111:connection/none/00000000-0000-4000-8000-000000000000';
const DESTINATION = {
  Name: 'd',
  ConnectionArn: UNKNOWN_ARN,
  InvocationEndpoint: 'https://api.example.com/orders/*',
  HttpMethod: 'POST',
};

const webhook = (value: string) => ({
  Name: 'c',
  AuthorizationType: 'API_KEY',
  AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'webhook-signature', ApiKeyValue: value } },
});
const NO_WEBHOOK_SECRET =
  'ValidationException: Parameter AuthParameters.ApiKeyAuthParameters.ApiKeyValue is not valid. ' +
  'Reason: A webhook secret is whsec_ and 24 to 64 bytes in base64.';

const ERRORS: readonly ErrorRow[] = [
  {
    name: 'a connection twice',
    before: [['CreateConnection', BASIC]],
    call: ['CreateConnection', BASIC],
    error: 'ResourceAlreadyExistsException: Connection c already exists.',
  },
  {
    name: 'one connection too many',
    quotas: { connections: 1 },
    before: [['CreateConnection', BASIC]],
    call: ['CreateConnection', { ...BASIC, Name: 'second' }],
    error: 'LimitExceededException: The requested resource exceeds the maximum number allowed.',
  },
  {
    name: 'the block of another type',
    call: ['CreateConnection', { ...BASIC, AuthParameters: API_KEY.AuthParameters }],
    error:
      'ValidationException: Parameter AuthParameters.ApiKeyAuthParameters is not valid for authorization type BASIC.',
  },
  {
    name: 'no block at all',
    call: ['CreateConnection', { ...BASIC, AuthParameters: {} }],
    error: 'ValidationException: Parameter(s) AuthParameters.BasicAuthParameters.Username must be specified.',
  },
  ...(['http//x', 'ftp://login.example.com', 'https:login.example.com'] as const).map((endpoint) => ({
    name: `the authorization endpoint ${endpoint}`,
    call: [
      'CreateConnection',
      { ...OAUTH, AuthParameters: { OAuthParameters: { ...OAUTH_BLOCK, AuthorizationEndpoint: endpoint } } },
    ] as const,
    error:
      'ValidationException: Parameter AuthorizationEndpoint is not valid. Reason: It must be an HTTPS URL.',
  })),
  {
    name: 'a private API',
    call: ['CreateConnection', { ...BASIC, InvocationConnectivityParameters: { ResourceParameters: {} } }],
    error:
      'ValidationException: Parameter InvocationConnectivityParameters is not valid. ' +
      'Reason: Busbar reaches private APIs directly, where its configuration allows it.',
  },
  ...['whsec_', 'whsec_c2hvcnQ=', 'whsec_!!', `whsec_${'A'.repeat(32)} key`].map((value) => ({
    name: `the webhook secret ${value}`,
    call: ['CreateConnection', webhook(value)] as const,
    error: NO_WEBHOOK_SECRET,
  })),
  ...(
    [
      ['DescribeConnection', 'Failed to describe the connection(s). '],
      ['UpdateConnection', ''],
      ['DeleteConnection', ''],
      ['DeauthorizeConnection', ''],
    ] as const
  ).map(([operation, prefix]) => ({
    name: `${operation} of none`,
    call: [operation, { Name: 'nope' }] as const,
    error: `ResourceNotFoundException: ${prefix}Connection 'nope' does not exist.`,
  })),
  {
    name: 'a connection of another account',
    before: [['CreateConnection', BASIC]],
    account: OTHER,
    call: ['DescribeConnection', { Name: 'c' }],
    error: "ResourceNotFoundException: Failed to describe the connection(s). Connection 'c' does not exist.",
  },
  {
    name: 'another type without its credentials',
    before: [['CreateConnection', BASIC]],
    call: ['UpdateConnection', { Name: 'c', AuthorizationType: 'API_KEY' }],
    error:
      'ValidationException: Parameter(s) AuthParameters.ApiKeyAuthParameters.ApiKeyName must be specified.',
  },
  {
    name: 'an API destination without its connection',
    call: ['CreateApiDestination', DESTINATION],
    error: `ResourceNotFoundException: Connection '${UNKNOWN_ARN}' does not exist.`,
  },
  ...(
    [
      ['https://user:secret@api.example.com/', 'A URL must not hold credentials.'],
      ['https://*.example.com/', 'Only the path may hold wildcards.'],
      ['api.example.com/orders', 'It must be an HTTPS URL.'],
    ] as const
  ).map(([InvocationEndpoint, reason]) => ({
    name: `the endpoint ${InvocationEndpoint}`,
    call: ['CreateApiDestination', { ...DESTINATION, InvocationEndpoint }] as const,
    error: `ValidationException: Parameter InvocationEndpoint is not valid. Reason: ${reason}`,
  })),
  ...(
    [
      ['DescribeApiDestination', 'Failed to describe the api-destination(s). '],
      ['UpdateApiDestination', ''],
      ['DeleteApiDestination', ''],
    ] as const
  ).map(([operation, prefix]) => ({
    name: `${operation} of none`,
    call: [operation, { Name: 'nope' }] as const,
    error: `ResourceNotFoundException: ${prefix}An api-destination 'nope' does not exist.`,
  })),
];

for (const row of ERRORS) test(`refused: ${row.name}`, () => checkErrorRow(row));

/** A fixture whose service events go to its own default buses. */
async function open(options: Parameters<typeof Fixture.open>[0] = {}): Promise<Fixture> {
  const fixture = await Fixture.open(options);
  fixture.publishServiceEvents();
  return fixture;
}

/** What was told on the default bus: detail types, and names. */
async function told(fixture: Fixture): Promise<string[]> {
  const records = await fixture.records();
  return records.map(({ event }): string => {
    const { 'detail-type': type, source, detail } = JSON.parse(event) as Record<string, unknown>;
    assert.equal(source, 'aws.events');
    return `${String(type)}: ${String(Object.values(detail as object)[0])}`;
  });
}

/** Waits for what an authorization does behind its answer. */
async function settled(fixture: Fixture, state: string): Promise<Output> {
  for (let turns = 0; turns < 1_000; turns++) {
    const connection = await fixture.call('DescribeConnection', { Name: 'c' });
    if (connection['ConnectionState'] === state) return connection;
    await new Promise(setImmediate);
  }
  return assert.fail(`the connection did not become ${state}`);
}

const shown: readonly [title: string, input: Output, parameters: object][] = [
  ['basic', BASIC, { BasicAuthParameters: { Username: 'me' } }],
  ['API key', API_KEY, { ApiKeyAuthParameters: { ApiKeyName: 'X-Key' } }],
  [
    'OAuth',
    {
      ...OAUTH,
      AuthParameters: {
        OAuthParameters: {
          ...OAUTH_BLOCK,
          OAuthHttpParameters: {
            BodyParameters: [
              { Key: 'scope', Value: 'all' },
              { Key: 'pin', Value: SECRET, IsValueSecret: true },
            ],
          },
        },
        InvocationHttpParameters: {
          HeaderParameters: [{ Key: 'X-Pin', Value: SECRET, IsValueSecret: true }],
        },
      },
    },
    {
      OAuthParameters: {
        ...OAUTH_BLOCK,
        ClientParameters: { ClientID: 'id' },
        OAuthHttpParameters: {
          BodyParameters: [
            { Key: 'scope', Value: 'all', IsValueSecret: false },
            { Key: 'pin', IsValueSecret: true },
          ],
        },
      },
      InvocationHttpParameters: { HeaderParameters: [{ Key: 'X-Pin', IsValueSecret: true }] },
    },
  ],
];

for (const [title, input, parameters] of shown) {
  test(`what is shown and what is stored of a connection: ${title}`, async () => {
    const fixture = await open();
    await fixture.call('CreateConnection', input);
    const described = await fixture.call('DescribeConnection', { Name: 'c' });
    assert.deepEqual(described['AuthParameters'], parameters);
    assert.match(
      String(described['SecretArn']),
      /^arn:aws:secretsmanager:us-east-1:111111111111:secret:events!connection\/c\/[0-9a-f-]{36}-\w{6}$/,
    );
    const stored = JSON.stringify(
      (await fixture.storage.catalog.list('connection')).map(({ value }) => value),
    );
    assert.ok(!stored.includes(SECRET), stored);
    assert.ok(!JSON.stringify([described, await fixture.call('ListConnections')]).includes(SECRET));
  });
}

test('create, describe, list, update, deauthorize and delete a connection', async () => {
  const fixture = await open();
  const created = await fixture.call('CreateConnection', { ...BASIC, Description: 'mine' });
  const arn = String(created['ConnectionArn']);
  assert.match(arn, /^arn:aws:events:us-east-1:111111111111:connection\/c\/[0-9a-f-]{36}$/);
  const times = { CreationTime: NOW / 1_000, LastModifiedTime: NOW / 1_000 };
  assert.deepEqual(created, { ConnectionArn: arn, ConnectionState: 'AUTHORIZED', ...times });
  const summary = {
    ...created,
    LastAuthorizedTime: NOW / 1_000,
    Name: 'c',
    AuthorizationType: 'BASIC',
  };
  assert.deepEqual(await fixture.call('ListConnections', { NamePrefix: 'c' }), { Connections: [summary] });
  assert.deepEqual(await fixture.call('ListConnections', { ConnectionState: 'DEAUTHORIZED' }), {
    Connections: [],
  });
  await fixture.call('UpdateConnection', {
    Name: 'c',
    AuthParameters: { BasicAuthParameters: { Username: 'you' } },
  });
  const { AuthParameters, Description } = await fixture.call('DescribeConnection', { Name: 'c' });
  assert.deepEqual([AuthParameters, Description], [{ BasicAuthParameters: { Username: 'you' } }, 'mine']);
  const { document } = fixture.connections.documents.ofArn(arn)!;
  assert.equal(fixture.connections.parametersOf(document)?.BasicAuthParameters?.Password, SECRET);

  const gone = await fixture.call('DeauthorizeConnection', { Name: 'c' });
  assert.equal(gone['ConnectionState'], 'DEAUTHORIZING');
  const after = await fixture.call('DescribeConnection', { Name: 'c' });
  assert.deepEqual(
    [after['ConnectionState'], after['StateReason']],
    ['DEAUTHORIZED', 'The connection was deauthorized.'],
  );
  assert.equal(fixture.connections.documents.ofArn(arn)!.document.sealed, undefined);
  // The password went with the secrets: half of the credentials do not do.
  assert.match(
    await fixture.error('UpdateConnection', {
      Name: 'c',
      AuthParameters: { BasicAuthParameters: { Username: 'x' } },
    }),
    /Password must be specified/,
  );
  const { AuthParameters: anew } = BASIC;
  const back = await fixture.call('UpdateConnection', { Name: 'c', AuthParameters: anew });
  assert.equal(back['ConnectionState'], 'AUTHORIZED');
  assert.equal((await fixture.call('DeleteConnection', { Name: 'c' }))['ConnectionState'], 'DELETING');
  assert.deepEqual(await fixture.call('ListConnections'), { Connections: [] });
  assert.deepEqual(await told(fixture), [
    'Connection Creation Started: c',
    'Connection Authorized: c',
    'Connection Update Started: c',
    'Connection Authorized: c',
    'Connection Deauthorization Started: c',
    'Connection Deauthorized: c',
    'Connection Update Started: c',
    'Connection Authorized: c',
    'Connection Deletion Started: c',
  ]);
});

test('an API destination follows its connection', async () => {
  const fixture = await open();
  const { ConnectionArn } = await fixture.call('CreateConnection', BASIC);
  const created = await fixture.call('CreateApiDestination', { ...DESTINATION, ConnectionArn });
  assert.equal(created['ApiDestinationState'], 'ACTIVE');
  assert.match(
    String(created['ApiDestinationArn']),
    /^arn:aws:events:us-east-1:111111111111:api-destination\/d\/[0-9a-f-]{36}$/,
  );
  const stateOf = async () =>
    (await fixture.call('DescribeApiDestination', { Name: 'd' }))['ApiDestinationState'];
  const { ConnectionArn: _, ...rest } = DESTINATION;
  assert.deepEqual(await fixture.call('DescribeApiDestination', { Name: 'd' }), {
    ...created,
    ...rest,
    ConnectionArn,
    InvocationRateLimitPerSecond: 300,
  });
  await fixture.call('DeauthorizeConnection', { Name: 'c' });
  assert.equal(await stateOf(), 'INACTIVE');
  await fixture.call('UpdateConnection', { Name: 'c', AuthParameters: BASIC.AuthParameters });
  assert.equal(await stateOf(), 'ACTIVE');
  await fixture.call('DeleteConnection', { Name: 'c' });
  assert.equal(await stateOf(), 'INACTIVE');
  const states = (await told(fixture)).filter((line) => line.startsWith('API Destination'));
  assert.deepEqual(states, [
    'API Destination Deactivated: d',
    'API Destination Activated: d',
    'API Destination Deactivated: d',
  ]);
});

test('update, list and delete API destinations', async () => {
  const fixture = await open();
  const { ConnectionArn } = await fixture.call('CreateConnection', BASIC);
  const { ConnectionArn: other } = await fixture.call('CreateConnection', { ...BASIC, Name: 'other' });
  await fixture.call('CreateApiDestination', { ...DESTINATION, ConnectionArn, Description: 'mine' });
  assert.equal(
    await fixture.error('CreateApiDestination', { ...DESTINATION, ConnectionArn }),
    "ResourceAlreadyExistsException: An api-destination 'd' already exists.",
  );
  await fixture.call('UpdateApiDestination', {
    Name: 'd',
    HttpMethod: 'PUT',
    InvocationRateLimitPerSecond: 7,
  });
  const described = await fixture.call('DescribeApiDestination', { Name: 'd' });
  const { HttpMethod, InvocationRateLimitPerSecond, InvocationEndpoint, Description } = described;
  assert.deepEqual(
    [HttpMethod, InvocationRateLimitPerSecond, InvocationEndpoint, Description],
    ['PUT', 7, DESTINATION.InvocationEndpoint, 'mine'],
  );
  const { Description: _, ...listed } = described;
  assert.deepEqual(await fixture.call('ListApiDestinations', { ConnectionArn }), {
    ApiDestinations: [listed],
  });
  assert.deepEqual(await fixture.call('ListApiDestinations', { ConnectionArn: other }), {
    ApiDestinations: [],
  });
  assert.deepEqual(await fixture.call('DeleteApiDestination', { Name: 'd' }), {});
  assert.deepEqual(await fixture.call('ListApiDestinations'), { ApiDestinations: [] });
});

test('OAuth: authorized behind the answer', async () => {
  const fixture = await open({ token: { kind: 'token', token: 't', expiresInMs: 1_000 } });
  const created = await fixture.call('CreateConnection', OAUTH);
  assert.equal(created['ConnectionState'], 'AUTHORIZING');
  await settled(fixture, 'AUTHORIZED');
  assert.deepEqual(await told(fixture), [
    'Connection Creation Started: c',
    'Connection Authorization Started: c',
    'Connection Authorized: c',
  ]);
});

test('OAuth: refused behind the answer', async () => {
  const fixture = await open({ token: { kind: 'refused', reason: 'No.' } });
  await fixture.call('CreateConnection', OAUTH);
  const connection = await settled(fixture, 'DEAUTHORIZED');
  assert.equal(connection['StateReason'], 'No.');
  assert.equal((await told(fixture)).at(-1), 'Connection Deauthorized: c');
});
