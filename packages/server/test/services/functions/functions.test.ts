// Local functions in real processes. Time limits go by a clock that the test moves, so that nothing depends on speed.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { FunctionResult } from '../../../src/engine/ports/function-invoker.ts';
import { eventually, functionsKit, isAlive, pidIn } from './functions-kit.ts';

const errorOf = (result: FunctionResult) => {
  assert.equal(result.status, 'failed', JSON.stringify(result));
  return (result as Extract<FunctionResult, { status: 'failed' }>).error;
};

describe('kinds of modules', async () => {
  const kit = await functionsKit({ other: { module: 'named.mjs', handler: 'pay' } });
  const modules: readonly [kind: string, file: string, source: string][] = [
    ['ESM', 'esm.mjs', 'export const handler = async ({ n }) => n + 1;'],
    ['CommonJS', 'common.cjs', 'exports.handler = async ({ n }) => n + 1;'],
    [
      'CommonJS as one object',
      'object.cjs',
      'const all = { handler: ({ n }) => n + 1 }; module.exports = all;',
    ],
    ['with a callback', 'back.cjs', 'exports.handler = ({ n }, context, done) => done(null, n + 1);'],
    ['a folder', 'folder/index.mjs', 'export const handler = async ({ n }) => n + 1;'],
    [
      'TypeScript, enums included',
      'typed.ts',
      'enum Step { One = 1 }\nexport const handler = async ({ n }: { n: number }): Promise<number> => n + Step.One;',
    ],
    [
      'TypeScript as CommonJS',
      'typed-common.cts',
      'module.exports.handler = async ({ n }: { n: number }): Promise<number> => n + 1;',
    ],
  ];
  for (const [kind, file, source] of modules) {
    test(kind, async () => {
      kit.write(file, source);
      assert.equal(await kit.returned(file.replace(/[./].*/, ''), { n: 1 }), 2);
    });
  }

  test('a module and a handler of other names', async () => {
    kit.write('named.mjs', 'export const pay = async () => "paid";');
    assert.equal(await kit.returned('other'), 'paid');
  });

  test('nothing returned is null', async () => {
    kit.write('nothing.mjs', 'export const handler = async () => undefined;');
    assert.equal(await kit.returned('nothing'), null);
  });

  test('a name that is no name, and one that is missing', async () => {
    assert.deepEqual(await kit.call('../functions'), { status: 'missing' });
    assert.deepEqual(await kit.call('missing'), { status: 'missing' });
    assert.deepEqual(await kit.call('esm', 'no JSON'), { status: 'unreadable' });
  });

  test('all are listed', () => {
    const names = [
      'back',
      'common',
      'esm',
      'folder',
      'named',
      'nothing',
      'object',
      'other',
      'typed',
      'typed-common',
    ];
    assert.deepEqual(kit.service.registry.names(), names);
  });
});

describe('what a function sees', async () => {
  const kit = await functionsKit({
    seen: { timeoutMs: 5_000, memoryMegabytes: 64, environment: { KEY: 'own' } },
  });
  kit.write(
    'seen.mjs',
    `export const handler = async (event, context) => ({
       event, context, remaining: context.getRemainingTimeInMillis(), environment: process.env, pid: process.pid });`,
  );

  test('its event, its context and its own environment, and nothing of the daemon’s', async () => {
    const seen = (await kit.returned('seen', { total: 1 })) as {
      event: unknown;
      context: Record<string, unknown>;
      remaining: number;
      environment: Record<string, string>;
    };
    assert.deepEqual(seen.event, { total: 1 });
    assert.equal(seen.context['functionName'], 'seen');
    assert.equal(seen.context['memoryLimitInMB'], '64');
    assert.equal(seen.context['logGroupName'], '/aws/lambda/seen');
    assert.equal(seen.context['invokedFunctionArn'], 'arn:aws:lambda:us-east-1:000000000000:function:seen');
    assert.match(String(seen.context['awsRequestId']), /^[0-9a-f-]{36}$/);
    assert.ok(seen.remaining > 0 && seen.remaining <= 5_000);
    assert.equal(seen.environment['KEY'], 'own');
    assert.equal(seen.environment['SHARED'], 'by all');
    assert.equal(seen.environment['AWS_LAMBDA_FUNCTION_NAME'], 'seen');
    assert.equal(seen.environment['HOME'], undefined);
  });

  test('one process serves one call after the other', async () => {
    const pids = new Set<number>();
    for (let call = 0; call < 5; call++) pids.add(((await kit.returned('seen')) as { pid: number }).pid);
    assert.equal(pids.size, 1);
  });
});

describe('what goes wrong', async () => {
  const kit = await functionsKit({ wrong: { timeoutMs: 3_000 } });
  kit.write(
    'wrong.mjs',
    `import { spawn } from 'node:child_process';
     import { writeFileSync, writeSync } from 'node:fs';
     class PermanentError extends Error {}
     const busy = (file) => { writeFileSync(file, String(process.pid)); for (;;); };
     export const handler = async ({ how, file }) => {
       switch (how) {
         case 'throw': throw new TypeError('wrong address');
         case 'throw own': throw new PermanentError('no such customer');
         case 'throw text': throw 'a text';
         case 'exit': process.exit(3);
         case 'abort': process.abort();
         case 'memory': { const all = []; for (;;) all.push(new Array(100_000).fill(all.length)); }
         case 'uncaught': setImmediate(() => { throw new RangeError('too late'); }); return new Promise(() => {});
         case 'unhandled': Promise.reject(new Error('nobody looked')); return new Promise(() => {});
         case 'loop': busy(file);
         case 'child': {
           const { pid } = spawn('sleep', ['1000'], { stdio: 'inherit' });
           writeFileSync(file, String(pid));
           return new Promise(() => {});
         }
         case 'large': return 'x'.repeat(7_000_000);
         case 'circle': { const circle = {}; circle.self = circle; return circle; }
         case 'pipe': writeSync(3, 'not for you\\n'); return new Promise(() => {});
         case 'endless line': { const part = 'x'.repeat(1_000_000); for (;;) writeSync(3, part); }
         default: return process.pid;
       }
     };`,
  );

  const rows: readonly [how: string, errorType: string, errorMessage: RegExp][] = [
    ['throw', 'TypeError', /^wrong address$/],
    ['throw own', 'PermanentError', /^no such customer$/],
    ['throw text', 'string', /^a text$/],
    ['exit', 'Runtime.ExitError', /^RequestId: .* Error: Runtime exited with error: exit status 3$/],
    ['abort', 'Runtime.ExitError', /signal: aborted$/],
    ['memory', 'Runtime.OutOfMemory', /Runtime exited with error/],
    ['uncaught', 'RangeError', /^too late$/],
    ['unhandled', 'Runtime.UnhandledPromiseRejection', /^nobody looked$/],
    ['large', 'Function.ResponseSizeTooLarge', /exceeded maximum allowed payload size \(6291556 bytes\)\.$/],
    ['circle', 'Runtime.MarshalError', /circular/],
    ['pipe', 'Runtime.InvalidResponse', /belongs to its runner$/],
    ['endless line', 'Runtime.InvalidResponse', /belongs to its runner$/],
  ];
  for (const [how, errorType, errorMessage] of rows) {
    test(`${how}: an answer in Lambda's form, and the next call is served`, async () => {
      const error = errorOf(await kit.call('wrong', { how }));
      assert.equal(error.errorType, errorType);
      assert.match(error.errorMessage, errorMessage);
      assert.ok(Array.isArray(error.trace));
      assert.equal(typeof (await kit.returned('wrong')), 'number');
    });
  }

  test('an endless loop is killed when its time is up, and disturbs nobody until then', async () => {
    const file = join(kit.folder, 'loop.pid');
    const looping = kit.call('wrong', { how: 'loop', file });
    const pid = await pidIn(file);
    assert.equal(typeof (await kit.returned('wrong')), 'number');
    await kit.clock.advance(3_000);
    const error = errorOf(await looping);
    assert.equal(error.errorType, 'Sandbox.Timedout');
    assert.match(error.errorMessage, /^RequestId: [0-9a-f-]{36} Error: Task timed out after 3\.00 seconds$/);
    await eventually(() => !isAlive(pid));
  });

  test('what the function has started is ended with it', async () => {
    const file = join(kit.folder, 'child.pid');
    const hanging = kit.call('wrong', { how: 'child', file });
    const pid = await pidIn(file);
    await kit.clock.advance(3_000);
    assert.equal(errorOf(await hanging).errorType, 'Sandbox.Timedout');
    await eventually(() => !isAlive(pid));
  });

  test('a caller that gives up has its call ended', async () => {
    const file = join(kit.folder, 'given-up.pid');
    const controller = new AbortController();
    const looping = kit.call('wrong', { how: 'loop', file }, controller.signal);
    const pid = await pidIn(file);
    controller.abort();
    assert.deepEqual(await looping, { status: 'aborted' });
    await eventually(() => !isAlive(pid));
    assert.deepEqual(await kit.call('wrong', {}, AbortSignal.abort()), { status: 'aborted' });
  });
});

describe('modules that cannot be loaded', async () => {
  const kit = await functionsKit();
  const rows: readonly [what: string, source: string, errorType: string, errorMessage: RegExp][] = [
    ['throws', 'throw new RangeError("no database");', 'RangeError', /^no database$/],
    ['does not parse', 'export const = 1;', 'SyntaxError', /./],
    ['imports what is not there', 'import "./nowhere.mjs";', 'Error', /nowhere\.mjs/],
    [
      'exports no handler',
      'export const other = 1;',
      'Runtime.HandlerNotFound',
      /^handler is undefined or not exported$/,
    ],
  ];
  for (const [index, [what, source, errorType, errorMessage]] of rows.entries()) {
    test(`a module that ${what}`, async () => {
      kit.write(`broken-${index}.mjs`, source);
      const error = errorOf(await kit.call(`broken-${index}`));
      assert.equal(error.errorType, errorType);
      assert.match(error.errorMessage, errorMessage);
    });
  }

  test('a module that never ends loading is given up', async () => {
    const file = join(kit.folder, 'loading.pid');
    kit.write(
      'loading.mjs',
      `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(file)}, '1'); for (;;);`,
    );
    const call = kit.call('loading');
    await eventually(() => existsSync(file));
    await kit.clock.advance(10_000);
    const error = errorOf(await call);
    assert.equal(error.errorType, 'Sandbox.Timedout');
    assert.match(error.errorMessage, /The module was not loaded within 10\.00 seconds$/);
  });
});

describe('processes', async () => {
  const kit = await functionsKit({ two: { concurrency: 2 }, idle: {}, code: {} });
  const source = (version: number): string =>
    `import { existsSync } from 'node:fs'; import { setTimeout as pause } from 'node:timers/promises';
     let running = 0;
     export const handler = async ({ until }) => {
       running++;
       while (until && !existsSync(until)) await pause(5);
       return { pid: process.pid, version: ${version}, running: running-- };
     };`;
  for (const name of ['two', 'idle', 'code']) kit.write(`${name}.mjs`, source(1));
  type Seen = { pid: number; version: number; running: number };

  test('as many as the function may have, one call each; further calls wait their turn', async () => {
    const until = join(kit.folder, 'go');
    const calls = Array.from({ length: 10 }, () => kit.returned('two', { until }) as Promise<Seen>);
    kit.write('go', '');
    const seen = await Promise.all(calls);
    assert.equal(new Set(seen.map(({ pid }) => pid)).size, 2);
    assert.deepEqual(new Set(seen.map(({ running }) => running)), new Set([1]));
  });

  test('a process that is killed in mid-flight fails its own call alone', async () => {
    const until = join(kit.folder, 'never');
    const first = kit.call('two', { until });
    const { pid } = (await kit.returned('two')) as Seen;
    const second = kit.call('two', { until });
    process.kill(pid, 'SIGKILL');
    assert.match(errorOf(await second).errorMessage, /Runtime exited with error: signal: killed$/);
    kit.write('never', '');
    assert.equal((await first).status, 'returned');
  });

  test('one that had nothing to do for long ends', async () => {
    const { pid } = (await kit.returned('idle')) as Seen;
    assert.ok(isAlive(pid));
    await kit.clock.advance(300_000);
    await eventually(() => !isAlive(pid));
    assert.notEqual(((await kit.returned('idle')) as Seen).pid, pid);
  });

  test('code that changes is loaded anew; a call under way ends with the old one', async () => {
    const until = join(kit.folder, 'changed');
    assert.equal(((await kit.returned('code')) as Seen).version, 1);
    const before = kit.returned('code', { until }) as Promise<Seen>;
    kit.write('code.mjs', source(2));
    await eventually(async () => {
      await kit.clock.advance(100);
      return ((await kit.returned('code')) as Seen).version === 2 || undefined;
    });
    kit.write('changed', '');
    assert.equal((await before).version, 1);
  });

  test('so is code that it imports', async () => {
    kit.write('lib/price.mjs', 'export const price = 1;');
    kit.write(
      'priced.mjs',
      `import { price } from './lib/price.mjs'; export const handler = async () => price;`,
    );
    assert.equal(await kit.returned('priced'), 1);
    kit.write('lib/price.mjs', 'export const price = 2;');
    await eventually(async () => {
      await kit.clock.advance(100);
      return (await kit.returned('priced')) === 2 || undefined;
    });
  });
});

test('a process that the machine cannot start fails its call, and harms nobody', async () => {
  const kit = await functionsKit({ huge: { environment: { HUGE: 'x'.repeat(4_000_000) } }, small: {} });
  kit.write('huge.mjs', 'export const handler = async () => 1;');
  kit.write('small.mjs', 'export const handler = async () => 1;');
  const results = await Promise.all([kit.call('huge'), kit.call('huge')]);
  for (const result of results)
    assert.equal(errorOf(result).errorMessage, 'The process could not be started');
  assert.equal(await kit.returned('small'), 1);
});

describe('the end', () => {
  test('calls under way are waited for, and then every process is gone', async () => {
    const kit = await functionsKit();
    const until = join(kit.folder, 'go');
    const begun = join(kit.folder, 'begun');
    kit.write(
      'slow.mjs',
      `import { existsSync, writeFileSync } from 'node:fs'; import { setTimeout as pause } from 'node:timers/promises';
       export const handler = async ({ until, begun }) => {
         writeFileSync(begun, String(process.pid));
         while (!existsSync(until)) await pause(5);
         return 'done';
       };`,
    );
    const call = kit.call('slow', { until, begun });
    const pid = await pidIn(begun);
    const closing = kit.service.close(60_000);
    kit.write('go', '');
    assert.equal((await call).status, 'returned');
    await closing;
    assert.ok(!isAlive(pid));
    assert.match((await kit.output('slow')).at(-1)!, /^REPORT /);
    assert.deepEqual(await kit.call('slow'), { status: 'stopped' });
  });
});
