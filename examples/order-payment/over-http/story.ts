// The first act: the order service calls the others, and so an order is as available as the least available of them.
import { orderOf, type Order } from '../order.ts';
import { startService, type ServiceProcess } from '../service-process.ts';

const SERVICES = ['payment', 'invoice', 'shipping'] as const;
type Name = (typeof SERVICES)[number];

export interface HttpOutcome {
  readonly placed: readonly string[];
  readonly failed: readonly string[];
}

/** The order service: an order stands once every other service has answered. */
async function placeOrder(order: Order, urls: ReadonlyMap<Name, string>): Promise<void> {
  for (const [name, url] of urls) {
    try {
      await fetch(url, { method: 'POST', body: JSON.stringify(order) });
    } catch {
      throw new Error(`${name} does not answer`);
    }
  }
}

export async function tellOverHttp(say: (line: string) => void): Promise<HttpOutcome> {
  const processes = new Map<Name, ServiceProcess>();
  const urls = new Map<Name, string>();
  const placed: string[] = [];
  const failed: string[] = [];
  const place = async (number: number): Promise<void> => {
    const order = orderOf(number);
    try {
      await placeOrder(order, urls);
      placed.push(order.id);
      say(`  order     ${order.id}: paid, invoiced, shipped`);
    } catch (error) {
      failed.push(order.id);
      say(`  order     ${order.id}: FAILED, ${(error as Error).message}. No sale, no invoice, no parcel.`);
    }
  };
  try {
    for (const name of SERVICES) {
      const service = startService('over-http/service.ts', [], () => undefined);
      processes.set(name, service);
      urls.set(name, await service.line(/^http/));
    }
    await place(1);
    await place(2);
    await processes.get('payment')!.kill();
    say('  payment   goes down');
    await place(3);
    await place(4);
  } finally {
    for (const service of processes.values()) await service.kill();
  }
  return { placed, failed };
}
