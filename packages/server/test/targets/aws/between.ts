import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { SentRequest } from './aws-side.ts';

/** What an answer is made of. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server between a connector and AWS's side: it keeps what it was sent, and passes it on or answers by itself. */
export interface Between {
  readonly url: string;
  readonly requests: SentRequest[];
  /** The bodies of the answers. */
  readonly answers: string[];
  /** From now on this is the answer. */
  answerWith(answer: Answer): void;
  /** From now on requests are passed on again. */
  passOn(): void;
  /** From now on this makes the answers. */
  answerBy(judge: (request: SentRequest) => Answer): void;
  /** Holds what comes; the returned function lets it go. */
  hold(): () => void;
  close(): Promise<void>;
}

/** Starts one in front of `behind`; without it, everything is answered with an empty object. */
export async function startBetween(behind?: string): Promise<Between> {
  const requests: SentRequest[] = [];
  const answers: string[] = [];
  let judge: ((request: SentRequest) => Answer) | undefined =
    behind === undefined ? () => ({ status: 200, body: '{}' }) : undefined;
  let held: Promise<void> | undefined;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent: SentRequest = {
      method: request.method ?? '',
      url: `http://${request.headers.host}${request.url}`,
      headers: request.headers as Record<string, string>,
      body: await text(request),
    };
    requests.push(sent);
    await held;
    const given = judge?.(sent) ?? (await forward(sent, new URL(request.url ?? '/', behind)));
    answers.push(given.body);
    response.writeHead(given.status, given.headers).end(given.body);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answers,
    answerWith: (given) => (judge = () => given),
    passOn: () => (judge = undefined),
    answerBy: (given) => (judge = given),
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function forward({ method, headers, body }: SentRequest, url: URL): Promise<Answer> {
  // fetch makes these anew.
  const { connection: _, 'content-length': __, host: ___, ...passed } = headers;
  const answer = await fetch(url, { method, headers: passed, ...(body === '' ? {} : { body }) });
  const type = answer.headers.get('content-type');
  return {
    status: answer.status,
    headers: type === null ? {} : { 'content-type': type },
    body: await answer.text(),
  };
}
