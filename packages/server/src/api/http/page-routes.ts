import type { ServerResponse } from 'node:http';
import type { Metrics } from '../../engine/metrics.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { Answer } from '../protocols/protocol.ts';
import type { RequestHead } from '../request-head.ts';
import type { AnswerWriter } from './answer-writer.ts';

/** Answers a GET beside the APIs. */
export type PageHandler = (head: RequestHead) => Answer | Promise<Answer>;

export interface PageParts {
  readonly version: string;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly writer: AnswerWriter;
  readonly readiness: () => boolean | Promise<boolean>;
  /** Further pages, by exact path; a path that ends in `*` takes everything that begins with what stands before it. */
  readonly routes: Readonly<Record<string, PageHandler>>;
}

const json = (status: number, value: object): Answer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
});

/** The pages that are no API: probes, metrics, a sign of life at `/`, and what the daemon adds. */
export class PageRoutes {
  readonly #parts: PageParts;
  readonly #exact: ReadonlyMap<string, PageHandler>;
  readonly #prefixes: readonly (readonly [string, PageHandler])[];

  constructor(parts: PageParts) {
    this.#parts = parts;
    const added = Object.entries(parts.routes);
    this.#exact = new Map([
      ['/', () => json(200, { name: 'busbar', version: parts.version })],
      ['/healthz', () => json(200, { status: 'ok' })],
      ['/readyz', () => this.#ready()],
      ['/metrics', () => this.#metrics()],
      ...added.filter(([path]) => !path.endsWith('*')),
    ]);
    this.#prefixes = added
      .filter(([path]) => path.endsWith('*'))
      .map(([path, handler]) => [path.slice(0, -1), handler] as const)
      .sort(([a], [b]) => b.length - a.length);
  }

  find(path: string): PageHandler | undefined {
    return this.#exact.get(path) ?? this.#prefixes.find(([prefix]) => path.startsWith(prefix))?.[1];
  }

  serve(handler: PageHandler, head: RequestHead, response: ServerResponse): void {
    const { logger, writer } = this.#parts;
    // The detour through a promise turns a handler's synchronous throw into a rejection.
    Promise.resolve(head)
      .then(handler)
      .then(
        (answer) => writer.write(response, answer),
        (error: unknown) => {
          logger.error({ err: error, path: head.path }, 'A page failed.');
          writer.write(response, json(500, { message: 'The page could not be made.' }));
        },
      );
  }

  async #ready(): Promise<Answer> {
    const ready = !this.#parts.writer.draining && (await this.#parts.readiness());
    return ready ? json(200, { status: 'ready' }) : json(503, { status: 'not ready' });
  }

  async #metrics(): Promise<Answer> {
    const { metrics } = this.#parts;
    return { status: 200, contentType: metrics.contentType, body: await metrics.text() };
  }
}
