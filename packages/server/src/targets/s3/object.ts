import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { OutgoingDelivery } from '../../engine/ports/connector.ts';

const compress = promisify(gzip);

export interface ObjectForm {
  /** What its key begins with: nothing, or a text that ends with a slash. */
  readonly prefix: string;
  readonly gzip: boolean;
  readonly toLine: (delivery: OutgoingDelivery) => string;
}

export interface BatchObject {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A batch as an object: newline-delimited JSON. */
export async function objectOf(batch: readonly OutgoingDelivery[], form: ObjectForm): Promise<BatchObject> {
  const text = batch.map((delivery) => `${form.toLine(delivery)}\n`).join('');
  const headers = { 'content-type': 'application/x-ndjson' };
  const key = keyOf(batch, form);
  if (!form.gzip) return { key, headers, body: text };
  return { key: `${key}.gz`, headers, body: await compress(text) };
}

/** Enough of a hash to tell the batches of one millisecond. */
const HASH_CHARS = 16;

/**
 * The key of a batch: the hour and the time at which its first event was published, and a hash of all its deliveries. The
 * same batch, sent again, replaces itself; another one with the same first delivery must not, or it would replace
 * deliveries that are not in it.
 */
function keyOf(batch: readonly OutgoingDelivery[], { prefix }: ObjectForm): string {
  const time = new Date(batch[0]!.ingestedAt).toISOString();
  const [date, clock] = time.split('T') as [string, string];
  const hash = createHash('sha256');
  for (const { deliveryId } of batch) hash.update(deliveryId);
  const hour = `${date.replaceAll('-', '/')}/${clock.slice(0, 2)}`;
  const stamp = time.replace(/[-:.]/g, '');
  return `${prefix}${hour}/${stamp}-${hash.digest('hex').slice(0, HASH_CHARS)}.ndjson`;
}

/** Where an object is: its bucket stands in the path or in the host name. */
export function objectUrl(base: string, bucket: string, key: string, pathStyle: boolean): URL {
  const url = new URL(base);
  const before = url.pathname.replace(/\/$/, '');
  if (!pathStyle) url.hostname = `${bucket}.${url.hostname}`;
  url.pathname = `${before}/${pathStyle ? `${bucket}/` : ''}${key}`;
  return url;
}
