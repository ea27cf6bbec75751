import { createGunzip, type Gunzip } from 'node:zlib';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/**
 * A text as it comes, unpacked if its first bytes say that it is packed with gzip. When it breaks off or is damaged,
 * everything that could be unpacked is handed out before the error is thrown.
 */
export async function* unpacked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < GZIP_MAGIC.length) {
    const { value, done } = await source.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const all = withHead(head, source);
  yield* head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC) ? gunzipped(all) : all;
}

async function* withHead(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** Step by step by hand: a pipe throws away what it has unpacked when an error follows. */
async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  const found: Buffer[] = [];
  let failure: Error | undefined;
  gunzip.on('data', (chunk: Buffer) => found.push(chunk));
  gunzip.on('error', (error) => (failure = error));
  const closed = new Promise<void>((resolve) => gunzip.once('close', resolve));
  for await (const chunk of chunks) {
    await Promise.race([written(gunzip, chunk), closed]);
    yield* found.splice(0);
    if (failure) throw failure;
  }
  gunzip.end();
  await closed;
  yield* found.splice(0);
  if (failure) throw failure;
}

const written = (gunzip: Gunzip, chunk: Buffer): Promise<void> =>
  new Promise((resolve) => gunzip.write(chunk, () => resolve()));
