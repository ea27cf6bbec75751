// How the configuration names functions, and what is wrong with those that it cannot mean.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readFunctions } from '../../../src/config/functions.ts';

const PATH = '/srv/shop/busbar.config.json';

describe('functions in the configuration', () => {
  test('a path alone, and everything said', () => {
    const all = {
      module: '../pay.mjs',
      handler: 'pay',
      timeoutMs: 5_000,
      memoryMegabytes: 256,
      concurrency: 9,
      environment: { KEY: 'value' },
    };
    const { short, long } = readFunctions({ short: './functions/pay.ts', long: all }, PATH);
    assert.deepEqual(short, {
      module: join('/srv/shop', 'functions/pay.ts'),
      handler: 'handler',
      timeoutMs: 30_000,
      memoryMegabytes: 128,
      concurrency: 4,
      environment: {},
    });
    assert.deepEqual(long, { ...all, module: '/srv/pay.mjs' });
    assert.deepEqual({ ...readFunctions(undefined, PATH) }, {});
  });

  const rows: readonly [what: string, given: unknown, says: RegExp][] = [
    ['a name with a slash', { 'a/b': 'x.mjs' }, /"a\/b" is no name of a function/],
    ['no module', { pay: {} }, /"pay" needs the path of its module/],
    ['an empty path', { pay: '' }, /"pay" needs the path of its module/],
    ['a list', { pay: ['x.mjs'] }, /"pay" needs the path of its module/],
    ['an unknown setting', { pay: { module: 'x.mjs', memory: 1 } }, /unknown setting "memory"/],
    [
      'no time',
      { pay: { module: 'x.mjs', timeoutMs: 0 } },
      /"timeoutMs" must be a whole number from 1 to 900000/,
    ],
    ['too little memory', { pay: { module: 'x.mjs', memoryMegabytes: 8 } }, /from 32 to 10240/],
    [
      'half a process',
      { pay: { module: 'x.mjs', concurrency: 1.5 } },
      /"concurrency" must be a whole number/,
    ],
    [
      'variables that are no texts',
      { pay: { module: 'x.mjs', environment: { A: 1 } } },
      /must be an object of texts/,
    ],
    ['no handler', { pay: { module: 'x.mjs', handler: '' } }, /"handler" must be the name of an export/],
  ];
  for (const [what, given, says] of rows) {
    test(what, () => {
      assert.throws(() => readFunctions(given, PATH), says);
      assert.throws(
        () => readFunctions(given, PATH),
        /^ConfigError: "functions" in \/srv\/shop\/busbar\.config\.json/,
      );
    });
  }
});
