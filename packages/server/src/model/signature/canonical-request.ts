/** What a signature covers, besides the body. */
export interface SignedRequest {
  readonly method: string;
  /** As it is sent, percent-escapes included, without the query string. */
  readonly path: string;
  /** Behind the `?`, as it is sent. */
  readonly query: string;
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[];
}

/**
 * The canonical request of Signature Version 4: what both sides must write alike, byte for byte.
 *
 * @param pathOf how the service reads paths
 */
export function canonicalRequest(
  head: SignedRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
  pathOf: (path: string) => string = canonicalPath,
): string {
  return [
    head.method,
    pathOf(head.path),
    canonicalQuery(head.query),
    canonicalHeaders(head.rawHeaders, signedHeaders),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** RFC 3986: everything but unreserved characters is escaped. */
function escape(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Text with broken escapes is taken literally: it then fails to verify instead of failing to parse. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Dot segments and double slashes go; what is left is escaped once more, as every service but S3 does. */
function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(escape(segment));
  }
  const trailing = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.join('/')}${trailing}`;
}

/** The path as S3 reads it: the key of an object, in which slashes and dots mean nothing more, escaped once. */
export const objectPath = (path: string): string =>
  path
    .split('/')
    .map((step) => escape(unescape(step)))
    .join('/');

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs: (readonly [string, string])[] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? '' : part.slice(equals + 1);
    if (name === 'X-Amz-Signature') continue;
    pairs.push([escape(unescape(name)), escape(unescape(value))]);
  }
  pairs.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

/** `trim` would take no-break spaces too, which belong to the value. */
const BLANKS_AROUND = /^[ \t]+|[ \t]+$/g;

/** Each signed header on its line, runs of blanks made one, several lines of one name joined by commas. */
function canonicalHeaders(rawHeaders: readonly string[], signedHeaders: readonly string[]): string {
  const values = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    const value = rawHeaders[at + 1]!.replace(BLANKS_AROUND, '').replace(/ {2,}/g, ' ');
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  return signedHeaders.map((name) => `${name}:${(values.get(name) ?? []).join(',')}\n`).join('');
}
