// Real processes: a shell that does what files in its directory tell it to.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { OutgoingDelivery, SendOutcome } from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import type { CommandSettings } from '../../src/model/local-settings.ts';
import { execTarget } from '../../src/targets/exec/index.ts';
import { until } from './server-process.ts';
import { CONTEXT, delivery, targetSuite, type TargetWorld } from './target-suite.ts';

const folder = mkdtempSync(join(tmpdir(), 'busbar-exec-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const clock = systemClock();
const never = (): AbortSignal => new AbortController().signal;
let worlds = 0;

const shell = (script: string, change: Partial<CommandSettings> = {}): CommandSettings => ({
  command: '/bin/sh',
  args: ['-c', script],
  env: { PATH: '/usr/bin:/bin' },
  directory: folder,
  timeoutMs: 50_000,
  ...change,
});

async function run(
  settings: CommandSettings,
  deliveries: readonly OutgoingDelivery[] = [delivery(1)],
  signal = never(),
  block?: object,
): Promise<SendOutcome[]> {
  const arn = 'arn:busbar:exec:::it';
  const target = { Id: 't', Arn: arn, ...(block && { BusbarParameters: block }) };
  const session = execTarget({ it: settings }, clock).open(parseArn(arn)!, target, CONTEXT);
  const outcomes = await session.send(deliveries, signal);
  await session.close();
  return outcomes;
}

async function shown(settings: CommandSettings, signal = never()): Promise<string> {
  const [outcome] = await run(settings, [delivery(1)], signal);
  return outcome!.status === 'delivered'
    ? 'delivered'
    : `${outcome!.status} ${outcome!.code} ${outcome!.reason}`;
}

/** Appends its input to a file. The file `fail` makes it fail with a text, `hold` makes it wait. */
const WORKER = `
  printf x >> began
  while [ -e hold ]; do sleep 0.02; done
  if [ -e fail ]; then cat fail; exit 75; fi
  cat >> arrived
`;

async function openWorld(): Promise<TargetWorld> {
  const directory = join(folder, `world-${worlds++}`);
  const path = (name: string): string => join(directory, name);
  (await import('node:fs')).mkdirSync(directory);
  const commands: Record<string, CommandSettings> = {
    worker: shell(WORKER, { directory }),
    missing: shell('', { command: path('no-such-program') }),
  };
  return {
    connector: execTarget(commands, clock),
    arn: 'arn:busbar:exec:::worker',
    missingArn: 'arn:busbar:exec:::missing',
    repeatKey: 'eventId',
    async arrived() {
      if (!existsSync(path('arrived'))) return [];
      const lines = readFileSync(path('arrived'), 'utf8').trimEnd().split('\n');
      rmSync(path('arrived'));
      return lines.map((payload) => ({ id: (JSON.parse(payload) as { id: string }).id, payload }));
    },
    failForNow: (secret) => writeFileSync(path('fail'), secret),
    hold() {
      writeFileSync(path('hold'), '');
      return () => rmSync(path('hold'), { force: true });
    },
    close: async () => undefined,
  };
}

targetSuite({
  name: 'exec',
  open: openWorld,
  skips: {
    'permanent error': 'a program that refuses: see below',
    'oversized payload': 'a program may take lines of any length',
    'partial failure': 'how a run ends counts for its whole batch',
    'shutdown in mid-send': 'there is nothing to be shut down: see the kill of a run that takes too long',
  },
});

const GONE = 'ended';
const endings: readonly [script: string, expected: string][] = [
  ['exit 0', 'delivered'],
  ['cat > /dev/null', 'delivered'],
  ['exit 75', 'retry ERROR_FROM_TARGET The command ended with status 75.'],
  ['exit 1', 'reject ERROR_FROM_TARGET The command ended with status 1.'],
  ['kill -TERM $$', 'retry ERROR_FROM_TARGET The command was ended by SIGTERM.'],
];
for (const [script, expected] of endings) {
  test(`it ends: ${script}`, async () => assert.equal(await shown(shell(script)), expected));
}

test('it cannot be run', async () => {
  writeFileSync(join(folder, 'no-program'), 'plain text');
  const missing = shell('', { command: join(folder, 'nowhere') });
  assert.match(await shown(missing), /^reject NO_RESOURCE .*\(ENOENT\)\.$/);
  const plain = shell('', { command: join(folder, 'no-program') });
  assert.match(await shown(plain), /^reject NO_PERMISSIONS .*\(EACCES\)\.$/);
  const nowhere = shell('', { directory: join(folder, 'nowhere') });
  assert.match(await shown(nowhere), /^reject NO_RESOURCE .*\(ENOENT\)\.$/);
});

test('it gets its arguments as they are, its environment and nothing else', async () => {
  const settings: CommandSettings = {
    ...shell(''),
    command: '/usr/bin/env',
    args: ['/bin/sh', '-c', '{ echo "$1"; env; } > seen', 'sh', '$(touch evil); "x" *'],
    env: { A: '1', PATH: '/usr/bin:/bin' },
  };
  assert.equal(await shown(settings), 'delivered');
  const seen = readFileSync(join(folder, 'seen'), 'utf8').trim().split('\n');
  assert.equal(seen[0], '$(touch evil); "x" *');
  const names = seen.slice(1).map((line) => line.split('=')[0]);
  // What a shell sets by itself.
  assert.deepEqual(
    new Set(names.filter((name) => !/^(PWD|OLDPWD|SHLVL|_)$/.test(name!))),
    new Set(['A', 'PATH']),
  );
  assert.ok(!existsSync(join(folder, 'evil')));
});

test('a batch comes as lines, then the input ends', async () => {
  const lines = [delivery(1), delivery(2, { payload: 'a\nb' })];
  assert.deepEqual(await run(shell('cat > lines'), lines), [
    { status: 'delivered' },
    { status: 'delivered' },
  ]);
  assert.equal(readFileSync(join(folder, 'lines'), 'utf8'), `${lines[0]!.payload}\na\\nb\n`);
  const connector = execTarget({ it: shell('') }, clock);
  const arn = parseArn('arn:busbar:exec:::it')!;
  const target = (BatchSize: number) => ({ Id: 't', Arn: arn.text, BusbarParameters: { BatchSize } });
  assert.equal(connector.open(arn, target(7), CONTEXT).maxBatch, 7);
  assert.equal(connector.check(arn, target(1_000)), undefined);
  assert.equal(
    connector.check(arn, target(1_001)),
    'Parameter BusbarParameters.BatchSize is not valid for target t.',
  );
});

test('a large input that is not read is no failure, a large output does not hold anything up', async () => {
  const payload = JSON.stringify('x'.repeat(1_000_000));
  const [unread] = await run(shell('exit 0'), [delivery(1, { payload })]);
  assert.equal(unread!.status, 'delivered');
  assert.equal(await shown(shell('head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2')), 'delivered');
});

test('what it prints stands in the details, short and without secrets', async () => {
  const secret = 'hunter2-secret';
  const env = { PATH: '/usr/bin:/bin', TOKEN: secret };
  const script = 'echo "my token is $TOKEN"; head -c 5000 /dev/zero | tr "\\0" x >&2; exit 1';
  const [outcome] = await run(shell(script, { env }));
  assert.ok(outcome?.status === 'reject');
  assert.match(outcome.details!.response!, /my token is \*\*\*/);
  assert.equal(outcome.details!.response!.length, 1_024);
  assert.ok(!JSON.stringify(outcome).includes(secret));
});

/** A script whose child goes on unless it is killed too; its id is in the file. */
const family = (name: string): string => `sleep 600 & echo $! > ${name}; wait`;
const childOf = (name: string): string => readFileSync(join(folder, name), 'utf8').trim();
const isGone = (pid: string): boolean => {
  try {
    // A process that is dead, but not yet waited for, has no command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === '';
  } catch {
    return true;
  }
};

test('a run that takes too long is killed, with all that it started', async () => {
  const outcome = await shown(shell(family('first'), { timeoutMs: 300 }));
  assert.equal(outcome, 'retry TIMEOUT The command did not end in time and was killed.');
  await until(GONE, () => isGone(childOf('first')));
});

test('so is one whose signal aborts', async () => {
  const controller = new AbortController();
  const outcome = shown(shell(family('second')), controller.signal);
  await until('the child runs', () => existsSync(join(folder, 'second')) && childOf('second') !== '');
  controller.abort();
  assert.match(await outcome, /^retry TIMEOUT/);
  await until(GONE, () => isGone(childOf('second')));
});

test('something that is left running does not hold the delivery up', async () => {
  assert.equal(await shown(shell('sleep 600 & echo $! > left; exit 0')), 'delivered');
  process.kill(Number(childOf('left')), 'SIGKILL');
});

test('what cannot be put', () => {
  const connector = execTarget({ it: shell('') }, clock);
  const fault = (arn: string): string | undefined => connector.check(parseArn(arn)!, { Id: 't', Arn: arn });
  assert.equal(fault('arn:busbar:exec:::it'), undefined);
  assert.match(fault('arn:busbar:exec:::other')!, /"commands": \{ "other": \{ "command": /);
  assert.match(fault('arn:busbar:exec:::/bin/sh')!, /not in correct format/);
  assert.match(fault('arn:busbar:exec:::constructor')!, /No such command is configured/);
});
