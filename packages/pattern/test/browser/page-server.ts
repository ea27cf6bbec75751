import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PACKAGE, scriptOf } from './sources.ts';

export interface PageServer extends AsyncDisposable {
  readonly url: string;
  /** Resolves with what the page reports. */
  readonly report: Promise<unknown>;
}

/** Serves a page at `/` and the package beside it; the page reports by POST to `/report`. */
export async function servePage(page: string): Promise<PageServer> {
  const { promise: report, resolve } = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    const answer = (type: string, body: string): void => {
      response.setHeader('content-type', type);
      response.end(body);
    };
    if (request.method === 'POST') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        answer('text/plain', '');
        resolve(JSON.parse(Buffer.concat(chunks).toString()));
      });
      return;
    }
    const path = join(PACKAGE, new URL(request.url!, 'http://page').pathname);
    if (request.url === '/') answer('text/html', page);
    else if (!path.startsWith(PACKAGE) || !existsSync(path)) response.writeHead(404).end();
    else if (path.endsWith('.ts')) answer('text/javascript', scriptOf(path));
    else answer('application/json', readFileSync(path, 'utf8'));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    report,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
