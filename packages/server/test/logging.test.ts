import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import type { Config } from '../src/config.ts';
import { createLogger } from '../src/logging.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

type Entry = Readonly<Record<string, unknown>>;

function openLog(logFormat: Config['logFormat'], logLevel: Config['logLevel'] = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ logFormat, logLevel }, { now: () => NOW }, (line) => void lines.push(line));
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as Entry) };
}

describe('the log', () => {
  test('is one JSON object a line: level, time, fields, message', () => {
    const { logger, lines, entries } = openLog('json');
    logger.info({ bus: 'shop', text: 'two\nlines', none: undefined }, 'bus created');
    logger.error({}, 'no fields');
    assert.match(lines[0]!, /^\{.*\}\n$/);
    const time = '2026-01-02T03:04:05.678Z';
    assert.deepEqual(entries(), [
      { level: 'info', time, bus: 'shop', text: 'two\nlines', msg: 'bus created' },
      { level: 'error', time, msg: 'no fields' },
    ]);
  });

  for (const [level, expected] of [
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const) {
    test(`of level ${level} holds ${expected.join(', ')}`, () => {
      const { logger, entries } = openLog('json', level);
      for (const each of ['debug', 'info', 'warn', 'error'] as const) logger[each]({}, 'm');
      assert.deepEqual(
        entries().map((entry) => entry['level']),
        expected,
      );
    });
  }

  test('tells errors with their own members and their causes', () => {
    const { logger, entries } = openLog('json');
    const inner = new Error('the disk is full');
    const err = Object.assign(new TypeError('cannot write', { cause: inner }), { code: 'ENOSPC' });
    logger.error({ err }, 'failed');
    const shown = entries()[0]!['err'] as Entry;
    assert.deepEqual(
      [shown['type'], shown['message'], shown['code']],
      ['TypeError', 'cannot write', 'ENOSPC'],
    );
    assert.match(
      String(shown['stack']),
      /^TypeError: cannot write\n.*\ncaused by: Error: the disk is full\n/s,
    );
  });

  test('writes whatever it is given', () => {
    const { logger, entries } = openLog('json');
    const circle: Record<string, unknown> = { big: 2n ** 64n, at: new Date(0), list: [1n] };
    circle['self'] = circle;
    const error: Error & { self?: unknown } = new Error('e');
    error.self = { error };
    error.cause = error;
    logger.info(circle, 'm');
    logger.info({ error }, 'm');
    logger.info({ bad: { toJSON: () => assert.fail('no') } }, 'm');
    const [first, second, third] = entries();
    assert.equal(first!['big'], '18446744073709551616');
    assert.deepEqual(first!['list'], ['1']);
    assert.equal(first!['at'], '1970-01-01T00:00:00.000Z');
    assert.equal((first!['self'] as Entry)['self'], '[circular]');
    assert.deepEqual((second!['error'] as Entry)['self'], { error: '[circular]' });
    assert.equal(third!['msg'], 'a line of the log could not be written');
  });

  test('is text for people where it is to be', () => {
    const { logger, lines } = openLog('pretty');
    const err = new Error('broken');
    logger.warn({ bus: 'shop', text: 'with blanks', count: 3, none: undefined, err }, 'bus created');
    logger.info({}, 'ready');
    assert.match(
      lines[0]!,
      /^03:04:05\.678 warn {2}bus created {2}bus=shop text="with blanks" count=3 err=Error: broken\n {4}at /,
    );
    assert.match(lines[1]!, /^03:04:05\.678 info {2}ready\n$/);
  });

  test('loses no line on a slow reader', async () => {
    const code = `
      const { createLogger } = await import(${JSON.stringify(import.meta.resolve('../src/logging.ts'))});
      process.stdout.on('error', () => undefined);
      const logger = createLogger({ logFormat: 'json', logLevel: 'info' }, Date);
      for (let n = 0; n < 2000; n++) logger.info({ n, pad: 'x'.repeat(500) }, 'm');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    // Nothing is taken from the pipe before there is more in it than fits.
    await once(child.stdout, 'readable');
    const lines = (await text(child.stdout)).trimEnd().split('\n');
    assert.deepEqual(await exited, [0, null]);
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as Entry)['n']),
      Array.from({ length: 2000 }, (_, n) => n),
    );
  });
});
