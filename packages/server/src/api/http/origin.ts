import { limits } from '../../model/limits.ts';
import type { RequestHead } from '../request-head.ts';

const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Tells the origin by which clients reach the daemon. The latest valid `Host` is remembered: it hardly ever changes. */
export class Origins {
  #fallback = 'http://localhost';
  #host: string | undefined;
  #origin = '';

  /** What stands in for a `Host` header that is missing or no host. */
  bind(host: string, port: number): void {
    this.#fallback = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  of(head: RequestHead): string {
    const host = head.headers.host;
    if (host === undefined) return this.#fallback;
    if (host === this.#host) return this.#origin;
    if (host.length > limits.hostHeaderChars || !HOST.test(host)) return this.#fallback;
    this.#host = host;
    this.#origin = `http://${host}`;
    return this.#origin;
  }
}

/**
 * True for a request that a web page of another origin sent. Browsers send forms anywhere without asking, and a form
 * is all that the query protocol needs; so such requests are turned away.
 */
export function isCrossOrigin(head: RequestHead): boolean {
  const origin = head.headers.origin;
  if (origin === undefined) return false;
  const host = head.headers.host;
  return host === undefined || (origin !== `http://${host}` && origin !== `https://${host}`);
}
