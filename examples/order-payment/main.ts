// An order system twice: services that call each other, and services that listen to events.
//   node examples/order-payment/main.ts [folder]     keeps the books of the services in the folder, if one is given
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tellOverEvents, type EventsOutcome } from './over-events/story.ts';
import { tellOverHttp } from './over-http/story.ts';

const say = (line: string): void => console.log(line);

/** What the books show. Throws when an order is missing or was acted upon twice. */
function settle({ placed, books, undisturbed }: EventsOutcome): void {
  say('\nThe books:');
  say(`  ${'orders'.padEnd(12)}${placed.length} placed, 0 failed`);
  for (const [service, orders] of Object.entries(books)) {
    if (new Set(orders).size !== orders.length) throw new Error(`${service} acted twice on an order`);
    const missing = placed.filter((order) => !orders.includes(order));
    if (service !== 'stock-check' && missing.length > 0)
      throw new Error(`${service} misses ${missing.join()}`);
    const since = service === 'stock-check' ? ' since it was added' : '';
    say(`  ${service.padEnd(12)}${orders.length} orders${since}, each once`);
  }
  say(`\n${undisturbed.join(' and ')} ran all the time, in the same process, and noticed nothing.`);
}

async function main(): Promise<void> {
  const given = process.argv[2];
  const folder = given ?? mkdtempSync(join(tmpdir(), 'busbar-order-payment-'));
  mkdirSync(folder, { recursive: true });
  try {
    say('1. The order service calls payment, invoice and shipping\n');
    const { placed, failed } = await tellOverHttp(say);
    say(`\n  ${placed.length} orders placed, ${failed.length} lost, because one service was down.`);
    say('\n2. The order service publishes OrderPlaced to Busbar; each service has its own queue\n');
    settle(await tellOverEvents(folder, say));
  } finally {
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

await main();
