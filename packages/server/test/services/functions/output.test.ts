// What functions write, in their log groups.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LogEntry } from '../../../src/engine/ports/log-group-writer.ts';
import { LineReader } from '../../../src/services/functions/line-reader.ts';
import { OutputLog } from '../../../src/services/functions/output-log.ts';
import { manualClock } from '../manual-clock.ts';
import { eventually, functionsKit, SCOPE } from './functions-kit.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f-]{27}';

describe('the log group of a function', async () => {
  const kit = await functionsKit({ talks: { memoryMegabytes: 96 } });
  kit.write(
    'talks.mjs',
    `import { spawnSync } from 'node:child_process';
     console.log('while loading');
     export const handler = async ({ how }) => {
       if (how === 'much') for (let line = 0; line < 3_000; line++) console.log('x'.repeat(1_000));
       if (how === 'program') spawnSync('echo', ['from a program'], { stdio: 'inherit' });
       console.log('paid %d of', 5, { total: 7 });
       console.error('two\\nlines');
       process.stdout.write('raw\\n');
       return 'ok';
     };`,
  );

  test('lines as Lambda writes them, between START and REPORT', async () => {
    const result = await kit.call('talks');
    assert.equal(result.status, 'returned');
    const lines = await eventually(async () => {
      const found = await kit.output('talks');
      return found.length >= 7 ? found : undefined;
    });
    const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';
    const expected = [
      `START RequestId: ${UUID} Version: \\$LATEST`,
      `${time}\\tundefined\\tINFO\\twhile loading`,
      `${time}\\t${UUID}\\tINFO\\tpaid 5 of { total: 7 }`,
      `${time}\\t${UUID}\\tERROR\\ttwo\\nlines`,
      'raw',
      `END RequestId: ${UUID}`,
      `REPORT RequestId: ${UUID}\\tDuration: [\\d.]+ ms\\tBilled Duration: \\d+ ms\\tMemory Size: 96 MB\\t` +
        'Max Memory Used: \\d+ MB\\tInit Duration: [\\d.]+ ms\\t',
    ];
    assert.equal(lines.length, expected.length, lines.join('\n'));
    for (const [index, line] of lines.entries()) assert.match(line, new RegExp(`^${expected[index]}$`));
    assert.ok(result.status === 'returned' && result.logTail.endsWith('\t\n'));
  });

  test('what programs that it starts write', async () => {
    await kit.returned('talks', { how: 'program' });
    await eventually(async () => (await kit.output('talks')).includes('from a program') || undefined);
  });

  test('more than a call may write is dropped with a note', async () => {
    const before = (await kit.output('talks')).length;
    await kit.returned('talks', { how: 'much' });
    const lines = await eventually(async () => {
      const found = (await kit.output('talks')).slice(before);
      return found.at(-1)?.startsWith('REPORT') ? found : undefined;
    });
    assert.ok(lines.includes('Further output of this call is not kept: it is too much.'));
    assert.ok(lines.length < 1_200, String(lines.length));
  });

  test('a group that was deleted comes back', async () => {
    await kit.logs.groups.remove(kit.logs.groups.find(SCOPE, '/aws/lambda/talks')!);
    await kit.returned('talks');
    await eventually(async () => (await kit.output('talks')).length > 0 || undefined);
  });
});

describe('output on its way', () => {
  const slowWriter = () => {
    const written: LogEntry[][] = [];
    const waiting: (() => void)[] = [];
    const writer = {
      append: async (_scope: object, _group: string, _stream: string, entries: readonly LogEntry[]) => {
        written.push([...entries]);
        await new Promise<void>((resolve) => waiting.push(resolve));
      },
    };
    return { written, writer, letGo: () => waiting.shift()!() };
  };

  test('goes out after a while even when the call goes on', async () => {
    const { written, writer, letGo } = slowWriter();
    const clock = manualClock();
    const log = new OutputLog({ writer, clock }, SCOPE, 'group', 'stream');
    log.begin(SCOPE, 'id');
    log.add('one');
    assert.equal(written.length, 0);
    await clock.advance(500);
    assert.deepEqual(
      written[0]!.map(({ message }) => message),
      ['START RequestId: id Version: $LATEST', 'one'],
    );
    letGo();
  });

  test('is bounded while the store is slow, and says so', async () => {
    const { written, writer, letGo } = slowWriter();
    const clock = manualClock();
    const log = new OutputLog({ writer, clock }, SCOPE, 'group', 'stream');
    log.add('first');
    await clock.advance(500);
    for (let line = 0; line < 2_000; line++) log.add('x'.repeat(1_000));
    letGo();
    const closing = log.close();
    await clock.advance(0);
    letGo();
    await closing;
    assert.equal(written.length, 2);
    assert.match(written[1]!.at(-1)!.message, /^\d+ lines were dropped: the log group was too slow\.$/);
    assert.ok(written[1]!.length < 1_100);
  });
});

describe('lines of a pipe', () => {
  const read = (maxBytes: number, ...chunks: string[]) => {
    const lines: string[] = [];
    let tooLong = 0;
    const reader = new LineReader(
      maxBytes,
      (line) => lines.push(line),
      () => tooLong++,
    );
    for (const chunk of chunks) reader.take(Buffer.from(chunk));
    return { lines, tooLong };
  };

  test('are cut wherever chunks end', () => {
    assert.deepEqual(read(10, 'a\nb', 'c\n', '\nd', '\n'), { lines: ['a', 'bc', '', 'd'], tooLong: 0 });
  });

  test('a line beyond the bound ends it all, once', () => {
    assert.deepEqual(read(4, 'ok\n12345', '678\nno\n'), { lines: ['ok'], tooLong: 1 });
  });
});
