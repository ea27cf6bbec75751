// The Invoke API of a real daemon, by the real AWS CLI and the SDK.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { startDaemon, type Daemon } from '../../daemon.ts';
import { eventually, isAlive, pidIn } from './functions-kit.ts';

const run = promisify(execFile);
const cli = spawnSync('aws', ['--version'], { encoding: 'utf8' });
const noCli = cli.status === 0 ? false : 'SKIPPED: the AWS CLI is not installed';
/** Version 2 takes payloads in base64 unless told; version 1 does not know how to be told. */
const asText = cli.stdout?.startsWith('aws-cli/1.') ? [] : ['--cli-binary-format', 'raw-in-base64-out'];

const folder = mkdtempSync(join(tmpdir(), 'busbar-invoke-'));
const KEYS = { accessKeyId: 'AKIDFUNCTIONS', secretAccessKey: 'a secret of its own' };
const CONFIG = {
  auth: 'sigv4',
  accounts: { [KEYS.accessKeyId]: { account: '111111111111', secretAccessKey: KEYS.secretAccessKey } },
  functions: { configured: { module: './elsewhere/pay.mjs', handler: 'pay', environment: { RATE: '7' } } },
};
const MODULES: Readonly<Record<string, string>> = {
  'functions/esm.mjs': 'export const handler = async (event) => ({ kind: "ESM", event });',
  'functions/common.cjs': 'exports.handler = async (event) => ({ kind: "CommonJS", event });',
  'functions/typed.ts':
    'enum Kind { It = "TypeScript" }\nexport const handler = async (event: unknown) => ({ kind: Kind.It, event });',
  'functions/fails.mjs':
    'export const handler = async () => { console.log("about to"); throw new TypeError("no"); };',
  'functions/context.mjs': 'export const handler = async (event, context) => context;',
  'functions/loops.mjs': `import { writeFileSync } from 'node:fs';
    export const handler = async ({ file }) => { writeFileSync(file, String(process.pid)); for (;;); };`,
  'elsewhere/pay.mjs': 'export const pay = async ({ n }) => n * Number(process.env.RATE);',
};

describe('a daemon with local functions, and verified signatures', () => {
  let daemon: Daemon;
  let lambda: LambdaClient;

  before(async () => {
    mkdirSync(join(folder, 'functions'));
    mkdirSync(join(folder, 'elsewhere'));
    for (const [file, source] of Object.entries(MODULES)) writeFileSync(join(folder, file), source);
    writeFileSync(join(folder, 'busbar.config.json'), JSON.stringify(CONFIG));
    daemon = await startDaemon({ data: join(folder, 'data'), cwd: folder });
    lambda = new LambdaClient({ endpoint: daemon.url, region: 'eu-west-1', credentials: KEYS });
  });
  after(async () => {
    lambda.destroy();
    await daemon.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const invoke = (FunctionName: string, input: object = {}, more: object = {}) =>
    lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(input), ...more }));
  const payloadOf = ({ Payload }: { Payload?: Uint8Array }): unknown =>
    JSON.parse(Buffer.from(Payload!).toString());

  for (const [name, kind] of [
    ['esm', 'ESM'],
    ['common', 'CommonJS'],
    ['typed', 'TypeScript'],
  ] as const) {
    test(`the SDK calls a handler in ${kind}`, async () => {
      const answer = await invoke(name, { grüße: '🚌' });
      assert.deepEqual(payloadOf(answer), { kind, event: { grüße: '🚌' } });
      assert.equal(answer.StatusCode, 200);
      assert.equal(answer.ExecutedVersion, '$LATEST');
      assert.equal(answer.FunctionError, undefined);
    });

    test(`the AWS CLI calls a handler in ${kind}`, { skip: noCli }, async () => {
      const file = join(folder, `${name}.json`);
      const env = {
        ...process.env,
        AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
        AWS_DEFAULT_REGION: 'eu-west-1',
      };
      const args = ['--endpoint-url', daemon.url, 'lambda', 'invoke', '--function-name', name];
      const payload = ['--log-type', 'Tail', '--payload', '{"n":1}', ...asText];
      const { stdout } = await run('aws', [...args, ...payload, file], { env });
      const { StatusCode, LogResult } = JSON.parse(stdout) as { StatusCode: number; LogResult: string };
      assert.equal(StatusCode, 200);
      assert.match(Buffer.from(LogResult, 'base64').toString(), /^START .*\n(?:.*\n)*END .*\nREPORT .*\n$/);
      assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { kind, event: { n: 1 } });
    });
  }

  test('a function from the configuration, with its own handler and environment', async () => {
    assert.equal(payloadOf(await invoke('configured', { n: 6 })), 42);
  });

  test('what it throws comes back in Lambda’s form, with the end of its output', async () => {
    const answer = await invoke('fails', {}, { LogType: 'Tail' });
    assert.equal(answer.StatusCode, 200);
    assert.equal(answer.FunctionError, 'Unhandled');
    const error = payloadOf(answer) as { errorType: string; errorMessage: string; trace: string[] };
    assert.deepEqual([error.errorType, error.errorMessage], ['TypeError', 'no']);
    assert.match(Buffer.from(answer.LogResult!, 'base64').toString(), /\tINFO\tabout to\n/);
  });

  test('names, partial ARNs, ARNs and $LATEST', async () => {
    const arn = 'arn:aws:lambda:us-east-2:222222222222:function:context';
    for (const name of [
      'context',
      'context:$LATEST',
      '111111111111:function:context',
      'function:context',
      arn,
    ]) {
      const answer = await invoke(name);
      const { invokedFunctionArn } = payloadOf(answer) as { invokedFunctionArn: string };
      assert.equal(
        invokedFunctionArn,
        name === arn ? arn : 'arn:aws:lambda:eu-west-1:111111111111:function:context',
      );
    }
    const client = { custom: { from: 'a test' } };
    const ClientContext = Buffer.from(JSON.stringify(client)).toString('base64');
    const answer = payloadOf(await invoke('context', {}, { Qualifier: '$LATEST', ClientContext }));
    assert.deepEqual((answer as { clientContext: unknown }).clientContext, client);
  });

  test('versions, aliases and missing functions are not found', async () => {
    for (const [name, more] of [
      ['missing', {}],
      ['esm:live', {}],
      ['esm', { Qualifier: '1' }],
    ] as const) {
      await assert.rejects(invoke(name, {}, more), (error) => {
        assert.ok(error instanceof ResourceNotFoundException);
        assert.match(error.message, /^Function not found: arn:aws:lambda:eu-west-1:111111111111:function:/);
        return true;
      });
    }
  });

  test('a call that nobody waits for, and one that only asks whether it could be made', async () => {
    const accepted = await invoke('esm', {}, { InvocationType: 'Event' });
    assert.equal(accepted.StatusCode, 202);
    assert.equal(accepted.Payload?.length ?? 0, 0);
    assert.equal((await invoke('esm', {}, { InvocationType: 'DryRun' })).StatusCode, 204);
  });

  test('payloads that are too large or no JSON', async () => {
    const tooLarge = 'x'.repeat(6_291_556);
    await assert.rejects(invoke('esm', { tooLarge }), { name: 'RequestTooLargeException' });
    const event = { InvocationType: 'Event' };
    await assert.rejects(invoke('esm', { large: 'x'.repeat(1_048_576) }, event), {
      name: 'RequestTooLargeException',
    });
    for (const more of [{ Payload: 'no JSON' }, { Payload: 'no JSON', ...event }, { ClientContext: '!' }]) {
      await assert.rejects(invoke('esm', {}, more), { name: 'InvalidRequestContentException' });
    }
  });

  test('functions are listed, page by page, and described', async () => {
    const names: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await lambda.send(new ListFunctionsCommand({ MaxItems: 3, ...(Marker && { Marker }) }));
      names.push(...page.Functions!.map(({ FunctionName }) => FunctionName!));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    assert.deepEqual(names, ['common', 'configured', 'context', 'esm', 'fails', 'loops', 'typed']);
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'configured' }));
    assert.equal(Configuration?.FunctionArn, 'arn:aws:lambda:eu-west-1:111111111111:function:configured');
    assert.equal(Configuration?.Handler, 'pay');
    assert.equal(Configuration?.Environment, undefined);
  });

  test('a function in an endless loop ends with a daemon that is killed', async () => {
    const file = join(folder, 'loops.pid');
    const call = invoke('loops', { file }).catch(() => 'cut off');
    const pid = await pidIn(file);
    // The daemon serves others meanwhile.
    assert.equal(payloadOf(await invoke('configured', { n: 1 })), 7);
    await daemon.kill();
    assert.equal(await call, 'cut off');
    await eventually(() => !isAlive(pid) || undefined);
  });
});
