import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { explain, matchesPattern } from '@busbar/pattern';
import { SUSPICIOUS } from './rule.ts';
import { TRANSACTIONS, type Transaction } from './transactions.ts';

/** Only tells an example that ends from one that hangs. */
const LIMIT_MS = 60_000;
const eventOf = (detail: Transaction): string =>
  JSON.stringify({ source: 'bank.cards', 'detail-type': 'CardCharged', detail });

const VERDICTS: Readonly<Record<string, boolean>> = {
  casino: true,
  coffee: false,
  furniture: false,
  camera: true,
  laptop: false,
  hotel: false,
};

for (const transaction of TRANSACTIONS) {
  const verdict = VERDICTS[transaction.id];
  test(`${transaction.id} is ${verdict ? '' : 'not '}worth a second look`, () => {
    assert.equal(matchesPattern(SUSPICIOUS, eventOf(transaction)), verdict);
    assert.equal(explain(SUSPICIOUS, eventOf(transaction)).matched, verdict);
  });
}

test('the example delivers just those, and says why others were not', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    encoding: 'utf8',
    timeout: LIMIT_MS,
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  const [queue, ...reasons] = stdout.slice(stdout.indexOf('In the queue')).split('Why not ');
  const found = TRANSACTIONS.filter(({ id }) => queue!.includes(id)).map(({ id }) => id);
  assert.deepEqual(found, ['casino', 'camera']);
  assert.match(reasons[0]!, /no {2}"detail\.place" is "US-CA\/Oakland"; wanted anything but a string/);
  assert.match(reasons[1]!, /no {2}"detail\.amount" is 300; wanted a number > 300\./);
});
