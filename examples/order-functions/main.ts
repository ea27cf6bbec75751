// The order system once more: payment, invoice and shipping are three functions, and Busbar runs them.
//   node examples/order-functions/main.ts [folder]     keeps the books of the functions in the folder, if one is given
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateEventBusCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { clientsOf, type Clients } from '../clients.ts';
import { startDaemon } from '../daemon.ts';
import { orderOf } from '../order-payment/order.ts';
import { until } from '../order-payment/over-events/until.ts';
import type { CallNote } from './functions/book.ts';

const ORDERS = 500;
const BATCH = 10;
const SERVICES = ['payment', 'invoice', 'shipping'] as const;
const BUS = 'shop';
const PATTERN = { source: ['shop.orders'], 'detail-type': ['OrderPlaced'] };
/** The order in whose payment the process is killed. */
const KILLED_AT = 'order-250';
const PATIENCE_MS = 120_000;

const say = (who: string, line: string): void => console.log(`  ${who.padEnd(12)}${line}`);

/** Which functions there are, and what they get. A folder `functions` beside the configuration would do without it. */
function writeConfiguration(folder: string): string {
  const functions = SERVICES.map((service) => [
    service,
    {
      module: join(import.meta.dirname, 'functions', `${service}.ts`),
      concurrency: service === 'payment' ? 2 : 1,
      environment: { BOOKS: folder },
    },
  ]);
  const path = join(folder, 'busbar.config.json');
  writeFileSync(path, JSON.stringify({ functions: Object.fromEntries(functions) }, null, 2));
  return path;
}

/** One rule for each function, with the function as its target. */
async function subscribeAll({ events }: Clients): Promise<void> {
  await events.send(new CreateEventBusCommand({ Name: BUS }));
  for (const service of SERVICES) {
    const rule = { EventBusName: BUS, Name: `orders-to-${service}`, EventPattern: JSON.stringify(PATTERN) };
    await events.send(new PutRuleCommand(rule));
    const Arn = `arn:aws:lambda:us-east-1:000000000000:function:${service}`;
    const target = { EventBusName: BUS, Rule: rule.Name, Targets: [{ Id: service, Arn }] };
    await events.send(new PutTargetsCommand(target));
  }
}

async function placeAll({ events }: Clients): Promise<void> {
  for (let first = 1; first <= ORDERS; first += BATCH) {
    const Entries = Array.from({ length: BATCH }, (_, index) => ({
      EventBusName: BUS,
      Source: 'shop.orders',
      DetailType: 'OrderPlaced',
      Detail: JSON.stringify(orderOf(first + index)),
    }));
    const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries }));
    if (FailedEntryCount !== 0) throw new Error('an order was not taken');
  }
}

/** Every call of a function so far. */
function callsOf(folder: string, service: string): CallNote[] {
  const path = join(folder, `${service}.calls`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as CallNote);
}

const ordersOf = (folder: string, service: string): Set<string> =>
  new Set(callsOf(folder, service).map(({ order }) => order));

async function killInMidFlight(folder: string): Promise<void> {
  const ofKilled = (): CallNote[] => callsOf(folder, 'payment').filter(({ order }) => order === KILLED_AT);
  await until(() => ofKilled().length > 0, `${KILLED_AT} was not paid`, PATIENCE_MS);
  say(
    'payment',
    `${ordersOf(folder, 'payment').size} orders paid; ${KILLED_AT} is, but its call is still under way`,
  );
  process.kill(ofKilled()[0]!.pid, 'SIGKILL');
  say('payment', `killed (kill -9): it could not say that it has paid ${KILLED_AT}`);
  await until(() => ofKilled().length > 1, `${KILLED_AT} did not come again`, PATIENCE_MS);
  say('payment', `${KILLED_AT} came again, to another process: known, nothing to do`);
}

/** What the books show. Throws when an order is missing in one of them. */
function settle(folder: string): void {
  console.log('\nThe books:');
  say('orders', `${ORDERS} placed`);
  for (const service of SERVICES) {
    const calls = callsOf(folder, service);
    const orders = ordersOf(folder, service);
    if (orders.size !== ORDERS) throw new Error(`${service} misses ${ORDERS - orders.size} orders`);
    const again = calls.length - orders.size;
    const processes = new Set(calls.map(({ pid }) => pid)).size;
    const once = calls.filter(({ first }) => first).length === ORDERS ? 'each once' : 'NOT each once';
    say(
      service,
      `${orders.size} orders, ${once}; ${again} came again; ${processes} process${processes > 1 ? 'es' : ''} in all`,
    );
  }
  console.log(
    '\nNo order is lost. invoice and shipping ran all the time, in the same process, and noticed nothing.',
  );
}

async function tell(folder: string): Promise<void> {
  const daemon = await startDaemon(join(folder, 'busbar'), writeConfiguration(folder));
  const clients = clientsOf(daemon.url);
  try {
    console.log('Payment, invoice and shipping are functions. There is no queue, and no service to start.\n');
    await subscribeAll(clients);
    const killed = killInMidFlight(folder);
    await placeAll(clients);
    say('order', `${ORDERS} orders placed`);
    await killed;
    for (const service of SERVICES) {
      const caughtUp = (): boolean => ordersOf(folder, service).size === ORDERS;
      await until(caughtUp, `${service} has not caught up`, PATIENCE_MS);
    }
    settle(folder);
  } finally {
    clients.events.destroy();
    clients.queues.destroy();
    await daemon.stop();
  }
}

const given = process.argv[2];
const folder = given ?? mkdtempSync(join(tmpdir(), 'busbar-order-functions-'));
mkdirSync(folder, { recursive: true });
try {
  await tell(folder);
} finally {
  if (given === undefined) rmSync(folder, { recursive: true, force: true });
}
