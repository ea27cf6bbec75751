// The second act: the same services, each behind its own queue.
import { clientsOf, type Clients } from '../../clients.ts';
import { startDaemon } from '../../daemon.ts';
import { entriesOf } from '../book.ts';
import { orderOf } from '../order.ts';
import { startService, type ServiceProcess } from '../service-process.ts';
import { placeOrder } from './order-service.ts';
import { createBus, subscribe, waiting } from './wiring.ts';
import { until } from './until.ts';

export interface EventsOutcome {
  readonly placed: readonly string[];
  /** Orders in the books, in the order in which they were written. */
  readonly books: Readonly<Record<string, readonly string[]>>;
  /** Services that ran from the beginning to the end without a restart. */
  readonly undisturbed: readonly string[];
}

type Say = (line: string) => void;

/** The shop while it runs. */
class Shop {
  readonly clients: Clients;
  readonly services = new Map<string, ServiceProcess>();
  readonly queues = new Map<string, string>();
  readonly placed: string[] = [];
  readonly #url: string;
  readonly #folder: string;
  readonly #say: Say;

  constructor(url: string, folder: string, say: Say) {
    this.clients = clientsOf(url);
    this.#url = url;
    this.#folder = folder;
    this.#say = say;
  }

  say(who: string, line: string): void {
    this.#say(`  ${who.padEnd(12)}${line}`);
  }

  async subscribe(service: string): Promise<void> {
    this.queues.set(service, await subscribe(this.clients, service));
  }

  async start(service: string): Promise<ServiceProcess> {
    const args = [this.#url, this.queues.get(service)!, this.#folder];
    const process = startService(`over-events/${service}.ts`, args, (line) => this.say(service, line));
    this.services.set(service, process);
    await process.line(/^up$/);
    return process;
  }

  async place(...numbers: readonly number[]): Promise<void> {
    for (const number of numbers) {
      const order = orderOf(number);
      await placeOrder(this.clients, order);
      this.placed.push(order.id);
      this.say('order', `${order.id} placed`);
    }
  }

  book(service: string): string[] {
    return entriesOf(this.#folder, service).map(({ order }) => order);
  }

  /** Waits until the services have all orders from `first` on in their books. */
  async caughtUp(services: readonly string[], first = 0): Promise<void> {
    for (const service of services) {
      const wanted = this.placed.slice(first);
      const caught = (): boolean => {
        const book = new Set(this.book(service));
        return wanted.every((order) => book.has(order));
      };
      await until(caught, `${service} has not caught up`);
    }
  }

  async end(): Promise<void> {
    for (const service of this.services.values()) await service.kill();
    this.clients.events.destroy();
    this.clients.queues.destroy();
  }
}

async function paymentGoesDown(shop: Shop, say: Say): Promise<void> {
  const payment = shop.services.get('payment')!;
  // Killed right after the money moved and before the message was deleted: the worst moment there is.
  const killed = payment.line(/order-103 paid/).then(() => payment.kill());
  await shop.place(103);
  await killed;
  shop.say('payment', 'killed: it has paid order-103, but could not say so to its queue');
  await shop.caughtUp(['invoice', 'shipping']);

  say('\nOrders, invoices and shipping go on:');
  await shop.place(104, 105, 106, 107);
  await shop.caughtUp(['invoice', 'shipping']);
  await until(
    async () => (await waiting(shop.clients, shop.queues.get('payment')!)) === 5,
    'the queue of payment does not hold what payment has missed',
  );
  shop.say('payment', 'still down; its queue holds 5 messages: four orders, and order-103 once more');
}

async function tell(shop: Shop, say: Say): Promise<EventsOutcome> {
  const services = ['payment', 'invoice', 'shipping'];
  await createBus(shop.clients);
  for (const service of services) await shop.subscribe(service);
  const before = await Promise.all(services.map((service) => shop.start(service)));
  await shop.place(101, 102);
  await shop.caughtUp(services);

  say('\nPayment goes down:');
  await paymentGoesDown(shop, say);

  say('\nPayment comes back and catches up:');
  const known = shop.start('payment').then((payment) => payment.line(/order-103 came again/));
  await Promise.all([known, shop.caughtUp(services)]);

  say('\nA stock check is added: one queue, one rule, one new program. Nobody else is touched:');
  await shop.subscribe('stock-check');
  await shop.start('stock-check');
  const first = shop.placed.length;
  await shop.place(108, 109);
  await shop.caughtUp(services);
  await shop.caughtUp(['stock-check'], first);

  const running = services.filter((service, index) => {
    const process = shop.services.get(service)!;
    return process.alive && process.pid === before[index]!.pid;
  });
  const books = [...services, 'stock-check'].map((service) => [service, shop.book(service)]);
  return { placed: shop.placed, books: Object.fromEntries(books), undisturbed: running };
}

/** Runs the act with a daemon and books in `folder`. */
export async function tellOverEvents(folder: string, say: Say): Promise<EventsOutcome> {
  const daemon = await startDaemon(`${folder}/busbar`);
  const shop = new Shop(daemon.url, folder, say);
  try {
    return await tell(shop, say);
  } finally {
    await shop.end();
    await daemon.stop();
  }
}
