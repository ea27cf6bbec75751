import type { IncomingHttpHeaders } from 'node:http';

/** What the front door knows of a request before its body. */
export interface RequestHead {
  readonly method: string;
  /** As the client sent it, percent-escapes included, without the query string. */
  readonly path: string;
  /** Behind the `?`, as the client sent it. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[];
}

/** A header's value; several lines of one name come joined. */
export function headerOf(head: RequestHead, name: string): string | undefined {
  const value = head.headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}

/** True when the body (or the query string of a GET) is a form of the query protocol. */
export function isFormRequest(head: RequestHead): boolean {
  const type = head.headers['content-type'];
  if (type !== undefined) return type.startsWith('application/x-www-form-urlencoded');
  return /(?:^|&)Action=/.test(head.query);
}
