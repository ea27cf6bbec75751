import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemoryStorage } from '../../../src/store/memory/index.ts';
import { DAY, GROUP, GROUP_ARN, logsKit, NOW, type ExpectedError } from './kit.ts';

const named = { logGroupName: GROUP };
const NO_GROUP: ExpectedError = ['ResourceNotFoundException', 'The specified log group does not exist.'];
const NO_STREAM: ExpectedError = ['ResourceNotFoundException', 'The specified log stream does not exist.'];

describe('log groups', () => {
  test('a group is created and shown; a second one of its name is refused', async () => {
    const kit = await logsKit();
    assert.deepEqual(await kit.call('CreateLogGroup', { ...named, tags: { team: 'a' }, kmsKeyId: 'k' }), {});
    const { logGroups, nextToken } = await kit.call('DescribeLogGroups', {});
    assert.deepEqual(JSON.parse(JSON.stringify(logGroups)), [
      {
        logGroupName: GROUP,
        creationTime: NOW,
        metricFilterCount: 0,
        arn: `${GROUP_ARN}:*`,
        storedBytes: 0,
        kmsKeyId: 'k',
        logGroupClass: 'STANDARD',
        logGroupArn: GROUP_ARN,
        deletionProtectionEnabled: false,
      },
    ]);
    assert.equal(nextToken, undefined);
    await kit.fails('CreateLogGroup', named, [
      'ResourceAlreadyExistsException',
      'The specified log group already exists',
    ]);
    // Of another account or region it is another group.
    await kit.call('CreateLogGroup', named, { region: 'eu-west-1' });
    await kit.call('CreateLogGroup', named, { account: '111111111111' });
  });

  test('DescribeLogGroups: by name, by prefix, by part, by identifier, page by page', async () => {
    const kit = await logsKit();
    for (const name of ['b/2', 'a', 'b/1', 'c']) await kit.call('CreateLogGroup', { logGroupName: name });
    const names = async (input: object): Promise<string[]> =>
      ((await kit.call('DescribeLogGroups', input))['logGroups'] as { logGroupName: string }[]).map(
        ({ logGroupName }) => logGroupName,
      );
    const arn = (name: string): string => `arn:aws:logs:us-east-1:000000000000:log-group:${name}`;
    assert.deepEqual(await names({}), ['a', 'b/1', 'b/2', 'c']);
    assert.deepEqual(await names({ logGroupNamePrefix: 'b/' }), ['b/1', 'b/2']);
    assert.deepEqual(await names({ logGroupNamePattern: '/1' }), ['b/1']);
    assert.deepEqual(await names({ logGroupIdentifiers: ['c', arn('a')] }), ['a', 'c']);
    assert.deepEqual(await names({ logGroupClass: 'DELIVERY' }), []);
    const first = await kit.call('DescribeLogGroups', { limit: 3 });
    assert.equal((first['logGroups'] as unknown[]).length, 3);
    assert.deepEqual(await names({ limit: 3, nextToken: first['nextToken'] }), ['c']);
    await kit.fails('DescribeLogGroups', { logGroupNamePrefix: 'b', nextToken: first['nextToken'] }, [
      'InvalidParameterException',
      'The specified nextToken is invalid.',
    ]);
  });

  test('a deleted group is gone with everything in it', async () => {
    const kit = await logsKit();
    await kit.stream('s');
    await kit.put('s', [0, 'x']);
    await kit.call('DeleteLogGroup', named);
    await kit.fails('DeleteLogGroup', named, NO_GROUP);
    await kit.call('CreateLogGroup', named);
    assert.deepEqual(await kit.filter({}), []);
    assert.deepEqual((await kit.call('DescribeLogStreams', named))['logStreams'], []);
  });

  test('a protected group cannot be deleted until the protection is lifted', async () => {
    const kit = await logsKit();
    await kit.call('CreateLogGroup', { ...named, deletionProtectionEnabled: true });
    await kit.fails('DeleteLogGroup', named, ['ValidationException', /deletion protection/]);
    const lift = { logGroupIdentifier: GROUP_ARN, deletionProtectionEnabled: false };
    await kit.call('PutLogGroupDeletionProtection', lift);
    await kit.call('DeleteLogGroup', named);
  });

  test('groups survive a restart, and what another process writes is seen', async () => {
    const storage = createMemoryStorage();
    const [one, two] = [await logsKit({ storage }), await logsKit({ storage, seed: 2 })];
    await one.stream('s');
    await two.put('s', [0, 'from two']);
    assert.deepEqual(await one.filter({}), ['from two']);
    await one.call('DeleteLogGroup', named);
    await two.fails('DescribeLogStreams', named, NO_GROUP);
  });

  test('a deletion that a crash cut short is finished at the next start', async () => {
    const storage = createMemoryStorage();
    const kit = await logsKit({ storage });
    await kit.stream('s');
    await kit.put('s', [0, 'x']);
    const { id } = kit.service.groups.all()[0]!;
    // As if the process had died between the two writes of the deletion.
    const key = `000000000000/us-east-1/${GROUP}`;
    await storage.catalog.write([
      { kind: 'log-group-drop', key: id, value: {}, expect: undefined },
      { kind: 'log-group', key, remove: true, expect: undefined },
    ]);
    await logsKit({ storage, seed: 2 });
    assert.deepEqual(await storage.logEvents.storedBytes([id]), [0]);
    assert.deepEqual(await storage.catalog.list('log-group-drop'), []);
  });
});

describe('log streams', () => {
  test('streams are created, shown and deleted', async () => {
    const kit = await logsKit();
    await kit.stream('s/1');
    await kit.put('s/1', [5, 'x'], [9, 'y']);
    const { logStreams } = await kit.call('DescribeLogStreams', { logGroupIdentifier: `${GROUP_ARN}:*` });
    const [{ uploadSequenceToken, ...shown }] = logStreams as [Record<string, unknown>];
    assert.match(String(uploadSequenceToken), /^\d{56}$/);
    assert.deepEqual(shown, {
      logStreamName: 's/1',
      creationTime: NOW,
      firstEventTimestamp: NOW + 5,
      lastEventTimestamp: NOW + 9,
      lastIngestionTime: NOW,
      arn: `${GROUP_ARN}:log-stream:s/1`,
      storedBytes: 0,
    });
    const stream = { ...named, logStreamName: 's/1' };
    await kit.fails('CreateLogStream', stream, [
      'ResourceAlreadyExistsException',
      'The specified log stream already exists',
    ]);
    await kit.call('DeleteLogStream', stream);
    await kit.fails('DeleteLogStream', stream, NO_STREAM);
    await kit.fails('PutLogEvents', { ...stream, logEvents: [{ timestamp: NOW, message: 'x' }] }, NO_STREAM);
    assert.deepEqual(await kit.filter({}), []);
  });

  test('DescribeLogStreams: by name or by time, in both directions, page by page', async () => {
    const kit = await logsKit();
    for (const name of ['b', 'a', 'c']) await kit.stream(name);
    await kit.put('a', [3, 'x']);
    await kit.put('b', [5, 'x']);
    const names = async (input: object): Promise<string[]> => {
      const found: string[] = [];
      let nextToken: unknown;
      do {
        const page = await kit.call('DescribeLogStreams', { ...named, limit: 2, nextToken, ...input });
        found.push(...(page['logStreams'] as { logStreamName: string }[]).map((each) => each.logStreamName));
        nextToken = page['nextToken'];
      } while (nextToken !== undefined);
      return found;
    };
    assert.deepEqual(await names({}), ['a', 'b', 'c']);
    assert.deepEqual(await names({ descending: true }), ['c', 'b', 'a']);
    assert.deepEqual(await names({ orderBy: 'LastEventTime' }), ['c', 'a', 'b']);
    assert.deepEqual(await names({ orderBy: 'LastEventTime', descending: true }), ['b', 'a', 'c']);
    assert.deepEqual(await names({ logStreamNamePrefix: 'c' }), ['c']);
  });
});

describe('retention', () => {
  test('is put, shown and deleted', async () => {
    const kit = await logsKit();
    await kit.call('CreateLogGroup', named);
    const shown = async (): Promise<unknown> =>
      ((await kit.call('DescribeLogGroups', {}))['logGroups'] as [Record<string, unknown>])[0][
        'retentionInDays'
      ];
    await kit.call('PutRetentionPolicy', { ...named, retentionInDays: 7 });
    assert.equal(await shown(), 7);
    await kit.call('DeleteRetentionPolicy', named);
    assert.equal(await shown(), undefined);
  });

  test('expired events are not shown, and are swept in steps once their time has come', async () => {
    const kit = await logsKit();
    await kit.stream('s');
    const old = Array.from({ length: 2_500 }, (_, index) => [index, 'old'] as const);
    await kit.put('s', ...old);
    await kit.put('s', [DAY - 1, 'rejected: too far ahead']);
    await kit.call('PutRetentionPolicy', { ...named, retentionInDays: 1 });
    await kit.clock.advance(DAY - 1_000);
    await kit.put('s', [DAY - 1_000, 'new']);
    await kit.clock.advance(900);
    assert.equal((await kit.filter({})).length, 2_501);
    const { id } = kit.service.groups.all()[0]!;
    const bytes = async (): Promise<number | undefined> => (await kit.storage.logEvents.storedBytes([id]))[0];
    await kit.clock.advance(10_000);
    assert.deepEqual(await kit.filter({}), ['new']);
    assert.deepEqual((await kit.call('GetLogEvents', { ...named, logStreamName: 's' }))['events'], [
      { timestamp: NOW + DAY - 1_000, message: 'new', ingestionTime: NOW + DAY - 1_000 },
    ]);
    assert.equal(await bytes(), 2_500 * 3 + 3);
    await kit.clock.advance(60_000);
    assert.equal(await bytes(), 3);
    await kit.service.close();
    assert.equal(kit.clock.timers, 0);
  });
});

describe('tags', () => {
  test('by ARN and by name', async () => {
    const kit = await logsKit();
    await kit.call('CreateLogGroup', { ...named, tags: { a: '1' } });
    await kit.call('TagResource', { resourceArn: GROUP_ARN, tags: { b: '2' } });
    await kit.call('TagLogGroup', { ...named, tags: { c: '3', a: '4' } });
    const tags = { a: '4', b: '2', c: '3' };
    assert.deepEqual(await kit.call('ListTagsForResource', { resourceArn: `${GROUP_ARN}:*` }), { tags });
    await kit.call('UntagResource', { resourceArn: GROUP_ARN, tagKeys: ['a', 'none'] });
    await kit.call('UntagLogGroup', { ...named, tags: ['b'] });
    assert.deepEqual(await kit.call('ListTagsLogGroup', named), { tags: { c: '3' } });
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'v']));
    await kit.fails('TagResource', { resourceArn: GROUP_ARN, tags: many }, [
      'TooManyTagsException',
      /50 tags/,
    ]);
  });
});

describe('errors', () => {
  const invalid = (message: string | RegExp): ExpectedError => ['InvalidParameterException', message];
  const rows: readonly (readonly [operation: string, input: object, expected: ExpectedError])[] = [
    ['CreateLogGroup', { logGroupName: 'aws/x' }, invalid(/reserved for AWS/)],
    ['CreateLogGroup', { logGroupName: 'x', tags: { 'aws:x': '1' } }, invalid(/reserved/)],
    ['CreateLogStream', { logGroupName: 'none', logStreamName: 's' }, NO_GROUP],
    ['DeleteLogGroup', { logGroupName: 'none' }, NO_GROUP],
    ['DeleteLogStream', { logGroupName: 'none', logStreamName: 's' }, NO_GROUP],
    [
      'DescribeLogGroups',
      { logGroupNamePrefix: 'a', logGroupNamePattern: 'b' },
      invalid(/mutually exclusive/),
    ],
    [
      'DescribeLogGroups',
      { logGroupIdentifiers: ['a'], logGroupNamePrefix: 'a' },
      invalid(/cannot be combined/),
    ],
    ['DescribeLogGroups', { nextToken: 'x' }, invalid('The specified nextToken is invalid.')],
    ['DescribeLogStreams', {}, invalid(/Exactly one/)],
    ['DescribeLogStreams', { ...named, logGroupIdentifier: GROUP }, invalid(/Exactly one/)],
    [
      'DescribeLogStreams',
      { logGroupIdentifier: 'arn:aws:sqs:us-east-1:1:q' },
      invalid(/Invalid log group ARN/),
    ],
    ['DescribeLogStreams', { logGroupName: 'none' }, NO_GROUP],
    [
      'DescribeLogStreams',
      { ...named, orderBy: 'LastEventTime', logStreamNamePrefix: 'a' },
      invalid('Cannot order by LastEventTime with a logStreamNamePrefix.'),
    ],
    ['PutRetentionPolicy', { ...named, retentionInDays: 2 }, invalid(/Value '2' at 'retentionInDays'/)],
    ['PutRetentionPolicy', { logGroupName: 'none', retentionInDays: 1 }, NO_GROUP],
    ['DeleteRetentionPolicy', { logGroupName: 'none' }, NO_GROUP],
    ['TagResource', { resourceArn: 'nonsense', tags: { a: '1' } }, invalid(/Invalid log group ARN/)],
    ['TagResource', { resourceArn: `${GROUP_ARN}x`, tags: { a: '1' } }, NO_GROUP],
    ['TagResource', { resourceArn: GROUP_ARN, tags: { 'AWS:a': '1' } }, invalid(/reserved/)],
    ['TagLogGroup', { logGroupName: 'none', tags: { a: '1' } }, NO_GROUP],
    ['UntagLogGroup', { logGroupName: 'none', tags: ['a'] }, NO_GROUP],
    ['ListTagsLogGroup', { logGroupName: 'none' }, NO_GROUP],
    ['ListTagsForResource', { resourceArn: `${GROUP_ARN}x` }, NO_GROUP],
  ];
  for (const [operation, input, expected] of rows) {
    test(`${operation} ${JSON.stringify(input).slice(0, 80)}`, async () => {
      const kit = await logsKit();
      await kit.stream('s');
      await kit.fails(operation, input, expected);
    });
  }
});
