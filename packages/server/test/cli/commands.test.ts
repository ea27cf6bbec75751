// Each command against the real daemon: text, JSON, errors and exit codes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AwsJson } from '../aws-json.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { busbar, type RunOptions } from './busbar-command.ts';

const PATTERN = '{"source":["shop.orders"],"detail":{"total":[{"numeric":[">",300]}]}}';
const ENVELOPE = '{"source":"shop.orders","detail-type":"OrderPlaced","detail":{"total":420}}';
const CHEAP = '{"Source":"shop.orders","DetailType":"OrderPlaced","Detail":{"total":20}}';
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

let folder: string;
let daemon: Daemon;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'busbar-commands-'));
  daemon = await startDaemon({ data: ':memory:' });
  const aws = new AwsJson(daemon.port, 1);
  await aws.must('sqs', 'CreateQueue', { QueueName: 'payments' });
  await aws.must('events', 'CreateEventBus', { Name: 'shop' });
  const rule = { EventBusName: 'shop', EventPattern: PATTERN };
  await aws.must('events', 'PutRule', { ...rule, Name: 'on-order' });
  await aws.must('events', 'PutRule', { ...rule, Name: 'sleeping', State: 'DISABLED' });
  await aws.must('events', 'PutRule', { Name: 'hourly', ScheduleExpression: 'rate(1 hour)' });
  aws.close();
  writeFileSync(join(folder, 'order.json'), ENVELOPE);
  writeFileSync(join(folder, 'lines.ndjson'), `${ENVELOPE}\n\n${CHEAP}\n`);
  writeFileSync(join(folder, 'broken.ndjson'), `${ENVELOPE}\n{"source"\n`);
  writeFileSync(join(folder, 'pattern.json'), PATTERN);
});

after(async () => {
  await daemon.kill();
  rmSync(folder, { recursive: true, force: true });
});

interface Row extends RunOptions {
  readonly args: string;
  readonly more?: readonly string[];
  readonly code: number;
  readonly out?: RegExp;
  readonly err?: RegExp;
}

/** `args` is split at blanks; `$/` stands for the folder of files. `more` follows as it is. */
const rows: readonly Row[] = [
  // The whole.
  { args: '', code: 0, out: /^Usage: busbar <command>[^]*\n {2}dead-letters {3}list, show and redrive/ },
  { args: 'help', code: 0, out: /^Usage: busbar <command>/ },
  { args: '--version', code: 0, out: /^\d+\.\d+\.\d+\n$/ },
  {
    args: 'help put',
    code: 0,
    out: /^Usage: busbar put <json\|file\|->[^]*Exit codes:\n {2}0 {2}all were published/,
  },
  { args: 'tail --help', code: 0, out: /^Usage: busbar tail \[bus\][^]*--since T/ },
  { args: 'up -h', code: 0, out: /--auth none\|sigv4 +accept any credentials/ },
  {
    args: 'dead-leters list',
    code: 2,
    err: /^busbar: there is no command `dead-leters`; did you mean `dead-letters`\?\n/,
  },
  { args: 'help statsu', code: 2, err: /did you mean `status`\?/ },
  { args: 'xyzzy', code: 2, err: /^busbar: there is no command `xyzzy`\n\nUsage/ },
  {
    args: 'up --prot 1',
    code: 2,
    err: /^busbar up: there is no option `--prot`; did you mean `--port`\?\n$/,
  },
  { args: 'up --port x', code: 2, err: /^busbar up: --port must be a whole number/ },
  { args: 'status --jsno', code: 2, err: /did you mean `--json`\?/ },
  { args: 'status --json=yes', code: 2, err: /`--json` takes no value/ },
  { args: 'status --region', code: 2, err: /`--region` needs a value: --region R/ },
  { args: 'status --region --json', code: 2, err: /`--region` needs a value/ },
  { args: 'status now', code: 2, err: /`now` is one argument too many\nusage: busbar status/ },
  { args: 'status --account 12', code: 2, err: /`--account` must be twelve digits/ },
  { args: 'status --url nowhere', code: 2, err: /`nowhere` is no URL of a daemon/ },
  {
    args: 'status --url http://127.0.0.1:9',
    code: 3,
    err: /^busbar status: no daemon answers at http:\/\/127\.0\.0\.1:9: nothing listens there\nStart one with `busbar up`/,
  },
  // Publishing.
  { args: 'put --bus shop', more: [ENVELOPE], code: 0, out: new RegExp(`^${UUID}\n$`) },
  {
    args: 'put --bus shop --json',
    more: [CHEAP],
    code: 0,
    out: new RegExp(`^\\{"published":1,"failed":0,"results":\\[\\{"EventId":"${UUID}"\\}\\]\\}\n$`),
  },
  { args: 'put $/order.json', code: 0, out: new RegExp(`^${UUID}\n$`) },
  { args: 'put $/lines.ndjson', code: 0, out: new RegExp(`^(${UUID}\n){2}$`) },
  { args: 'put -', input: `[${ENVELOPE},${CHEAP}]`, code: 0, out: new RegExp(`^(${UUID}\n){2}$`) },
  { args: 'put -', input: `{"Entries":[${CHEAP}]}`, code: 0, out: new RegExp(`^${UUID}\n$`) },
  {
    args: 'put -',
    input: `[${Array.from({ length: 23 }, () => CHEAP).join()}]`,
    code: 0,
    out: new RegExp(`^(${UUID}\n){23}$`),
  },
  {
    args: 'put -',
    input: `[${CHEAP},{"Source":"s","DetailType":"t","Detail":"nope"}]`,
    code: 1,
    out: new RegExp(`^${UUID}\n$`),
    err: /^event 2: MalformedDetail: Detail is malformed\.\nbusbar put: 1 of 2 events were not published\n$/,
  },
  {
    args: 'put --json -',
    input: '{"Source":"s","DetailType":"t"}',
    code: 1,
    out: /"published":0,"failed":1,.*InvalidArgument/,
  },
  {
    args: 'put --bus shp',
    more: [ENVELOPE],
    code: 3,
    err: /^busbar put: no event bus `shp`; did you mean `shop`\?\n$/,
  },
  { args: 'put', code: 2, err: /something is missing\nusage: busbar put/ },
  { args: 'put nowhere.json', code: 2, err: /there is no file `nowhere\.json`, and it is not JSON either/ },
  { args: 'put {oops', code: 2, err: /the event is not JSON/ },
  { args: 'put $/broken.ndjson', code: 2, err: /line 2 of .*broken\.ndjson is not JSON/ },
  { args: 'put -', input: '', code: 2, err: /standard input holds no event/ },
  { args: 'put -', input: '[1]', code: 2, err: /standard input is no JSON object/ },
  {
    args: 'put {"a":1}',
    code: 2,
    err: /event 1 of the event has none of the members of an event: give it "source"/,
  },
  { args: 'put {"detail":{},"time":"noon"}', code: 2, err: /is no time such as/ },
  // Explaining.
  {
    args: 'explain --rule on-order --bus shop $/order.json',
    code: 0,
    out: /^match: rule on-order on bus shop\n {2}yes "detail\.total" is 420, which is a number > 300\.\n {2}yes "source" is "shop\.orders"/,
  },
  {
    args: 'explain --rule on-order --bus shop',
    more: [CHEAP],
    code: 1,
    out: /^no match: rule on-order[^]*\n {2}no {2}"detail\.total" is 20; wanted a number > 300\.\n {2}yes/,
  },
  {
    args: 'explain --rule on-order --bus shop --json -',
    input: CHEAP,
    code: 1,
    out: /^\{"rule":"on-order","state":"ENABLED","matched":false,"summary":/,
  },
  {
    args: 'explain --rule sleeping --bus shop $/order.json',
    code: 0,
    out: /^match/,
    err: /The rule is disabled/,
  },
  {
    args: 'explain --rule on-ordr --bus shop $/order.json',
    code: 3,
    err: /^busbar explain: no rule `on-ordr` on bus shop; did you mean `on-order`\?\n$/,
  },
  {
    args: 'explain --rule zzz --bus shop $/order.json',
    code: 3,
    err: /^busbar explain: no rule `zzz` on bus shop\n$/,
  },
  {
    args: 'explain --rule on-order --bus shpo $/order.json',
    code: 3,
    err: /no event bus `shpo`; did you mean `shop`\?/,
  },
  { args: 'explain --rule hourly $/order.json', code: 3, err: /rule `hourly` has no event pattern/ },
  { args: 'explain $/order.json', code: 2, err: /either `--rule` or `--pattern` is needed/ },
  { args: 'explain --pattern $/pattern.json', more: [CHEAP], code: 1, out: /^no match: the pattern/ },
  {
    args: 'explain --pattern {"source":["S"]}',
    more: ['{"source":"s"}'],
    code: 1,
    out: /They differ only in upper and lower case\./,
  },
  { args: 'explain --pattern {"source":1} $/order.json', code: 2, err: /the pattern is not valid: / },
  {
    args: 'explain --pattern {"source":["a"]} -',
    input: `[${CHEAP},${CHEAP}]`,
    code: 2,
    err: /holds 2 events; one is wanted/,
  },
  { args: 'test-pattern --pattern $/pattern.json $/order.json', code: 0, out: /^match\n$/ },
  { args: 'test-pattern --pattern $/pattern.json', more: [CHEAP], code: 1, out: /^no match\n$/ },
  {
    args: 'test-pattern --json --pattern $/pattern.json',
    more: [CHEAP],
    code: 1,
    out: /^\{"matched":false\}\n$/,
  },
  {
    args: 'test-pattern --pattern {"a":[12345678901234567890]} {"detail":{},"a":12345678901234567890}',
    code: 0,
    out: /^match/,
  },
  { args: 'test-pattern $/order.json', code: 2, err: /`--pattern` is needed/ },
  // Watching.
  { args: 'tail shp', code: 3, err: /no event bus `shp`; did you mean `shop`\?/ },
  { args: 'tail --since yesterday', code: 2, err: /`--since` takes 30s, 10m/ },
  { args: 'tail --limit 0', code: 2, err: /`--limit` must be a whole number from 1/ },
  { args: 'tail --pattern {"a":1}', code: 3, err: /The pattern is not valid/ },
  {
    args: 'status',
    code: 0,
    out: /^busbar \d[^]*\nbuses\n[^]*shop\t000000000000\tus-east-1\t\d+\t\d+\t0\t0\n[^]*queues\npayments\t000000000000\tus-east-1\t0\t0\t0\ntotals\npublished\t\d+\n/,
  },
  {
    args: 'status --json',
    code: 0,
    out: /^\{"version":"[^"]+","buses":\[\{"bus":"arn:aws:events:us-east-1:000000000000:event-bus\/default","head":"\d+","routed":"\d+","cursor":"\d+","lag":"0","eventsPerSecond":0\}/,
  },
  // Dead letters, of which there are none.
  { args: 'dead-letters list', code: 0, out: /^$/, err: /^no dead letters\n$/ },
  { args: 'dead-letters list --json', code: 0, out: /^\{"deadLetters":\[\],"more":false\}\n$/ },
  {
    args: 'dead-letters list --rule on-ordr --bus shop',
    code: 3,
    err: /no rule `on-ordr` on bus shop; did you mean `on-order`\?/,
  },
  { args: 'dead-letters list --bus shap', code: 3, err: /did you mean `shop`\?/ },
  { args: 'dead-letters list --all', code: 2, err: /`dead-letters list` takes no `--all`/ },
  {
    args: 'dead-letters lst',
    code: 2,
    err: /there is no `dead-letters lst`; did you mean `dead-letters list`\?\nusage: busbar dead-letters list/,
  },
  { args: 'dead-letters show', code: 2, err: /`dead-letters show` needs one id/ },
  { args: 'dead-letters show none', code: 3, err: /^busbar dead-letters: There is no dead letter none\.\n$/ },
  { args: 'dead-letters redrive', code: 2, err: /needs ids, `--where` or `--all`/ },
  { args: 'dead-letters redrive a b --replace x', code: 2, err: /`--replace` goes with one id/ },
  { args: 'dead-letters redrive a --all', code: 2, err: /either ids, or `--where` or `--all`, not both/ },
  { args: 'dead-letters redrive a --rule r', code: 2, err: /`--rule` goes with `--all`/ },
  { args: 'dead-letters redrive --all', code: 0, err: /^0 of 0 dead letters/ },
  { args: 'dead-letters redrive --all --rule on-oder --bus shop', code: 3, err: /did you mean `on-order`\?/ },
  {
    args: 'dead-letters redrive none',
    code: 1,
    out: /^$/,
    err: /^busbar dead-letters: none: There is no such dead letter\.\n0 of 1/,
  },
  {
    args: 'dead-letters redrive none --json',
    code: 1,
    out: /^\{"redriven":0,"refused":1,"results":\[\{"id":"none","status":"missing"/,
  },
  { args: 'completion', code: 2, err: /something is missing/ },
  { args: 'completion bsh', code: 2, err: /did you mean `completion bash`\?/ },
];

for (const { args, more = [], code, out, err, ...options } of rows) {
  const title = [args, ...more].join(' ').slice(0, 80);
  test(`busbar ${title} exits with ${code}`, { concurrency: true }, async () => {
    const words = args.split(' ').filter(Boolean);
    const given = [...words.map((word) => word.replace('$/', `${folder}/`)), ...more];
    const ran = await busbar(given, { url: daemon.url, ...options });
    assert.equal(ran.code, code, ran.err);
    assert.match(ran.out, out ?? /^$/);
    assert.match(ran.err, err ?? /^$/);
    // oxlint-disable-next-line no-control-regex
    assert.doesNotMatch(ran.out + ran.err, /\u001b/);
  });
}

test('AWS_ENDPOINT_URL goes before BUSBAR_URL, and --url before both', async () => {
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
  assert.equal((await busbar(['status'], { url: daemon.url, env })).code, 3);
  assert.equal((await busbar(['status', '--url', daemon.url], { env })).code, 0);
});

test('--account and --region say where an event goes', async () => {
  const place = ['--account', '222222222222', '--region', 'eu-west-1'];
  assert.equal((await busbar(['put', ENVELOPE, ...place], { url: daemon.url })).code, 0);
  const tail = ['tail', '--since', '1h', '--limit', '1', '--json', ...place];
  const { out } = await busbar(tail, { url: daemon.url });
  const event = JSON.parse(out) as { account: string; region: string };
  assert.deepEqual([event.account, event.region], ['222222222222', 'eu-west-1']);
});

test('numbers of a detail arrive as they were written', async () => {
  const event = '{"source":"exact","detail-type":"t","detail":{"n":12345678901234567890,"d":1.10}}';
  await busbar(['put', event], { url: daemon.url });
  const tail = ['tail', '--since', '1h', '--limit', '1', '--pattern', '{"source":["exact"]}'];
  const { out } = await busbar(tail, { url: daemon.url });
  assert.match(out, /"detail":\{"n":12345678901234567890,"d":1\.10\}/);
});
