// An archive goes from one daemon to another, and a pattern is tried on it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { limits } from '../../src/model/limits.ts';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { busbar, startBusbarCommand, type RunOptions } from './busbar-command.ts';

const EVENTS = 1_500;
const BUS_ARN = 'arn:aws:events:us-east-1:000000000000:event-bus/default';

let directory: string;
let one: Daemon;
let other: Daemon;
let aws: AwsJson;
let elsewhere: AwsJson;

const at = (name: string): string => join(directory, name);
const run = (...args: string[]) => busbar(args, { url: one.url });
const there = (args: string[], options: RunOptions = {}) => busbar(args, { url: other.url, ...options });

const createArchive = (client: AwsJson, name: string) =>
  client.must('events', 'CreateArchive', { ArchiveName: name, EventSourceArn: BUS_ARN });

async function countOf(client: AwsJson, name: string): Promise<number> {
  return Number((await client.must('events', 'DescribeArchive', { ArchiveName: name })).EventCount);
}

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'busbar-archive-'));
  [one, other] = await Promise.all([startDaemon({ data: at('one') }), startDaemon({ data: at('other') })]);
  aws = new AwsJson(one.port, 4);
  elsewhere = new AwsJson(other.port, 4);
  await createArchive(aws, 'orders');
  await aws.must('events', 'PutRule', {
    Name: 'large',
    EventPattern: '{"detail":{"total":[{"numeric":[">=",50]}]}}',
  });
  for (let first = 0; first < EVENTS; first += 10) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({
      Source: 'shop',
      DetailType: 'Order',
      Detail: `{"total":${(first + index) % 100},"exact":12345678901234567890,"text":"é ","pad":"${'x'.repeat(500)}"}`,
    }));
    await aws.must('events', 'PutEvents', { Entries });
  }
  while ((await countOf(aws, 'orders')) < EVENTS);
});

after(async () => {
  aws.close();
  elsewhere.close();
  await Promise.all([one.kill(), other.kill()]);
  rmSync(directory, { recursive: true, force: true });
});

test('an archive moves to another machine, and is the same there', async () => {
  const exported = await run('archive', 'export', 'orders', '--out', at('orders.ndjson.gz'));
  assert.equal(exported.code, 0, exported.err);
  assert.equal(exported.out, '');
  const text = gunzipSync(readFileSync(at('orders.ndjson.gz'))).toString();
  const lines = text.trimEnd().split('\n');
  assert.equal(lines.length, EVENTS);
  assert.match(lines[0]!, /^\{"version":"0".*"exact":12345678901234567890.*,"ingestion-time":"[^"]*Z"\}$/);
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { time: string }).time),
    lines.map((line) => (JSON.parse(line) as { time: string }).time).toSorted(),
  );

  await createArchive(elsewhere, 'moved');
  const imported = await there(['archive', 'import', 'moved', at('orders.ndjson.gz'), '--json']);
  assert.equal(imported.code, 0, imported.err);
  assert.deepEqual(JSON.parse(imported.out), {
    lines: EVENTS,
    events: EVENTS,
    added: EVENTS,
    damaged: 0,
    whole: true,
  });
  const back = await there(['archive', 'export', 'moved']);
  assert.equal(back.out, text);
  assert.match(back.err, /^events exported: 1500$/m);
  const stats = await Promise.all(
    [aws, elsewhere].map((client, index) =>
      client.must('events', 'DescribeArchive', { ArchiveName: ['orders', 'moved'][index] }),
    ),
  );
  assert.equal(stats[0]!.SizeBytes, stats[1]!.SizeBytes);
});

test('the list says what each archive holds', async () => {
  await aws.must('events', 'CreateArchive', {
    ArchiveName: 'none',
    EventSourceArn: BUS_ARN,
    RetentionDays: 7,
  });
  const { out, code } = await run('archive', 'list');
  assert.equal(code, 0);
  const rows = out
    .trim()
    .split('\n')
    .map((line) => line.split('\t').slice(0, 5));
  const size = Number((await aws.must('events', 'DescribeArchive', { ArchiveName: 'orders' })).SizeBytes);
  assert.deepEqual(rows, [
    ['none', 'default', '0', '0.0', '7'],
    ['orders', 'default', String(EVENTS), (size / 1_048_576).toFixed(1), 'all'],
  ]);
  const listed = JSON.parse((await run('archive', 'list', '--json')).out) as { ArchiveName: string }[];
  assert.deepEqual(
    listed.map(({ ArchiveName }) => ArchiveName),
    ['none', 'orders'],
  );
  const { err, code: refused } = await run('archive', 'list', 'orders');
  assert.deepEqual([refused, /takes nothing/.test(err)], [2, true]);
  await aws.must('events', 'DeleteArchive', { ArchiveName: 'none' });
});

test('a part of an archive is exported', async () => {
  const seven = await run(
    'archive',
    'export',
    'orders',
    '--since',
    '1h',
    '--pattern',
    '{"detail":{"total":[7]}}',
  );
  assert.equal(seven.out.trimEnd().split('\n').length, EVENTS / 100);
  const none = await run(
    'archive',
    'export',
    'orders',
    '--until',
    '1h',
    '--out',
    at('none.ndjson'),
    '--json',
  );
  assert.deepEqual(JSON.parse(none.out), { events: 0, file: at('none.ndjson') });
  assert.equal(readFileSync(at('none.ndjson'), 'utf8'), '');
});

test('damaged lines are told by number, a packed file that breaks off by its last line, and all others get in', async () => {
  await createArchive(elsewhere, 'damaged');
  const { out } = await run('archive', 'export', 'orders');
  const lines = out.trimEnd().split('\n');
  lines[2] = 'nonsense';
  lines[1_400] = lines[1_400]!.replace('"source"', '"sauce"');
  const imported = await there(['archive', 'import', 'damaged', '-'], { input: lines.join('\n') });
  assert.equal(imported.code, 1);
  assert.match(
    imported.err,
    /^busbar archive: line 3 is left out: .*\nbusbar archive: line 1401 is left out: /,
  );
  assert.match(imported.err, /^events added: 1498; there already: 0; lines that are no events: 2$/m);
  assert.equal(await countOf(elsewhere, 'damaged'), EVENTS - 2);

  const packed = gzipSync(out);
  writeFileSync(at('cut.gz'), packed.subarray(0, packed.length / 2));
  const cut = await there(['archive', 'import', 'damaged', at('cut.gz')]);
  assert.equal(cut.code, 1);
  const last = Number(/cut\.gz breaks off after line (\d+): /.exec(cut.err)?.[1]);
  assert.ok(last > 0 && last < EVENTS, cut.err);
  assert.match(cut.err, new RegExp(`^events added: 1; there already: ${last - 1};`, 'm'));
});

test('an import goes on after the daemon was killed, and brings every event once', async () => {
  await createArchive(elsewhere, 'resumed');
  // The same events, each as many: several batches.
  const { out } = await run('archive', 'export', 'orders');
  const copies = Array.from({ length: 8 }, (_, copy) =>
    out.replaceAll(/"id":"[\da-f]{8}/g, (id) => `"id":"${String(copy).padStart(8, '0')}${id.slice(14)}`),
  ).join('');
  writeFileSync(at('large.ndjson'), copies);
  const importing = startBusbarCommand(['archive', 'import', 'resumed', at('large.ndjson')], {
    url: other.url,
  });
  let err = '';
  importing.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => importing.on('close', resolve));
  while ((await countOf(elsewhere, 'resumed')) === 0);
  await other.kill();
  const code = await ended;
  elsewhere.close();
  other = await startDaemon({ data: at('other') });
  elsewhere = new AwsJson(other.port, 4);
  const before = await countOf(elsewhere, 'resumed');
  assert.ok(before > 0);
  if (before < 8 * EVENTS) {
    assert.equal(code, 3, err);
    assert.match(err, /The first \d+ lines are in the archive|no daemon answers/);
  }
  const again = await there(['archive', 'import', 'resumed', at('large.ndjson'), '--json']);
  assert.equal(again.code, 0, again.err);
  assert.equal((JSON.parse(again.out) as { added: number }).added, 8 * EVENTS - before);
  assert.equal(await countOf(elsewhere, 'resumed'), 8 * EVENTS);
});

test('a backtest tells what a pattern would gain and lose against a rule', async () => {
  const pattern = '{"detail":{"total":[1,{"numeric":[">=",52]}]}}';
  const args = ['backtest', '--archive', 'orders', '--pattern', pattern, '--rule', 'large'];
  const shown = await run(...args, '--show', '1');
  assert.equal(shown.code, 0, shown.err);
  const lines = shown.out.trimEnd().split('\n');
  const examples = lines.slice(0, 2).map((line) => [line[0], /"total":(\d+)/.exec(line)?.[1]]);
  assert.deepEqual(
    examples.find(([mark]) => mark === '+'),
    ['+', '1'],
  );
  assert.match(examples.find(([mark]) => mark === '-')![1]!, /^5[01]$/);
  assert.deepEqual(lines.slice(2), [
    '735 of 1500 events match',
    'large matches 750 as it is; gained: 15, lost: 30',
  ]);
  const json = JSON.parse((await run(...args, '--show', '0', '--since', '1h', '--json')).out) as object;
  assert.deepEqual(json, {
    archive: 'orders',
    scanned: EVENTS,
    matched: 735,
    rule: { matched: 750, gained: 15, lost: 30 },
    examples: [],
  });
  assert.match((await run('backtest', '--archive', 'orders', '--rule', 'large')).out, /^750 of 1500/m);
  assert.match((await run(...args, '--until', '1h')).out, /^0 of 0 events match/);
});

/** Asks for an export and leaves after the first bytes. */
const leaveEarly = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const asking = get(`${one.url}/_busbar/archives/orders/export`, (incoming) => {
      incoming.once('data', () => asking.destroy());
      incoming.on('error', () => undefined);
      incoming.on('close', resolve);
    });
    asking.on('error', reject);
  });

test('those who leave early make room for others', async () => {
  for (let count = 0; count < 2 * limits.archiveScans; count++) await leaveEarly();
  const exported = await run('archive', 'export', 'orders', '--json', '--out', at('later.ndjson'));
  assert.equal(exported.code, 0, exported.err);
  assert.equal((JSON.parse(exported.out) as { events: number }).events, EVENTS);
});

test('what is wrong is told', async () => {
  const rows: [string[], number, RegExp][] = [
    [['archive', 'export', 'ordres'], 3, /no archive `ordres`; did you mean `orders`\?/],
    [['archive', 'import', 'ordres', '-'], 3, /no archive/],
    [['archive', 'import', 'orders', at('absent')], 2, /cannot be read/],
    [['archive', 'import', 'orders'], 2, /needs a file/],
    [['archive', 'import', 'orders', '-', '--out', 'x'], 2, /takes no `--out`/],
    [['archive', 'export', 'orders', at('file')], 2, /--out/],
    [['archive', 'export', 'orders', '--since', '1h', '--until', '2h'], 3, /must be before/],
    [['archive', 'export', 'orders', '--out', at('absent/file')], 1, /cannot be written/],
    [['archive', 'export', 'orders', '--pattern', '{"a":1}'], 3, /The pattern is not valid/],
    [['backtest', '--pattern', '{}'], 2, /--archive/],
    [['backtest', '--archive', 'orders'], 2, /--pattern/],
    [['backtest', '--archive', 'orders', '--rule', 'larg'], 3, /did you mean `large`/],
  ];
  for (const [args, code, message] of rows) {
    const ran = await run(...args);
    assert.equal(ran.code, code, `${args.join(' ')}: ${ran.err}`);
    assert.match(ran.err, message);
  }
  assert.equal(existsSync(at('file.partial')), false);
});
