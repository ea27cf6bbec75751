// The other end of HTTP benchmarks, in processes of their own: a server that takes posts, and a bare client that makes them.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { worked } from './worked.ts';

/** Posts that the server has answered, by path. */
export type Counts = Readonly<Record<string, number>>;

/** A server that counts posts. While it holds, it takes requests and answers none. */
export class HttpSink {
  readonly #child: ChildProcess;
  readonly url: string;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<HttpSink> {
    const child = fork(import.meta.filename, ['sink'], { stdio: 'inherit' });
    const [port] = (await once(child, 'message')) as [number];
    return new HttpSink(child, port);
  }

  async counts(): Promise<Counts> {
    this.#child.send('counts');
    const [counts] = (await once(this.#child, 'message')) as [Counts];
    return counts;
  }

  hold(): void {
    this.#child.send('hold');
  }

  release(): void {
    this.#child.send('release');
  }

  /** From now on every request to the path hangs for ever. */
  kill(path: string): void {
    this.#child.send({ kill: path });
  }

  close(): void {
    this.#child.kill();
  }
}

export interface BareOptions {
  readonly url: string;
  readonly concurrency: number;
  readonly seconds: number;
  readonly body: string;
}

/** How posts went: how many came in a second, and microseconds of the client's main thread that each took. */
export interface Pace {
  readonly rate: number;
  readonly work: number;
}

/** Posts of a bare undici pool with so many requests under way. */
export async function barePosts(options: BareOptions): Promise<Pace> {
  const child = fork(import.meta.filename, ['post', JSON.stringify(options)], { stdio: 'inherit' });
  const [pace] = (await once(child, 'message')) as [Pace];
  await once(child, 'exit');
  return pace;
}

function runSink(): void {
  const counts: Record<string, number> = {};
  const dead = new Set<string>();
  const held: ServerResponse[] = [];
  let holding = false;
  const answer = (response: ServerResponse): void => {
    const path = response.req.url!;
    counts[path] = (counts[path] ?? 0) + 1;
    response.end('ok');
  };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (dead.has(request.url!)) return;
      if (holding) held.push(response);
      else answer(response);
    });
  });
  process.on('message', (message: string | { readonly kill: string }) => {
    if (typeof message === 'object') dead.add(message.kill);
    else if (message === 'counts') process.send!(counts);
    else {
      holding = message === 'hold';
      if (!holding) held.splice(0).forEach(answer);
    }
  });
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
}

async function runPosts({ url, concurrency, seconds, body }: BareOptions): Promise<void> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: concurrency, pipelining: 1 });
  const headers = { 'content-type': 'application/json' };
  const end = performance.now() + seconds * 1_000;
  let posts = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const answered = await pool.request({ method: 'POST', path: pathname, headers, body });
      await answered.body.text();
      posts++;
    }
  };
  const start = performance.now();
  const workedBefore = worked();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const work = ((worked() - workedBefore) * 1_000) / posts;
  process.send!({ rate: posts / ((performance.now() - start) / 1_000), work } satisfies Pace);
  await pool.close();
  process.disconnect();
}

if (process.argv[2] === 'sink') runSink();
if (process.argv[2] === 'post') await runPosts(JSON.parse(process.argv[3]!) as BareOptions);
