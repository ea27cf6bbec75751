import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { Context } from '../../src/cli/context.ts';
import { Output } from '../../src/cli/output.ts';
import { Progress } from '../../src/cli/progress.ts';
import { FakeClock } from '../engine/fake-clock.ts';

const ESCAPE = String.fromCharCode(27);
const CLEAR = `${ESCAPE}[K`;
const COLORS = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g');
const PIECES = new RegExp(`\r|\n|${ESCAPE}\\[K|[^\r\n${ESCAPE}]+`, 'g');

/** Lines as a terminal shows them: a carriage return goes back, and `ESC [ K` clears to the end. */
class FakeTerminal extends Writable {
  readonly lines: string[] = [''];
  #column = 0;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    for (const piece of chunk.toString().replace(COLORS, '').match(PIECES) ?? []) {
      const line = this.lines.at(-1)!;
      if (piece === '\n') {
        this.lines.push('');
        this.#column = 0;
      } else if (piece === '\r') this.#column = 0;
      else if (piece === CLEAR) this.lines[this.lines.length - 1] = line.slice(0, this.#column);
      else {
        this.lines[this.lines.length - 1] =
          line.slice(0, this.#column) + piece + line.slice(this.#column + piece.length);
        this.#column += piece.length;
      }
    }
    done();
  }
}

function world(columns: number | undefined) {
  const terminal = new FakeTerminal();
  const clock = new FakeClock();
  const isTerminal = columns !== undefined;
  const output = new Output({
    out: terminal,
    err: terminal,
    terminal: isTerminal,
    color: isTerminal,
    statusColumns: isTerminal ? () => columns : undefined,
  });
  const start = (json = false): Progress =>
    Progress.start(
      { doing: 'redriving', items: 'dead letters' },
      { argv: [], flags: json ? { json: true } : {}, positionals: [] },
      { clock, output } as unknown as Context,
    );
  return { lines: terminal.lines, clock, output, start };
}

test('a bar with rate and time left stands below all other lines, and goes in the end', async () => {
  const { lines, clock, output, start } = world(100);
  const progress = start();
  progress.update({ done: 0, total: 4_000 });
  await clock.advance(1_000);
  assert.deepEqual(lines, [`[${' '.repeat(30)}] redriving: 0 of 4,000 dead letters, 0 %, 0/s`]);
  progress.update({ done: 1_000, total: 4_000 });
  await clock.advance(1_000);
  const bar = `[${'#'.repeat(7)}${' '.repeat(23)}] redriving: 1,000 of 4,000 dead letters, 25 %, 500/s, 6s left`;
  assert.deepEqual(lines, [bar]);
  output.note('a warning');
  await output.line('a result');
  assert.deepEqual(lines, ['a warning', 'a result', bar]);
  progress.end();
  assert.deepEqual(lines, ['a warning', 'a result', '']);
  await clock.advance(10_000);
  assert.deepEqual(lines, ['a warning', 'a result', '']);
  assert.equal(clock.timers, 0);
});

test('a bar is never wider than the terminal, and needs a total', async () => {
  for (const columns of [20, 60, 70, 200]) {
    const { lines, clock, start } = world(columns);
    const progress = start();
    progress.update({ done: 50, total: 100 });
    await clock.advance(1_000);
    assert.equal(lines.length, 1);
    assert.ok(lines[0]!.length < columns, `${columns}: ${lines[0]}`);
    assert.equal(lines[0]!.startsWith('['), columns >= 70, `${columns}: ${lines[0]}`);
    progress.end();
  }
  const { lines, clock, start } = world(80);
  const progress = start();
  progress.update({ done: 1_234_567 });
  await clock.advance(1_000);
  assert.deepEqual(lines, ['redriving: 1,234,567 dead letters, 1,234,567/s']);
  progress.end();
});

test('elsewhere there is a line now and then, and none about what is quickly done', async () => {
  const { lines, clock, start } = world(undefined);
  const quick = start();
  quick.update({ done: 5, total: 5 });
  await clock.advance(4_000);
  quick.end();
  assert.deepEqual(lines, ['']);
  const slow = start();
  slow.update({ done: 100, total: 36_000 });
  await clock.advance(5_000);
  slow.update({ done: 200, total: 36_000 });
  await clock.advance(5_000);
  slow.end();
  assert.deepEqual(lines, [
    'redriving: 100 of 36,000 dead letters, 0 %, 20/s, 29m 55s left',
    'redriving: 200 of 36,000 dead letters, 0 %, 20/s, 29m 50s left',
    '',
  ]);
});

test('programs get an event a line, how far it got in the end, and none about what is quickly done', async () => {
  const { lines, clock, start } = world(undefined);
  start(true).end();
  const progress = start(true);
  progress.update({ done: 10, part: 0.25 });
  await clock.advance(1_500);
  progress.update({ done: 40, part: 1 });
  progress.end();
  assert.deepEqual(
    lines.slice(0, -1).map((line) => JSON.parse(line) as object),
    [
      { type: 'progress', done: 10, part: 0.25, perSecond: 10, secondsLeft: 3 },
      { type: 'progress', done: 40, part: 1, perSecond: 26.667, secondsLeft: 0 },
    ],
  );
});

test('the rate is that of the last ten seconds', async () => {
  const { lines, clock, start } = world(undefined);
  const progress = start(true);
  let done = 0;
  for (let second = 1; second <= 60; second++) {
    done += second <= 30 ? 1_000 : 10;
    progress.update({ done, total: 100_000 });
    await clock.advance(1_000);
  }
  progress.end();
  assert.deepEqual(JSON.parse(lines.at(-2)!), {
    type: 'progress',
    done: 30_300,
    total: 100_000,
    part: 0.303,
    perSecond: 10,
    secondsLeft: 6_970,
  });
});

/** A daemon with 200 dead letters that redrives the second hundred once `release` resolves. */
async function slowDaemon(release: Promise<void>): Promise<Server> {
  const ids = Array.from({ length: 200 }, (_, index) => `letter-${index}`);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.method === 'GET') {
        response.end(JSON.stringify({ deadLetters: ids.map((id) => ({ id })) }));
        return;
      }
      const asked = (JSON.parse(Buffer.concat(chunks).toString()) as { ids: string[] }).ids;
      const answer = JSON.stringify({ results: asked.map((id) => ({ id, status: 'redriven' })) });
      const held = asked[0] === 'letter-0' ? Promise.resolve() : release;
      void held.then(() => response.end(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const noPty = spawnSync('python3', ['-c', 'import pty']).status !== 0;

test(
  'a real terminal shows the bar of a redrive',
  { skip: noPty && 'no python3 with pty: install it to run this test', timeout: 60_000 },
  async () => {
    let release!: () => void;
    const server = await slowDaemon(new Promise((resolve) => (release = resolve)));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const command = join(import.meta.dirname, '../../bin/busbar.mjs');
    const args = [process.execPath, command, 'dead-letters', 'redrive', '--all', '--url', url];
    const child = spawn('python3', ['-c', 'import pty, sys; pty.spawn(sys.argv[1:])', ...args], {
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' },
    });
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      if (/\r.\[K\[#+ +\] redriving: 100 of 200 dead letters, 50 %/.test(shown)) release();
    });
    await new Promise((resolve) => child.on('close', resolve));
    server.close();
    const terminal = new FakeTerminal();
    terminal.write(shown.replaceAll('\r\n', '\n'));
    assert.equal(terminal.lines.length, 202);
    assert.equal(terminal.lines[0], 'letter-0');
    assert.equal(terminal.lines.at(-2), '200 of 200 dead letters are being delivered again');
  },
);
