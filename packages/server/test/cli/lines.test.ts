// How a file of lines is read: unpacked, and cut into batches.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { lineBatches } from '../../src/cli/line-batches.ts';
import { unpacked } from '../../src/cli/unpacked.ts';

const MEGABYTE = 1_048_576;

async function* inPieces(text: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
}

interface Batches {
  readonly text: Buffer;
  readonly sizes: readonly number[];
  readonly overlong: number;
  readonly failure: unknown;
}

async function batchesOf(chunks: AsyncIterable<Buffer>): Promise<Batches> {
  const pieces: Buffer[] = [];
  let overlong = 0;
  let failure: unknown;
  try {
    for await (const batch of lineBatches(chunks)) {
      if ('overlong' in batch) overlong++;
      else pieces.push(batch.lines);
    }
  } catch (error) {
    failure = error;
  }
  return { text: Buffer.concat(pieces), sizes: pieces.map(({ length }) => length), overlong, failure };
}

async function whole(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  return Buffer.concat(pieces);
}

test('whatever the pieces, the lines are the same', async () => {
  const lines = fc.array(fc.string({ maxLength: 5 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 30 }), fc.boolean(), async (list, size, packed) => {
      const text = Buffer.from(list.join('\n'));
      const file = packed ? gzipSync(text) : text;
      const found = await batchesOf(unpacked(inPieces(file, size)));
      assert.deepEqual(found.text, text);
    }),
  );
});

test('batches are of whole lines and about as large as they may be', async () => {
  const text = Buffer.from(`${'x'.repeat(999)}\n`.repeat(5_000));
  const { text: found, sizes } = await batchesOf(inPieces(text, 60_000));
  assert.deepEqual(found, text);
  assert.ok(sizes.length <= 5, String(sizes));
  for (const size of sizes) assert.ok(size % 1_000 === 0 && size < 1.1 * MEGABYTE, String(size));
});

test('a line that is too long is told and not kept', async () => {
  const long = Buffer.alloc(20 * MEGABYTE, 'x');
  const text = Buffer.concat([Buffer.from('one\n'), long, Buffer.from('\ntwo\n')]);
  const found = await batchesOf(inPieces(text, 65_536));
  assert.equal(found.text.toString(), 'one\ntwo\n');
  assert.equal(found.overlong, 1);
});

test('a byte order mark is no part of the first line', async () => {
  const found = await batchesOf(inPieces(Buffer.from('\ufeff{}\n'), 100));
  assert.equal(found.text.toString(), '{}\n');
});

test('of a packed file that breaks off everything is read that can be', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `${index} ${Math.imul(index, 2_654_435_761)}\n`);
  const text = Buffer.from(lines.join(''));
  const packed = gzipSync(text);
  const { text: found, failure } = await batchesOf(unpacked(inPieces(packed.subarray(0, -1_000), 65_536)));
  assert.equal((failure as NodeJS.ErrnoException).code, 'Z_BUF_ERROR');
  assert.ok(found.length > text.length * 0.97, `${found.length} of ${text.length}`);
  assert.deepEqual(found, text.subarray(0, found.length));
  assert.equal(found.at(-1), 0x0a);
});

test('packed files one behind the other are one text', async () => {
  const packed = Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]);
  assert.equal((await whole(unpacked(inPieces(packed, 7)))).toString(), 'one\ntwo\n');
});
