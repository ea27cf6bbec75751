import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { httpAccessOf, readTargets } from '../../../src/config/targets.ts';
import type { HttpAccess } from '../../../src/model/http-settings.ts';
import { createAddressGuard } from '../../../src/targets/http/address-guard.ts';
import type { Lookup } from '../../../src/targets/http/guarded-connector.ts';
import { createHttpClients } from '../../../src/targets/http/index.ts';
import { startPeer, type Cleaner } from './peer.ts';

const NOTHING: HttpAccess = { allow: [], allowLoopback: false };

/** Every address that a socket of this process tries to connect to, as Node tells. */
const attempts: string[] = [];
diagnostics.subscribe('net.client.socket', (message) => {
  const { socket } = message as { socket: Socket };
  socket.on('connectionAttempt', (address) => attempts.push(address));
});

type Answers = Readonly<Record<string, readonly string[]>>;

/** A name server that gives these answers, and counts how often it is asked. */
function nameServer(answers: Answers): { readonly lookup: Lookup; readonly asked: string[] } {
  const asked: string[] = [];
  const lookup: Lookup = (hostname, _options, callback) => {
    asked.push(hostname);
    const addresses = (answers[hostname] ?? []).map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    process.nextTick(callback, null, addresses);
  };
  return { lookup, asked };
}

async function ask(t: Cleaner, url: string, access = NOTHING, answers: Answers = {}) {
  const { lookup, asked } = nameServer(answers);
  const clients = createHttpClients(systemClock(), access, lookup);
  t.after(() => clients.close());
  attempts.length = 0;
  const request = () =>
    clients.guarded.request(
      { method: 'GET', url: new URL(url), headers: {}, timeoutMs: 30_000 },
      new AbortController().signal,
    );
  return { answer: await request(), asked };
}

/** Spellings of addresses that must not be reached. `PORT` is where a server listens on every address of this machine. */
const HOSTILE_URLS: readonly string[] = [
  // The machine itself.
  'http://127.0.0.1:PORT/',
  'https://127.0.0.1:PORT/',
  'https://127.0.0.2:PORT/',
  'https://127.255.255.254:PORT/',
  'https://127.1:PORT/',
  'https://127.0.1:PORT/',
  'https://2130706433:PORT/',
  'https://0x7f000001:PORT/',
  'https://0x7f.0.0.1:PORT/',
  'https://0x7f.1:PORT/',
  'https://0177.0.0.1:PORT/',
  'https://017700000001:PORT/',
  'https://127.0.0.1.:PORT/',
  'https://１２７.０.０.１:PORT/',
  'https://127。0。0。1:PORT/',
  'https://①②⑦.0.0.1:PORT/',
  'https://%31%32%37.0.0.1:PORT/',
  'https://user:password@127.0.0.1:PORT/',
  'https://example.com@127.0.0.1:PORT/',
  'https://example.com:443@127.0.0.1:PORT/',
  'https:\\\\127.0.0.1:PORT\\',
  'https:127.0.0.1:PORT/',
  'https://0:PORT/',
  'https://0.0.0.0:PORT/',
  'https://00000000000:PORT/',
  'https://[::1]:PORT/',
  'https://[0:0:0:0:0:0:0:1]:PORT/',
  'https://[::]:PORT/',
  'https://[::127.0.0.1]:PORT/',
  'https://[::ffff:127.0.0.1]:PORT/',
  'https://[::ffff:7f00:1]:PORT/',
  'https://[0:0:0:0:0:ffff:127.0.0.1]:PORT/',
  // Instance metadata.
  'http://169.254.169.254/latest/meta-data/',
  'https://169.254.169.254/',
  'https://2852039166/',
  'https://0xa9fea9fe/',
  'https://0251.0376.0251.0376/',
  'https://169.16689662/',
  'https://[::ffff:169.254.169.254]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://169.254.170.2/v2/credentials',
  'https://[fd00:ec2::254]/',
  'https://[fd20:ce::254]/',
  'https://100.100.100.200/',
  'https://168.63.129.16/',
  'https://192.0.0.192/',
  // Private and other networks that are nobody's business.
  'https://10.0.0.1/',
  'https://10.255.255.255/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.0.1/',
  'https://3232235521/',
  'https://100.64.0.1/',
  'https://198.18.0.1/',
  'https://192.0.2.1/',
  'https://203.0.113.7/',
  'https://224.0.0.1/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://[fe80::1]/',
  'https://[fc00::1]/',
  'https://[fdff::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[64:ff9b::10.0.0.1]/',
  'https://[64:ff9b:1::1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:0:7f00:1::]/',
  'https://[2001:db8::1]/',
  'https://[100::1]/',
  'https://[3fff::1]/',
  'https://[5f00::1]/',
  'https://[4000::1]/',
  // A public address, but in the clear.
  'http://1.1.1.1/',
];

/** What a name server may say of an innocent name. */
const HOSTILE_ANSWERS: readonly (readonly string[])[] = [
  ['127.0.0.1'],
  ['::1'],
  ['0.0.0.0'],
  ['::'],
  ['169.254.169.254'],
  ['10.1.2.3'],
  ['172.20.0.1'],
  ['192.168.1.1'],
  ['100.64.1.1'],
  ['168.63.129.16'],
  ['fe80::1'],
  ['fe80::1%eth0'],
  ['fd00:ec2::254'],
  ['::ffff:127.0.0.1'],
  ['::ffff:10.0.0.1'],
  ['::127.0.0.1'],
  ['64:ff9b::7f00:1'],
  ['2002:7f00:1::1'],
  // A good answer does not redeem a bad one, wherever it stands.
  ['1.1.1.1', '127.0.0.1'],
  ['127.0.0.1', '1.1.1.1'],
  ['2606:4700:4700::1111', '::1'],
  ['1.1.1.1', '2606:4700:4700::1111', '10.0.0.1'],
  // What a resolver should never hand out.
  ['0x7f.1'],
  ['2130706433'],
  ['localhost'],
  [''],
];

describe('addresses that must not be reached', () => {
  let port = 0;
  let reached = 0;
  const server = createServer((socket) => {
    reached++;
    socket.destroy();
  });
  before(async () => {
    server.listen(0, '::');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  after(() => server.close());

  for (const url of HOSTILE_URLS) {
    test(url, async (t) => {
      const { answer, asked } = await ask(t, url.replace('PORT', String(port)));
      assert.equal(answer.kind, 'blocked');
      assert.deepEqual([attempts, asked, reached], [[], [], 0]);
    });
  }

  for (const answers of HOSTILE_ANSWERS) {
    test(`a name for ${answers.join(' and ')}`, async (t) => {
      const url = `https://innocent.example:${port}/`;
      const { answer } = await ask(t, url, NOTHING, { 'innocent.example': answers });
      assert.equal(answer.kind, 'blocked');
      assert.deepEqual([attempts, reached], [[], 0]);
    });
  }

  for (const hostname of [
    'localhost',
    'localhost.',
    'LOCALHOST',
    'a.localhost',
    'metadata.google.internal',
  ]) {
    test(`${hostname} is but a name`, async (t) => {
      const answers = { [hostname.toLowerCase()]: ['127.0.0.1'] };
      const { answer } = await ask(t, `https://${hostname}:${port}/`, NOTHING, answers);
      assert.equal(answer.kind, 'blocked');
      assert.deepEqual([attempts, reached], [[], 0]);
    });
  }

  test('a name that leads nowhere', async (t) => {
    const { answer } = await ask(t, 'https://nowhere.example/', NOTHING, {});
    assert.equal(answer.kind, 'lookup');
  });

  for (const address of [
    '1.1.1.1',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '2606:4700:4700::1111',
    '2a00::1',
  ]) {
    test(`${address} is public`, () => assert.ok(createAddressGuard(NOTHING).isPublic(address)));
  }
});

describe('addresses that are allowed', () => {
  const rows: readonly [allow: string[], host: string, answers: string[], reached: boolean][] = [
    [['127.0.0.0/8'], '127.0.0.1', [], true],
    [['127.0.0.1'], '127.0.0.1', [], true],
    [['127.0.0.1'], '2130706433', [], true],
    [['127.0.0.2'], '127.0.0.1', [], false],
    [['10.0.0.0/8'], '127.0.0.1', [], false],
    [['::/0'], '127.0.0.1', [], false],
    [['127.0.0.0/8'], 'peer.example', ['127.0.0.1'], true],
    [['127.0.0.1'], 'peer.example', ['127.0.0.1', '127.0.0.2'], false],
    [['hooks.internal'], 'hooks.internal', ['127.0.0.1'], true],
    [['Hooks.Internal'], 'HOOKS.internal', ['127.0.0.1'], true],
    [['hooks.internal'], 'other.internal', ['127.0.0.1'], false],
    [['hooks.internal'], '127.0.0.1', [], false],
    [['hooks.internal'], 'evil.hooks.internal', ['127.0.0.1'], false],
  ];
  for (const [allow, host, answers, reached] of rows) {
    test(`${allow.join()} and ${host}${answers.map((one) => ` → ${one}`).join('')}`, async (t) => {
      const peer = await startPeer(t);
      const access = { allow, allowLoopback: false };
      const { answer } = await ask(t, `http://${host}:${peer.port}/`, access, {
        [host.toLowerCase()]: answers,
      });
      assert.equal(answer.kind, reached ? 'answer' : 'blocked');
      assert.equal(peer.got.length, reached ? 1 : 0);
    });
  }

  test('a redirect to a forbidden address is not followed', async (t) => {
    const peer = await startPeer(t, (_got, response) =>
      response.writeHead(307, { location: 'http://127.0.0.2/' }).end(),
    );
    const { answer } = await ask(t, peer.url, { allow: ['127.0.0.1'], allowLoopback: false });
    assert.equal(answer.kind === 'answer' && answer.status, 307);
    assert.deepEqual(attempts, ['127.0.0.1']);
  });
});

describe('a name that changes its mind', () => {
  test('the socket connects to the answer that was checked', async (t) => {
    const peer = await startPeer(t, (_got, response) => response.setHeader('connection', 'close').end());
    const answers: Record<string, string[]> = { 'rebind.example': ['127.0.0.1'] };
    const access = { allow: ['127.0.0.1'], allowLoopback: false };
    const { lookup, asked } = nameServer(answers);
    // The answer is another one as soon as it was given.
    const rebinding: Lookup = (hostname, options, callback) =>
      lookup(hostname, options, (error, addresses) => {
        answers['rebind.example'] = ['127.0.0.2'];
        callback(error, addresses);
      });
    const clients = createHttpClients(systemClock(), access, rebinding);
    t.after(() => clients.close());
    attempts.length = 0;
    const request = () =>
      clients.guarded.request(
        {
          method: 'GET',
          url: new URL(`http://rebind.example:${peer.port}/`),
          headers: {},
          timeoutMs: 30_000,
        },
        new AbortController().signal,
      );
    assert.equal((await request()).kind, 'answer');
    assert.deepEqual([attempts, asked], [['127.0.0.1'], ['rebind.example']]);
    // A new connection is a new question, and its answer is checked again.
    assert.equal((await request()).kind, 'blocked');
    assert.deepEqual(attempts, ['127.0.0.1']);
    assert.equal(peer.got[0]!.headers.host, `rebind.example:${peer.port}`);
  });
});

describe('what the configuration allows', () => {
  const loopback: readonly [auth: string, host: string, allow: string[] | undefined, allowed: boolean][] = [
    ['none', '127.0.0.1', undefined, true],
    ['none', 'localhost', undefined, true],
    ['none', '::1', undefined, true],
    ['sigv4', '127.0.0.1', undefined, false],
    ['none', '0.0.0.0', undefined, false],
    ['none', '10.0.0.5', undefined, false],
    ['none', '127.0.0.1.evil.example', undefined, false],
    ['none', '127.0.0.1', [], false],
    ['none', '127.0.0.1', ['10.0.0.0/8'], false],
  ];
  for (const [auth, host, allow, allowed] of loopback) {
    test(`loopback with auth ${auth}, host ${host}, allow ${JSON.stringify(allow)}: ${allowed}`, () => {
      const access = httpAccessOf({ auth, host, targets: { http: { allow, timeoutMs: 1 } } });
      assert.deepEqual(access, { allow: allow ?? [], allowLoopback: allowed });
    });
  }

  test('a daemon in development reaches its own machine', async (t) => {
    const peer = await startPeer(t);
    const { answer } = await ask(t, peer.url, { allow: [], allowLoopback: true });
    assert.equal(answer.kind, 'answer');
  });

  const good = [
    {},
    { http: {} },
    { http: { allow: [], timeoutMs: 60_000 } },
    { http: { allow: ['10.0.0.0/8', '10.1.2.3', 'fd00::/8', '::1', 'hooks.internal', 'my_host'] } },
  ];
  for (const value of good) {
    test(`read: ${JSON.stringify(value)}`, () => {
      assert.equal(typeof readTargets(value, 'the file').http.timeoutMs, 'number');
    });
  }

  const bad: readonly (readonly [value: unknown, says: RegExp])[] = [
    ['http', /^"targets" in the file must be an object/],
    [{ https: {} }, /^"targets" in the file has an unknown member "https"/],
    [{ http: [] }, /^"targets.http" in the file must be an object/],
    [{ http: { deny: [] } }, /^"targets.http" in the file has an unknown member "deny"/],
    ...[
      '10.0.0.0/33',
      '10.0.0',
      '10.1',
      '0x7f.1',
      'fd00::/129',
      'https://hooks.internal',
      '*.internal',
      '',
      7,
    ].map((entry) => [{ http: { allow: [entry] } }, /^"targets.http.allow" in the file must be/] as const),
    [{ http: { allow: '10.0.0.0/8' } }, /^"targets.http.allow" in the file must be/],
    ...[0, 60_001, 1.5, '5000'].map(
      (timeoutMs) => [{ http: { timeoutMs } }, /^"targets.http.timeoutMs" in the file must be/] as const,
    ),
  ];
  for (const [value, says] of bad) {
    test(`refused: ${JSON.stringify(value)}`, () => {
      assert.throws(() => readTargets(value, 'the file'), { message: says });
    });
  }
});
