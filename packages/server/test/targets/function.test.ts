// Functions as targets: local ones in real processes, those of a second daemon that verifies signatures, and moto's Lambda.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startBusbar } from '../../src/compose.ts';
import { configOf } from '../../src/config.ts';
import { systemClock } from '../../src/clock.ts';
import type { TargetConnector } from '../../src/engine/ports/connector.ts';
import type { FunctionInvoker } from '../../src/engine/ports/function-invoker.ts';
import { parseArn } from '../../src/model/arn.ts';
import type { ServiceDirectory } from '../../src/model/service-settings.ts';
import { functionTarget } from '../../src/targets/function/index.ts';
import { createHttpClients } from '../../src/targets/http/index.ts';
import { functionsKit } from '../services/functions/functions-kit.ts';
import { noMoto, startAwsSide, type AwsSide } from './aws/aws-side.ts';
import { delivery, targetSuite, type Arrived, type TargetWorld } from './target-suite.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:orders';
const KEY = { accessKeyId: 'AKIDCALLER', secretAccessKey: 'the secret of the caller' };
const RULE = { account: '000000000000', region: 'us-east-1', ruleArn: 'rule' };

/** Writes down what it is called with; files beside it make it wait or fail. */
const RECORDER = `
  import { appendFileSync, existsSync, readFileSync } from 'node:fs';
  import { dirname, join } from 'node:path';
  import { setTimeout as pause } from 'node:timers/promises';
  const beside = (file) => join(import.meta.dirname, file);
  export const handler = async (event, context) => {
    while (existsSync(beside('hold'))) await pause(5);
    if (existsSync(beside('fail'))) throw new Error(readFileSync(beside('fail'), 'utf8'));
    const note = { id: context.awsRequestId, event };
    appendFileSync(beside('arrived'), JSON.stringify(note) + '\\n');
  };`;

/** The part of a world that the recorder's folder makes. */
function recorderIn(folder: string, idOf: (note: { id: string; event: { id: string } }) => string) {
  const beside = (file: string): string => join(folder, file);
  writeFileSync(beside('orders.mjs'), RECORDER);
  return {
    arrived: async (): Promise<Arrived[]> => {
      if (!existsSync(beside('arrived'))) return [];
      renameSync(beside('arrived'), beside('read'));
      const notes = readFileSync(beside('read'), 'utf8').trim().split('\n');
      return notes
        .map((line) => JSON.parse(line) as Parameters<typeof idOf>[0])
        .map((note) => ({ id: idOf(note), payload: JSON.stringify(note.event) }))
        .sort((one, other) => (one.id < other.id ? -1 : 1));
    },
    failForNow: (secret: string) => writeFileSync(beside('fail'), secret),
    hold() {
      writeFileSync(beside('hold'), '');
      return () => rmSync(beside('hold'), { force: true });
    },
  };
}

function targetOver(functions: FunctionInvoker, services: ServiceDirectory) {
  const clock = systemClock();
  const http = createHttpClients(clock, { allow: [], allowLoopback: false });
  return { connector: functionTarget(functions, services, { http, clock }), http };
}

const OVERSIZED = JSON.stringify('x'.repeat(1_048_576));

async function localWorld(): Promise<TargetWorld> {
  const kit = await functionsKit();
  const { connector, http } = targetOver(kit.service, {});
  return {
    connector,
    arn: ARN,
    missingArn: `${ARN}-missing`,
    repeatKey: 'deliveryId',
    oversized: OVERSIZED,
    unacceptable: 'no JSON',
    ...recorderIn(kit.folder, ({ id }) => id),
    shutDown: () => kit.close(),
    async close() {
      await kit.close();
      await http.close();
    },
  };
}

/** A daemon that serves the recorder to whoever signs with the right key. `more`: further members of the entry. */
async function remoteWorld(more: object = {}): Promise<TargetWorld> {
  const kit = await functionsKit();
  const recorder = recorderIn(kit.folder, ({ event }) => event.id);
  const accounts = { [KEY.accessKeyId]: { account: '000000000000', secretAccessKey: KEY.secretAccessKey } };
  const config = configOf({ data: ':memory:', port: 0, auth: 'sigv4', accounts });
  const remote = await startBusbar({ ...config, functionsFolder: kit.folder });
  const services = { lambda: { url: remote.url, ...KEY, ...more } };
  const { connector, http } = targetOver(NO_FUNCTIONS, services);
  let stopping: Promise<void> | undefined;
  const shutDown = (): Promise<void> => (stopping ??= remote.stop(0));
  return {
    connector,
    arn: ARN,
    missingArn: `${ARN}-missing`,
    repeatKey: 'eventId',
    oversized: OVERSIZED,
    unacceptable: 'no JSON',
    ...recorder,
    refuse: async () => {
      services.lambda = { ...services.lambda, secretAccessKey: 'another secret' };
    },
    shutDown,
    async close() {
      await shutDown();
      await kit.close();
      await http.close();
    },
  };
}

const NO_FUNCTIONS: FunctionInvoker = { find: () => undefined, invoke: async () => ({ status: 'missing' }) };

targetSuite({
  name: 'local functions',
  open: localWorld,
  skips: {
    'permanent error': 'a local function has no policy: who may put it as a target may have it called',
    'missing resource': 'a local function that is not there cannot be put: its going is tested below',
  },
});
targetSuite({ name: 'functions of a second daemon', open: () => remoteWorld() });

const sendTo = async (connector: TargetConnector, arn: string, payload = '{}') => {
  const session = connector.open(parseArn(arn)!, { Id: 't', Arn: arn }, RULE);
  const [outcome] = await session.send([delivery(1, { payload })], new AbortController().signal);
  await session.close();
  return outcome!;
};

describe('what cannot be put', () => {
  const functions: FunctionInvoker = {
    find: (name) => (name === 'here' ? { concurrency: 1 } : undefined),
    invoke: async () => ({ status: 'missing' }),
  };
  const arnOf = (resource: string): string => `arn:aws:lambda:us-east-1:000000000000:${resource}`;
  const said = (resource: string, services: ServiceDirectory = {}): string | undefined => {
    const arn = arnOf(resource);
    return targetOver(functions, services).connector.check(parseArn(arn)!, { Id: 't', Arn: arn });
  };

  test('a function that is neither here nor elsewhere: the text says what to do', () => {
    assert.equal(
      said('function:payment'),
      `Parameter ${arnOf('function:payment')} is not valid. Reason: There is no local function payment, and Busbar does ` +
        'not know where Lambda is: put a module functions/payment.ts beside its configuration, or write "functions": ' +
        '{ "payment": "<path of a module>" } or "services": { "lambda": "<URL, or aws>" } into it.',
    );
    assert.match(said('function:here:live')!, /The local function here has no version or alias live, and/);
  });

  test('what can be put', () => {
    assert.equal(said('function:here'), undefined);
    assert.equal(said('function:here:$LATEST'), undefined);
    assert.equal(said('function:payment:live', { lambda: { url: 'http://127.0.0.1:1' } }), undefined);
    assert.equal(said('function:payment', { aws: { url: 'aws' } }), undefined);
  });

  test('what is no function', () => {
    for (const resource of ['function:', 'function:a:b:c', 'layer:x', `function:${'x'.repeat(65)}`]) {
      assert.match(said(resource, { lambda: { url: 'aws' } })!, /not in correct format\.$/, resource);
    }
  });
});

describe('errors of functions', async () => {
  const kit = await functionsKit({ slow: { timeoutMs: 1_000, module: 'errors.mjs' } });
  kit.write(
    'errors.mjs',
    `class PermanentError extends Error {}
     export const handler = async ({ how }) => {
       if (how === 'permanent') throw new PermanentError('no such customer');
       if (how === 'exit') process.exit(1);
       if (how === 'hang') await new Promise(() => setInterval(() => {}, 1_000));
       throw new TypeError('hunter2');
     };`,
  );
  const { connector } = targetOver(kit.service, {});
  const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
  const rows: readonly [how: string, status: string, code: string, reason: string][] = [
    ['permanent', 'reject', 'ERROR_FROM_TARGET', 'The function errors failed: PermanentError.'],
    ['exit', 'retry', 'ERROR_FROM_TARGET', 'The function errors failed: Runtime.ExitError.'],
    ['throw', 'retry', 'ERROR_FROM_TARGET', 'The function errors failed: TypeError.'],
  ];
  for (const [how, status, code, reason] of rows) {
    test(`${how}: ${status}`, async () => {
      const outcome = await sendTo(connector, arnOf('errors'), JSON.stringify({ how }));
      const { details, ...told } = outcome as typeof outcome & { details?: object };
      assert.deepEqual(told, { status, code, reason });
      assert.ok(details !== undefined && 'response' in details);
    });
  }

  test('a call that takes too long', async () => {
    const sent = sendTo(connector, arnOf('slow'), '{"how":"hang"}');
    let outcome: Awaited<typeof sent> | undefined;
    void sent.then((answer) => (outcome = answer));
    while (!outcome) await kit.clock.advance(100);
    assert.equal(outcome.status === 'retry' && outcome.code, 'TIMEOUT');
  });

  test('a function whose module has gone since it was put', async () => {
    kit.write('gone.mjs', 'export const handler = async () => 1;');
    const session = connector.open(parseArn(arnOf('gone'))!, { Id: 't', Arn: arnOf('gone') }, RULE);
    rmSync(join(kit.folder, 'gone.mjs'));
    const [outcome] = await session.send([delivery(1)], new AbortController().signal);
    assert.equal(outcome!.status === 'reject' && outcome!.code, 'NO_RESOURCE');
  });
});

describe('the entry of the configuration', () => {
  test('may give a name that goes before that of the ARN', async () => {
    const world = await remoteWorld({ functionName: 'orders' });
    assert.deepEqual(await sendTo(world.connector, world.missingArn, '{"id":"1"}'), { status: 'delivered' });
    assert.deepEqual(await world.arrived(), [{ id: '1', payload: '{"id":"1"}' }]);
    await world.close();
  });

  test('may say that no result is waited for', async () => {
    const world = await remoteWorld({ invocationType: 'Event' });
    world.failForNow!('a failure that nobody waits for');
    assert.deepEqual(await sendTo(world.connector, world.arn), { status: 'delivered' });
    await world.close();
  });
});

describe('Lambda of moto', { skip: noMoto }, () => {
  let side: AwsSide;
  const services = (more: object = {}): ServiceDirectory => ({ lambda: { url: side.url, ...KEY, ...more } });

  before(async () => {
    side = await startAwsSide();
    // Without containers moto runs no code: it takes calls, and answers them.
    await fetch(`${side.url}/moto-api/config`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ lambda: { use_docker: false } }),
    });
  });
  after(() => side?.close());

  for (const invocationType of ['Event', 'RequestResponse']) {
    test(`takes a call (${invocationType})`, async () => {
      const { connector, http } = targetOver(NO_FUNCTIONS, services({ invocationType }));
      assert.deepEqual(await sendTo(connector, ARN), { status: 'delivered' });
      await http.close();
    });
  }
});
