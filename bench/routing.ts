// What the router takes for each stored record, and what it would take if events were known to hold no path twice:
// `node bench/routing.ts`. Everything but the log's records and the lanes is what the daemon runs.
import { createMatcher } from '../packages/pattern/src/index.ts';
import { cityLots } from '../packages/pattern/test/city-lots.ts';
import { buildEnvelope } from '../packages/server/src/engine/envelope.ts';
import { LogTail } from '../packages/server/src/engine/ingest/tail.ts';
import { Metrics } from '../packages/server/src/engine/metrics.ts';
import type { LogRecord } from '../packages/server/src/engine/ports/storage.ts';
import { RuleBooks, type Audience, type RuleEntry } from '../packages/server/src/engine/route/rule-book.ts';
import { Router, type RouterParts } from '../packages/server/src/engine/route/router.ts';
import type { DeliverySink } from '../packages/server/src/engine/route/subscription.ts';
import { printTable, type Cell } from './table.ts';
import { worked } from './worked.ts';

const RECORDS = 2_048;
const ROUNDS = 10;
const PASSES = 24;
const SCOPE = { account: '000000000000', region: 'us-east-1' };
const LOG = 'bench';
/** A router that is never woken by itself: the bench tells it to catch up. */
const NEVER = { now: () => 0, after: () => () => {} } as unknown as RouterParts['clock'];

interface Kind {
  readonly name: string;
  readonly details: readonly string[];
  readonly pattern: (index: number) => unknown;
}

const order = (index: number): string =>
  JSON.stringify({ key: `k${index}`, orderId: index, total: 420.5, state: 'CA', pad: 'x'.repeat(940) });

const KINDS: readonly Kind[] = [
  {
    name: 'orders of 1 KB',
    details: Array.from({ length: RECORDS }, (_, index) => order(index)),
    pattern: (index) => ({ source: ['bench'], detail: { key: [`k${index}`] } }),
  },
  {
    name: 'parcels of 900 bytes',
    details: cityLots(RECORDS),
    pattern: (index) => ({
      source: ['bench'],
      detail: { properties: { STREET: [{ prefix: `F${index === 0 ? '' : index}` }] } },
    }),
  },
];

function recordsOf({ details }: Kind): LogRecord[] {
  return details.map((detail, index) => ({
    position: BigInt(index),
    eventId: `e${index}`,
    ingestedAt: 0,
    account: SCOPE.account,
    event: buildEnvelope({
      id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      detailType: 'Bench',
      source: 'bench',
      account: SCOPE.account,
      time: 0,
      region: SCOPE.region,
      resources: [],
      detail,
    }),
  }));
}

function booksOf(kind: Kind, rules: number): RuleBooks {
  const books = new RuleBooks(new Metrics(), console as never);
  for (let index = 0; index < rules; index++) {
    const rule = {
      ...SCOPE,
      uid: `u${index}`,
      bus: 'default',
      name: `r${index}`,
      arn: `arn:aws:events:us-east-1:000000000000:rule/r${index}`,
      state: 'ENABLED',
      eventPattern: JSON.stringify(kind.pattern(index)),
      createdBy: SCOPE.account,
      tags: [],
      targets: [{ Id: '1', Arn: 'arn:aws:sqs:us-east-1:000000000000:bench' }],
      since: '0',
    } as const;
    books.apply({ kind: 'rule', rule, removed: false });
  }
  return books;
}

/** Routes all records once, into lanes that are done at once; answers how long that took. */
function routeAll(records: readonly LogRecord[], audience: Audience): number {
  const metrics = new Metrics();
  const tail = new LogTail(Number.MAX_SAFE_INTEGER);
  tail.push(LOG, records, 0);
  const sink: DeliverySink = {
    offer: (_, ordinal) => router.tracker.settle(ordinal),
    pump: () => {},
    waiting: false,
  };
  const created = metrics.counter('invocations_created');
  const parts = { clock: NEVER, logger: console, tail, created, audience, open: () => sink };
  const router = new Router(LOG, 0n, BigInt(records.length), parts as unknown as RouterParts);
  const started = worked();
  router.catchUp();
  const spent = worked() - started;
  if (router.behind > 0n) throw new Error('the router has stopped');
  router.stop();
  return spent;
}

const rows: Cell[][] = [];
for (const kind of KINDS) {
  const records = recordsOf(kind);
  for (const rules of [1, 300, 10_000]) {
    const books = booksOf(kind, rules);
    const trusted = createMatcher<RuleEntry>({ contract: 'trusted' });
    for (const entry of books.book(SCOPE, 'default').entries.values()) trusted.add(entry, entry.pattern!);
    const ways: readonly Audience[] = [
      books.matching(SCOPE, 'default'),
      ({ event }) => trusted.match(event),
      () => [],
    ];
    // CPU time is counted in ticks: only sums of many passes mean something.
    const sums = ways.map(() => 0);
    for (let round = 0; round < ROUNDS; round++) {
      ways.forEach((audience, index) => {
        for (let pass = 0; pass < PASSES; pass++) {
          const spent = routeAll(records, audience);
          if (round > 0) sums[index]! += spent;
        }
      });
    }
    const each = 1e6 / ((ROUNDS - 1) * PASSES * RECORDS);
    const [scan, trust, none] = sums.map((sum) => sum * each) as [number, number, number];
    rows.push([kind.name, rules, scan, trust, none, `${(((scan - trust) / scan) * 100).toFixed(0)} %`]);
  }
}
printTable(
  'Nanoseconds a record',
  ['events', 'rules', 'routed (scan)', 'trusted', 'without matching', 'gain of trust'],
  rows,
);
