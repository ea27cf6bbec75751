import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Seeded } from './seeded.ts';

/** A way of being rude below the level of requests. `bytes` are written, `end` closes, then answers are read. */
export interface RawCase {
  readonly name: string;
  readonly bytes: (chance: Seeded) => readonly Buffer[];
  /** Whether the client closes its side behind the bytes. */
  readonly end?: boolean;
  /** Milliseconds between the pieces. */
  readonly pauseMs?: number;
}

const BODY = '{"Entries":[{"Source":"shop","DetailType":"t","Detail":"{}"}]}';
const head = (...lines: string[]): string =>
  `${['POST / HTTP/1.1', 'Host: localhost', 'X-Amz-Target: AWSEvents.PutEvents', ...lines].join('\r\n')}\r\n\r\n`;
const sound = head(`Content-Length: ${BODY.length}`) + BODY;
const text = (...pieces: string[]): Buffer[] => pieces.map((piece) => Buffer.from(piece, 'latin1'));
const gzipBomb = gzipSync(Buffer.alloc(200_000_000, '['));
const packed = (body: Buffer): Buffer[] => [
  ...text(head(`Content-Length: ${body.length}`, 'Content-Encoding: gzip')),
  body,
];
const withBody = (body: Buffer): Buffer[] => [...text(head(`Content-Length: ${body.length}`)), body];

const TARGETS = [
  'AWSEvents.',
  '.',
  'AWSEvents.PutEvents.PutEvents',
  'AmazonSQS.%00',
  'Logs_20140328.constructor',
];

export const rawCases: readonly RawCase[] = [
  { name: 'random bytes', bytes: (chance) => [chance.bytes(chance.below(2_000))], end: true },
  { name: 'random bytes as a body', bytes: (chance) => withBody(chance.bytes(chance.below(5_000))) },
  {
    name: 'a request with flipped bits',
    end: true,
    bytes: (chance) => {
      const bytes = Buffer.from(sound);
      for (let left = 1 + chance.below(8); left > 0; left--)
        bytes[chance.below(bytes.length)]! ^= 1 << chance.below(8);
      return [bytes];
    },
  },
  {
    name: 'a truncated request',
    end: true,
    bytes: (chance) => text(sound.slice(0, chance.below(sound.length))),
  },
  {
    name: 'invalid UTF-8',
    bytes: () => withBody(Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0x22, 0x7d])),
  },
  { name: 'a byte order mark', bytes: () => withBody(Buffer.from(`\ufeff${BODY}`)) },
  { name: 'UTF-16', bytes: () => withBody(Buffer.from(BODY, 'utf16le')) },
  { name: '100,000 levels', bytes: () => withBody(Buffer.from('['.repeat(100_000))) },
  {
    name: '100,000 levels, closed',
    bytes: () => withBody(Buffer.from(`{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`)),
  },
  { name: 'a gzip bomb', bytes: () => packed(gzipBomb) },
  { name: 'gzip that is none', bytes: (chance) => packed(chance.bytes(100)) },
  { name: 'gzip that is cut', bytes: () => packed(gzipBomb.subarray(0, 5_000)) },
  {
    name: 'an encoding that nobody knows',
    bytes: (chance) =>
      text(head(`Content-Length: 2`, `Content-Encoding: ${chance.pick(['br', 'gzip, gzip', '\x80'])}`), '{}'),
  },
  {
    name: 'slow headers',
    pauseMs: 20,
    bytes: () =>
      text(
        'POST / HT',
        'TP/1.1\r\nHo',
        'st: localhost\r\nX-Amz-Target: AWSEv',
        `ents.PutEvents\r\nContent-Length: ${BODY.length}\r\n\r`,
        `\n${BODY}`,
      ),
  },
  { name: 'pipelining', bytes: (chance) => text(sound.repeat(1 + chance.below(40))) },
  {
    name: 'pipelining with rubbish at the end',
    bytes: (chance) => text(`${sound.repeat(3)}${chance.word(50)}\r\n\r\n`),
  },
  {
    name: 'bad chunks',
    bytes: (chance) =>
      text(
        head('Transfer-Encoding: chunked'),
        chance.pick([
          'zz\r\n',
          '-1\r\n',
          'ffffffffffffffffff\r\n',
          '5\r\nabc',
          '1;a=b\r\nxx\r\n',
          '0\r\nX: y\r\n\r\n',
          `1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`,
        ]),
      ),
    end: true,
  },
  {
    name: 'two lengths, smuggled',
    bytes: (chance) =>
      text(
        head(
          chance.pick([
            'Content-Length: 5\r\nContent-Length: 6',
            'Content-Length: 5\r\nTransfer-Encoding: chunked',
            'Transfer-Encoding: gzip, chunked',
            'Content-Length: -1',
            'Content-Length: 99999999999999999999',
            'Content-Length: 0x10',
            'Content-Length: +5',
          ]),
        ),
        sound,
      ),
    end: true,
  },
  {
    name: 'huge headers',
    bytes: (chance) => text(head(`X-Long: ${'x'.repeat(10_000 + chance.below(60_000))}`)),
  },
  { name: 'many headers', bytes: () => text(head(...Array.from({ length: 3_000 }, (_, n) => `a${n}: b`))) },
  {
    name: 'a weird path',
    bytes: (chance) =>
      text(
        `${chance.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'PROPFIND', 'M-SEARCH'])} ${chance.pick(['/..%2f..', '//', '/%', '/%ff%fe', '/?Action=ReceiveMessage&Version=%zz', '/?=&=&&', '*', 'http://evil/', '/_busbar/../', '/_busbar/dead-letters/%00', '/_busbar/tail?x=[]', '/_busbar/status?sampleMs=-1', '/service/x/operation/y', `/${'a/'.repeat(2_000)}`, '/\xff\xfe', '/000000000000/%2e%2e', '/?Action=__proto__&Version=2012-11-05', '/#', 'evil:80'])} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`,
      ),
    end: true,
  },
  {
    name: 'a random target',
    bytes: (chance) =>
      text(
        head(
          `X-Amz-Target: ${chance.chance(0.5) ? chance.pick(TARGETS) : chance.word(40)}`,
          'Content-Length: 2',
        ).replace('X-Amz-Target: AWSEvents.PutEvents\r\n', ''),
        '{}',
      ),
  },
  {
    name: 'a random credential scope',
    bytes: (chance) =>
      text(
        head(
          `Authorization: AWS4-HMAC-SHA256 Credential=${[chance.pick(['AKID', '', '111111111111', chance.word(20).replaceAll(',', '')]), '20260101', chance.pick(['us-east-1', 'US', '../..', '', chance.word(30).replaceAll(',', '')]), chance.pick(['events', 'sqs', 'iam', 'constructor', '']), 'aws4_request'].join('/')}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
          `Content-Length: ${BODY.length}`,
        ),
        BODY,
      ),
  },
  {
    name: 'an upgrade',
    bytes: () => text(head('Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 2'), '{}'),
    end: true,
  },
  { name: 'HTTP/2', bytes: () => text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), end: true },
  { name: 'HTTP/1.0', bytes: () => text(sound.replace('HTTP/1.1', 'HTTP/1.0')), end: true },
  { name: 'HTTP/9.9', bytes: () => text(sound.replace('HTTP/1.1', 'HTTP/9.9')), end: true },
  {
    name: 'a promise to continue',
    bytes: () => text(head('Expect: 100-continue', `Content-Length: ${BODY.length}`), BODY),
  },
  {
    name: 'an expectation nobody has',
    bytes: () => text(head('Expect: the-unexpected', `Content-Length: ${BODY.length}`), BODY),
  },
  {
    name: 'a body that never comes, then a reset',
    bytes: () => text(head('Content-Length: 1000000'), '{'),
    end: true,
  },
];

const QUIET_MS = 120;
const LONGEST_MS = 8_000;

/** Plays a case; answers what came back, once nothing more comes for a while or the daemon closes. */
export function playRaw(port: number, each: RawCase, chance: Seeded): Promise<string> {
  const pieces = each.bytes(chance);
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => void write());
    const write = async (): Promise<void> => {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        socket.write(piece);
        if (each.pauseMs) await new Promise((resume) => setTimeout(resume, each.pauseMs));
      }
      if (each.end) socket.end();
    };
    let quiet: NodeJS.Timeout | undefined;
    const longest = setTimeout(() => socket.destroy(), LONGEST_MS);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      received += chunk;
      clearTimeout(quiet);
      quiet = setTimeout(() => socket.destroy(), QUIET_MS);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(quiet);
      clearTimeout(longest);
      resolve(received);
    });
  });
}
