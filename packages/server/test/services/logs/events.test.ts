import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StorageError } from '../../../src/engine/ports/storage.ts';
import { limits } from '../../../src/model/limits.ts';
import { createMemoryStorage } from '../../../src/store/memory/index.ts';
import { DAY, GROUP, HOUR, logsKit, NOW, withLogEvents } from './kit.ts';
import type { ExpectedError, LogsKit } from './kit.ts';

const named = { logGroupName: GROUP };
const invalid = (message: string | RegExp): ExpectedError => ['InvalidParameterException', message];
const NO_STREAM: ExpectedError = ['ResourceNotFoundException', 'The specified log stream does not exist.'];

interface Page {
  readonly messages: string[];
  readonly forward: string;
  readonly backward: string;
}

async function get(kit: LogsKit, input: object): Promise<Page> {
  const answer = await kit.call('GetLogEvents', { ...named, logStreamName: 's', ...input });
  return {
    messages: (answer['events'] as { message: string }[]).map(({ message }) => message),
    forward: answer['nextForwardToken'] as string,
    backward: answer['nextBackwardToken'] as string,
  };
}

describe('PutLogEvents', () => {
  test('takes a batch and answers a sequence token', async () => {
    const kit = await logsKit();
    await kit.stream('s');
    const answer = await kit.put('s', [0, 'a'], [0, 'b'], [1, 'c']);
    assert.deepEqual(Object.keys(answer), ['nextSequenceToken']);
    assert.deepEqual(await kit.filter({}), ['a', 'b', 'c']);
  });

  const rejections: readonly (readonly [string, readonly number[], object, readonly number[]])[] = [
    ['older than 14 days', [-14 * DAY - 2, -14 * DAY - 1, -14 * DAY], { tooOldLogEventEndIndex: 2 }, [2]],
    ['more than 2 hours ahead', [0, 2 * HOUR, 2 * HOUR + 1], { tooNewLogEventStartIndex: 2 }, [0, 1]],
    ['older than the retention', [-7 * DAY - 1, -7 * DAY], { expiredLogEventEndIndex: 1 }, [1]],
    ['all of them', [3 * HOUR], { tooNewLogEventStartIndex: 0 }, []],
  ];
  for (const [title, times, info, kept] of rejections) {
    test(`leaves out what is ${title}`, async () => {
      const kit = await logsKit();
      await kit.stream('s');
      if ('expiredLogEventEndIndex' in info) {
        await kit.call('PutRetentionPolicy', { ...named, retentionInDays: 7 });
      }
      const answer = await kit.put('s', ...times.map((at, index) => [at, `${index}`] as const));
      assert.deepEqual(answer['rejectedLogEventsInfo'], info);
      assert.deepEqual(
        await kit.filter({}),
        kept.map((index) => `${index}`),
      );
    });
  }

  const event = (at: number, message = 'x'): object => ({ timestamp: NOW + at, message });
  const put = (...logEvents: object[]): object => ({ ...named, logStreamName: 's', logEvents });
  const largest = 'x'.repeat(limits.logBatchBytes - limits.logEventOverheadBytes);
  const failures: readonly (readonly [string, object, ExpectedError])[] = [
    ['out of order', put(event(1), event(0)), invalid(/must be in chronological order/)],
    ['over 24 hours', put(event(-DAY - 1), event(0)), invalid(/cannot span more than 24 hours/)],
    [
      'too large',
      put(event(0, `${largest}x`)),
      invalid('Upload too large: 1048577 bytes exceeds limit of 1048576'),
    ],
    ['too large in UTF-8', put(event(0, 'é'.repeat(600_000))), invalid(/^Upload too large: 1200026/)],
    ['no stream', { ...put(event(0)), logStreamName: 'none' }, NO_STREAM],
    ['no stream, and nothing to store', { ...put(event(3 * HOUR)), logStreamName: 'none' }, NO_STREAM],
    [
      'no group',
      { ...put(event(0)), logGroupName: 'none' },
      ['ResourceNotFoundException', 'The specified log group does not exist.'],
    ],
  ];
  for (const [title, input, expected] of failures) {
    test(`refuses: ${title}`, async () => {
      const kit = await logsKit();
      await kit.stream('s');
      await kit.fails('PutLogEvents', input, expected);
      assert.deepEqual(await kit.filter({}), []);
    });
  }

  test('takes the largest batch and the longest span', async () => {
    const kit = await logsKit();
    await kit.stream('s');
    await kit.put('s', [0, largest]);
    await kit.put('s', [-DAY, 'a'], [0, 'b']);
    assert.equal((await kit.filter({ limit: 1 }))[0], 'a');
  });

  test('a store that fails is a service that is not available', async () => {
    const append = async (): Promise<never> => {
      throw new StorageError('io', 'the disk said hunter2');
    };
    const kit = await logsKit({ storage: withLogEvents(createMemoryStorage(), { append }) });
    await kit.stream('s');
    await kit.fails('PutLogEvents', put(event(0)), [
      'ServiceUnavailableException',
      'The service cannot complete the request.',
      503,
    ]);
  });
});

describe('GetLogEvents', () => {
  const filled = async (): Promise<LogsKit> => {
    const kit = await logsKit();
    await kit.stream('s');
    await kit.put('s', [0, 'a'], [1, 'b'], [1, 'c'], [2, 'd'], [3, 'e']);
    return kit;
  };

  test('answers the latest events first, in the order of time, and leads back', async () => {
    const kit = await filled();
    const last = await get(kit, { limit: 2 });
    assert.deepEqual(last.messages, ['d', 'e']);
    const before = await get(kit, { limit: 2, nextToken: last.backward });
    assert.deepEqual(before.messages, ['b', 'c']);
    const first = await get(kit, { limit: 2, nextToken: before.backward });
    assert.deepEqual(first.messages, ['a']);
    const end = await get(kit, { limit: 2, nextToken: first.backward });
    assert.deepEqual([end.messages, end.backward], [[], first.backward]);
    assert.deepEqual((await get(kit, { limit: 9, nextToken: end.forward })).messages, [
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
  });

  test('from the head it leads forward, and goes on with what comes later', async () => {
    const kit = await filled();
    const first = await get(kit, { limit: 3, startFromHead: true });
    assert.deepEqual(first.messages, ['a', 'b', 'c']);
    const second = await get(kit, { nextToken: first.forward });
    assert.deepEqual(second.messages, ['d', 'e']);
    const end = await get(kit, { nextToken: second.forward });
    assert.deepEqual([end.messages, end.forward], [[], second.forward]);
    await kit.put('s', [9, 'f']);
    assert.deepEqual((await get(kit, { nextToken: end.forward })).messages, ['f']);
    assert.deepEqual((await get(kit, { nextToken: end.backward, limit: 1 })).messages, ['e']);
  });

  test('an empty stream has tokens too', async () => {
    const kit = await logsKit();
    await kit.stream('s');
    const empty = await get(kit, {});
    assert.deepEqual(empty.messages, []);
    await kit.put('s', [0, 'a']);
    assert.deepEqual((await get(kit, { nextToken: empty.forward })).messages, ['a']);
    assert.deepEqual((await get(kit, { nextToken: empty.backward })).messages, []);
  });

  test('the start is included, the end is not', async () => {
    const kit = await filled();
    assert.deepEqual((await get(kit, { startTime: NOW + 1, endTime: NOW + 2 })).messages, ['b', 'c']);
  });

  test('shows one event whole', async () => {
    const kit = await filled();
    const { events } = await kit.call('GetLogEvents', { ...named, logStreamName: 's', limit: 1 });
    assert.deepEqual(events, [{ timestamp: NOW + 3, message: 'e', ingestionTime: NOW }]);
  });

  for (const [input, expected] of [
    [{ logStreamName: 'none' }, NO_STREAM],
    [{ nextToken: 'x' }, invalid('The specified nextToken is invalid.')],
    [{ nextToken: 'f/12/s' }, invalid('The specified nextToken is invalid.')],
    [{ nextToken: `f/${'9'.repeat(56)}/s` }, invalid('The specified nextToken is invalid.')],
    [{ startTime: 5, endTime: 4 }, invalid(/startTime/)],
  ] as const) {
    test(`refuses ${JSON.stringify(input)}`, async () => {
      const kit = await filled();
      await kit.fails('GetLogEvents', { ...named, logStreamName: 's', ...input }, expected);
    });
  }
});

describe('FilterLogEvents', () => {
  const filled = async (): Promise<LogsKit> => {
    const kit = await logsKit();
    for (const name of ['a/1', 'a/2', 'b']) await kit.stream(name);
    await kit.put('a/1', [0, 'INFO one'], [4, 'ERROR five']);
    await kit.put('a/2', [1, 'INFO two'], [3, '{"level":"error","n":4}']);
    await kit.put('b', [2, 'ERROR three']);
    return kit;
  };
  const all = ['INFO one', 'INFO two', 'ERROR three', '{"level":"error","n":4}', 'ERROR five'];

  const rows: readonly (readonly [object, readonly string[]])[] = [
    [{}, all],
    [{ filterPattern: 'ERROR' }, ['ERROR three', 'ERROR five']],
    [{ filterPattern: '{ $.n > 3 }' }, ['{"level":"error","n":4}']],
    [{ logStreamNames: ['b', 'a/1', 'b'] }, ['INFO one', 'ERROR three', 'ERROR five']],
    [{ logStreamNamePrefix: 'a/', filterPattern: 'INFO' }, ['INFO one', 'INFO two']],
    [{ logStreamNamePrefix: 'x' }, []],
    [{ startTime: NOW + 1, endTime: NOW + 3 }, ['INFO two', 'ERROR three', '{"level":"error","n":4}']],
    [{ limit: 2 }, ['INFO one', 'INFO two']],
  ];
  for (const [input, messages] of rows) {
    test(JSON.stringify(input), async () => {
      assert.deepEqual(await (await filled()).filter(input), messages);
    });
  }

  test('events carry ids that sort by time and differ', async () => {
    const kit = await filled();
    await kit.put('b', [2, 'ERROR three']);
    const { events, searchedLogStreams } = await kit.call('FilterLogEvents', named);
    const ids = (events as { eventId: string }[]).map(({ eventId }) => eventId);
    assert.deepEqual(ids, ids.toSorted());
    assert.equal(new Set(ids).size, 6);
    assert.deepEqual(searchedLogStreams, []);
    const [first] = events as [object];
    assert.deepEqual(first, {
      logStreamName: 'a/1',
      timestamp: NOW,
      message: 'INFO one',
      ingestionTime: NOW,
      eventId: ids[0],
    });
  });

  test('pages follow each other without gaps or repeats, whatever comes in between', async () => {
    const kit = await filled();
    for (const selection of [{}, { logStreamNamePrefix: 'a/' }, { logStreamNames: ['a/1', 'a/2', 'b'] }]) {
      const found: string[] = [];
      let nextToken: unknown;
      do {
        const page = await kit.call('FilterLogEvents', { ...named, ...selection, limit: 1, nextToken });
        found.push(...(page['events'] as { message: string }[]).map(({ message }) => message));
        nextToken = page['nextToken'];
      } while (nextToken !== undefined);
      assert.deepEqual(
        found,
        'logStreamNamePrefix' in selection ? all.filter((text) => text !== 'ERROR three') : all,
      );
    }
  });

  test('a page ends at 1 MiB; the rest comes with the next one', async () => {
    const kit = await logsKit();
    await kit.stream('s');
    for (let at = 0; at < 3; at++) await kit.put('s', [at, `${at}${'x'.repeat(600_000)}`]);
    const sizes: number[] = [];
    let nextToken: unknown;
    do {
      const page = await kit.call('FilterLogEvents', { ...named, nextToken });
      sizes.push((page['events'] as unknown[]).length);
      nextToken = page['nextToken'];
    } while (nextToken !== undefined);
    assert.deepEqual(sizes, [1, 1, 1]);
  });

  test('a search that finds nothing for long answers an empty page with a token', async () => {
    const kit = await logsKit();
    await kit.stream('s');
    const batch = Array.from({ length: 10_000 }, () => [0, 'no'] as const);
    for (let at = 0; at < limits.logSearchEvents; at += batch.length) await kit.put('s', ...batch);
    await kit.put('s', [1, 'yes']);
    const first = await kit.call('FilterLogEvents', { ...named, filterPattern: 'yes' });
    assert.deepEqual(first['events'], []);
    assert.deepEqual(await kit.filter({ filterPattern: 'yes', nextToken: first['nextToken'] }), ['yes']);
  });

  test('a prefix of more streams than are merged is searched in the whole group', async () => {
    const kit = await filled();
    for (let index = 0; index <= limits.logSearchStreams; index++) await kit.stream(`many/${index}`);
    await kit.put('many/7', [9, 'seven']);
    assert.deepEqual(await kit.filter({ logStreamNamePrefix: 'many/' }), ['seven']);
  });

  for (const [input, expected] of [
    [{ logStreamNames: ['a/1'], logStreamNamePrefix: 'a' }, invalid(/mutually exclusive/)],
    [{ logStreamNames: ['a/1', 'none'] }, NO_STREAM],
    [{ filterPattern: 'a=b' }, invalid("Invalid character(s) in term 'a=b'")],
    [{ startTime: 2, endTime: 1 }, invalid(/startTime/)],
    [{ nextToken: 'AAAA' }, invalid('The specified nextToken is invalid.')],
    [{ logGroupIdentifier: 'x' }, invalid(/Exactly one/)],
  ] as const) {
    test(`refuses ${JSON.stringify(input)}`, async () => {
      await (await filled()).fails('FilterLogEvents', { ...named, ...input }, expected);
    });
  }
});
