import assert from 'node:assert/strict';
import type { CatalogEntry } from '../../../src/engine/ports/storage.ts';
import type { Behaviour } from './behaviour.ts';

const put = (key: string, value: unknown, expect?: bigint | 'absent', kind = 'rule') => ({
  kind,
  key,
  value,
  expect,
});
const remove = (key: string, expect?: bigint | 'absent', kind = 'rule') => ({
  kind,
  key,
  remove: true as const,
  expect,
});

export const catalogBehaviours: readonly Behaviour[] = [
  {
    name: 'gets what was put, and nothing for what was not',
    async run({ storage: { catalog } }) {
      const [result] = await catalog.write([
        put('a/b', { text: 'naïve 😀', list: [1, null], deep: { x: true } }),
      ]);
      assert.ok(result?.ok);
      assert.deepEqual(await catalog.get('rule', 'a/b'), {
        kind: 'rule',
        key: 'a/b',
        version: result.version,
        value: { text: 'naïve 😀', list: [1, null], deep: { x: true } },
      });
      assert.equal(await catalog.get('rule', 'a/c'), undefined);
      assert.equal(await catalog.get('bus', 'a/b'), undefined);
    },
  },
  {
    name: 'lists one kind, by key',
    async run({ storage: { catalog } }) {
      await catalog.write([put('b', 2), put('a', 1), put('c', 3), put('a', 9, undefined, 'bus')]);
      const entries = await catalog.list('rule');
      assert.deepEqual(
        entries.map(({ key, value }) => [key, value]),
        [
          ['a', 1],
          ['b', 2],
          ['c', 3],
        ],
      );
      assert.deepEqual(await catalog.list('nothing'), []);
    },
  },
  {
    name: 'raises the version with every write, also over a removal',
    async run({ storage: { catalog } }) {
      const versions: bigint[] = [];
      for (const write of [put('a', 1), put('a', 2), remove('a'), put('a', 3)]) {
        const [result] = await catalog.write([write]);
        assert.ok(result?.ok);
        versions.push(result.version);
      }
      assert.deepEqual(
        versions,
        versions.toSorted((a, b) => (a < b ? -1 : 1)),
      );
      assert.equal(new Set(versions).size, versions.length);
    },
  },
  {
    name: 'writes only what stands as expected; each write stands for itself',
    async run({ storage: { catalog } }) {
      const [first] = await catalog.write([put('a', 1, 'absent')]);
      assert.ok(first?.ok);
      const results = await catalog.write([
        put('a', 2, 'absent'),
        put('a', 3, first.version + 100n),
        put('b', 1, first.version),
        put('c', 1, 'absent'),
        put('a', 4, first.version),
        put('a', 5, first.version),
        remove('c', first.version),
      ]);
      assert.deepEqual(
        results.map(({ ok }) => ok),
        [false, false, false, true, true, false, false],
      );
      assert.equal((await catalog.get('rule', 'a'))?.value, 4);
      assert.equal(await catalog.get('rule', 'b'), undefined);
      assert.equal((await catalog.get('rule', 'c'))?.value, 1);
    },
  },
  {
    name: 'one of many that expect the same version wins',
    async run({ storage: { catalog } }) {
      const [first] = await catalog.write([put('a', 0)]);
      assert.ok(first?.ok);
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, index) => catalog.write([put('a', index, first.version)])),
      );
      assert.equal(all.flat().filter(({ ok }) => ok).length, 1);
    },
  },
  {
    name: 'removes; removing what is not there is fine unless a version is expected',
    async run({ storage: { catalog } }) {
      await catalog.write([put('a', 1)]);
      const results = await catalog.write([remove('a'), remove('a'), remove('a', 'absent'), remove('a', 1n)]);
      assert.deepEqual(
        results.map(({ ok }) => ok),
        [true, true, true, false],
      );
      assert.equal(await catalog.get('rule', 'a'), undefined);
    },
  },
  {
    name: 'tells watchers of every change, in order, before the write resolves, until they stop',
    async run({ storage: { catalog } }) {
      const seen: [string, unknown, bigint][] = [];
      const stop = catalog.watch((entry: CatalogEntry) => seen.push([entry.key, entry.value, entry.version]));
      const results = await catalog.write([put('a', { n: 1 }), put('b', 2, 5n), remove('a')]);
      const versions = results.map((result) => (result.ok ? result.version : undefined));
      assert.deepEqual(seen, [
        ['a', { n: 1 }, versions[0]],
        ['a', undefined, versions[2]],
      ]);
      stop();
      await catalog.write([put('c', 3)]);
      assert.equal(seen.length, 2);
    },
  },
  {
    name: 'keeps its own copy of a document',
    async run({ storage: { catalog } }) {
      const value = { list: [1] };
      const writing = catalog.write([put('a', value)]);
      value.list.push(2);
      await writing;
      const got = (await catalog.get('rule', 'a'))!.value as { list: number[] };
      assert.deepEqual(got.list, [1]);
      got.list.push(3);
      assert.deepEqual((await catalog.get('rule', 'a'))!.value, { list: [1] });
    },
  },
  {
    name: 'survives a restart, and versions go on rising',
    reopens: true,
    async run({ storage, reopen }) {
      const [before] = await storage.catalog.write([put('a', { text: 'é😀' }), remove('z')]);
      assert.ok(before?.ok);
      const { catalog } = await reopen();
      assert.deepEqual(await catalog.get('rule', 'a'), {
        kind: 'rule',
        key: 'a',
        version: before.version,
        value: { text: 'é😀' },
      });
      const [after] = await catalog.write([put('a', 2, before.version)]);
      assert.ok(after?.ok);
      assert.ok(after.version > before.version);
    },
  },
  {
    name: 'pages through the keys of a prefix, in order',
    async run({ storage: { catalog } }) {
      const keys = ['a/1', 'a/2', 'a/3', 'a', 'a0', 'ab/1', 'b/1', 'A/1', 'a/'];
      await catalog.write(keys.map((key) => ({ kind: 'k', key, value: { key }, expect: undefined })));
      await catalog.write([{ kind: 'other', key: 'a/9', value: 1, expect: undefined }]);
      const page = async (prefix: string, after: string | undefined, max: number): Promise<string[]> =>
        (await catalog.page('k', prefix, after, max)).map(({ key }) => key);
      assert.deepEqual(await page('a/', undefined, 9), ['a/', 'a/1', 'a/2', 'a/3']);
      assert.deepEqual(await page('a/', 'a/', 2), ['a/1', 'a/2']);
      assert.deepEqual(await page('a/', 'a/2', 2), ['a/3']);
      assert.deepEqual(await page('a/', 'a/3', 2), []);
      assert.deepEqual(await page('a/', 'A', 1), ['a/']);
      assert.deepEqual(await page('', undefined, 99), [
        'A/1',
        'a',
        'a/',
        'a/1',
        'a/2',
        'a/3',
        'a0',
        'ab/1',
        'b/1',
      ]);
      assert.deepEqual((await catalog.page('k', 'b', undefined, 1))[0]!.value, { key: 'b/1' });
      assert.deepEqual(await catalog.page('nothing', '', undefined, 9), []);
    },
  },
];
