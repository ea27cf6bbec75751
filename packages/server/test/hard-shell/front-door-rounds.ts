import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '../../src/model/limits.ts';
import { serviceModels, type ServiceModel } from '../../src/model/service-model.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { builtOperations, type BuiltOperation } from './built-operations.ts';
import { codeOf, complaint, rawComplaint, type Answered } from './answer-check.ts';
import { arn, formText, inputText, KNOWN } from './hostile-input.ts';
import { playRaw, rawCases } from './raw-requests.ts';
import { restRequest } from './rest-request.ts';
import { Seeded } from './seeded.ts';

export interface FrontDoorReport {
  readonly seed: number;
  readonly requests: number;
  readonly rawExchanges: number;
  readonly operations: number;
  /** Answers by status, and by code. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly codes: Readonly<Record<string, number>>;
  readonly mostMegabytes: number;
}

const CONNECTIONS = 8;
const CUT_OFF = new Set(['ECONNRESET', 'EPIPE']);
const ANSWER_LIMIT_MS = 30_000;
const MOST_MEGABYTES = 700;

class Fuzz {
  readonly daemon: Daemon;
  readonly chance: Seeded;
  readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  readonly statuses: Record<string, number> = {};
  readonly codes: Record<string, number> = {};
  readonly complaints: string[] = [];
  requests = 0;
  rawExchanges = 0;
  mostMegabytes = 0;

  constructor(daemon: Daemon, seed: number) {
    this.daemon = daemon;
    this.chance = new Seeded(seed);
  }

  send(headers: Record<string, string>, body: string, path = '/', method = 'POST'): Promise<Answered> {
    const payload = Buffer.from(body);
    const isFarTooLong = payload.length > limits.refusedBodyBytes;
    return new Promise((resolve, reject) => {
      // Who goes on sending far beyond what is taken is cut off.
      const broken = (error: NodeJS.ErrnoException): void => {
        const cutOff = isFarTooLong && CUT_OFF.has(error.code ?? '');
        if (cutOff) resolve({ status: 413, body: '{"__type":"RequestEntityTooLargeException"}' });
        else reject(new Error(`${error.message}, ${payload.length} bytes to ${path}: ${body.slice(0, 300)}`));
      };
      const outgoing = request(
        {
          port: this.daemon.port,
          host: '127.0.0.1',
          method,
          path,
          agent: isFarTooLong ? false : this.agent,
          timeout: ANSWER_LIMIT_MS,
          headers: {
            ...headers,
            'content-length': payload.length,
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', broken);
          incoming.on('end', () =>
            resolve({
              status: incoming.statusCode ?? 0,
              body: Buffer.concat(chunks).toString(),
              errorType: incoming.headers['x-amzn-errortype'] as string | undefined,
            }),
          );
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
      outgoing.on('error', broken);
      outgoing.end(payload);
    });
  }

  json(model: ServiceModel, operation: string, body: string): Promise<Answered> {
    return this.send(
      {
        'content-type': `application/x-amz-json-${model.jsonVersion ?? '1.1'}`,
        'x-amz-target': `${model.targetPrefix}.${operation}`,
      },
      body,
    );
  }

  rest(model: ServiceModel, operation: string, input: object): Promise<Answered> {
    const { method, path, headers, body } = restRequest(model, operation, input);
    return this.send(headers, method === 'GET' ? '' : body, path, method);
  }

  form(model: ServiceModel, operation: string, pairs: readonly string[]): Promise<Answered> {
    const body = [`Action=${operation}`, `Version=${model.version}`, ...pairs].join('&');
    const path = this.chance.pick(['/', `/${KNOWN.account}/${KNOWN.queue}`, '/x/y', '/%ff']);
    return this.send({ 'content-type': 'application/x-www-form-urlencoded' }, body, path);
  }

  note(model: ServiceModel, operation: string, sent: string, answered: Answered): void {
    const { status, body } = answered;
    this.requests++;
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    const code = status === 200 ? undefined : codeOf(answered);
    if (code !== undefined) this.codes[code] = (this.codes[code] ?? 0) + 1;
    const wrong = complaint(model, operation, answered);
    if (wrong !== undefined) {
      this.complaints.push(
        `${model.service}:${operation} ${wrong}\n  sent ${sent.slice(0, 600)}\n  got ${body.slice(0, 300)}`,
      );
    }
  }

  /** The daemon lives, is ready, small enough, and has nothing to complain about in its log. */
  async checkHealth(): Promise<void> {
    assert.equal(this.daemon.process.exitCode, null, `the daemon ended, seed ${this.chance.seed}`);
    const ready = await fetch(`${this.daemon.url}/readyz`);
    assert.equal(ready.status, 200);
    const resident = /VmRSS:\s+(\d+) kB/.exec(statusOf(this.daemon))?.[1];
    if (resident !== undefined)
      this.mostMegabytes = Math.max(this.mostMegabytes, Math.round(Number(resident) / 1_024));
    assert.ok(
      this.mostMegabytes < MOST_MEGABYTES,
      `${this.mostMegabytes} MB resident, seed ${this.chance.seed}`,
    );
    const errors = this.daemon.log.filter(
      ({ level, msg }) => level === 'error' || /unhandled|uncaught/i.test(String(msg)),
    );
    assert.deepEqual(
      errors.slice(0, 3).map((line) => JSON.stringify(line).slice(0, 2_500)),
      [],
      `the daemon's log, seed ${this.chance.seed}`,
    );
    assert.deepEqual(
      this.complaints.slice(0, 5),
      [],
      `${this.complaints.length} answers, seed ${this.chance.seed}`,
    );
  }
}

function statusOf(daemon: Daemon): string {
  try {
    return readFileSync(`/proc/${daemon.process.pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

async function setUp(fuzz: Fuzz): Promise<void> {
  const calls: [string, string, object][] = [
    ['events', 'CreateEventBus', { Name: KNOWN.bus }],
    ['events', 'PutRule', { Name: KNOWN.rule, EventBusName: KNOWN.bus, EventPattern: '{"source":["shop"]}' }],
    ['sqs', 'CreateQueue', { QueueName: KNOWN.queue }],
    ['sqs', 'CreateQueue', { QueueName: KNOWN.fifo, Attributes: { FifoQueue: 'true' } }],
    ['logs', 'CreateLogGroup', { logGroupName: KNOWN.group }],
    ['logs', 'CreateLogStream', { logGroupName: KNOWN.group, logStreamName: KNOWN.stream }],
  ];
  for (const [service, operation, input] of calls) {
    const model = serviceModels.find((each) => each.service === service)!;
    const { status } = await fuzz.json(model, operation, JSON.stringify(input));
    // Fuzzing may have removed what it was set up with, or left it there.
    assert.ok(status < 500, `${operation}: ${status}`);
  }
  const scheduler = serviceModels.find(({ service }) => service === 'scheduler')!;
  const Target = { Arn: arn('sqs', KNOWN.queue), RoleArn: KNOWN.role, Input: 'tick' };
  const schedule = { ScheduleExpression: 'rate(1 day)', FlexibleTimeWindow: { Mode: 'OFF' }, Target };
  const made = [
    await fuzz.rest(scheduler, 'CreateScheduleGroup', { Name: KNOWN.scheduleGroup }),
    await fuzz.rest(scheduler, 'CreateSchedule', { Name: KNOWN.schedule, ...schedule }),
  ];
  for (const { status, body } of made) assert.ok(status === 200 || status === 409, `${status}: ${body}`);
}

async function oneRequest(
  fuzz: Fuzz,
  { model, operation }: BuiltOperation,
  hostility: number,
): Promise<void> {
  const { chance } = fuzz;
  const shape = model.operations[operation]!.input;
  const text = shape === undefined ? '{}' : inputText(model, shape, chance, hostility);
  if (model.protocols.includes('json') && (!model.protocols.includes('query') || chance.chance(0.6))) {
    const sent = chance.chance(0.02) ? text.slice(0, chance.below(text.length)) : text;
    fuzz.note(model, operation, sent, await fuzz.json(model, operation, sent));
    return;
  }
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    input = {};
  }
  if (model.protocols.includes('rest-json')) {
    fuzz.note(model, operation, text, await fuzz.rest(model, operation, (input ?? {}) as object));
    return;
  }
  const pairs = formText(input, chance);
  fuzz.note(model, operation, pairs.join('&'), await fuzz.form(model, operation, pairs));
}

async function oneRaw(fuzz: Fuzz, index: number): Promise<void> {
  const each = rawCases[index % rawCases.length]!;
  const wrong = rawComplaint(await playRaw(fuzz.daemon.port, each, fuzz.chance));
  fuzz.rawExchanges++;
  if (wrong !== undefined) fuzz.complaints.push(`${each.name}: ${wrong}`);
}

/** Besieges a daemon of its own; throws when it gives way. */
export async function runFrontDoor(rounds: number, perRound: number, seed: number): Promise<FrontDoorReport> {
  const data = mkdtempSync(join(tmpdir(), 'busbar-siege-'));
  const daemon = await startDaemon({ data });
  const fuzz = new Fuzz(daemon, seed);
  try {
    const subjects = builtOperations();
    let raw = 0;
    for (let round = 0; round < rounds; round++) {
      await setUp(fuzz);
      const hostility = [0.05, 0.2, 0.5][round % 3]!;
      for (let sent = 0; sent < perRound; sent += CONNECTIONS) {
        const batch = Array.from({ length: CONNECTIONS }, (_, index) =>
          oneRequest(fuzz, subjects[(sent + index) % subjects.length]!, hostility),
        );
        await Promise.all([...batch, ...(sent % (CONNECTIONS * 4) === 0 ? [oneRaw(fuzz, raw++)] : [])]);
      }
      await fuzz.checkHealth();
    }
    assert.equal(await daemon.stop(), 0, 'the daemon stops cleanly');
    const { requests, rawExchanges, statuses, codes, mostMegabytes } = fuzz;
    return { seed, requests, rawExchanges, operations: subjects.length, statuses, codes, mostMegabytes };
  } finally {
    fuzz.agent.destroy();
    await daemon.kill();
    rmSync(data, { recursive: true, force: true });
  }
}
